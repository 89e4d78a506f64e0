from odoo import fields, models


class AlarmBusinessModelExitStep(models.Model):
    """From which month of the term on which rate of the balance an early exit costs."""

    _name = "alarm.business.model.exit.step"
    _inherit = ["alarm.business.model.part"]
    _description = "Step of a Declining Exit Fee"
    _order = "from_month, id"

    business_model_id = fields.Many2one("alarm.business.model", index=True, ondelete="cascade")
    contract_id = fields.Many2one("contract.contract", index=True, ondelete="cascade")
    from_month = fields.Integer(required=True, help="0: from the start.")
    rate = fields.Float(string="Rate (%)", required=True)

    _one_owner = models.Constraint(
        "CHECK(num_nonnulls(business_model_id, contract_id) = 1)",
        "A step is of a business model or of a contract.",
    )
    _rate_share = models.Constraint(
        "CHECK(rate >= 0 AND from_month >= 0)", "Neither the month nor the rate is negative."
    )
