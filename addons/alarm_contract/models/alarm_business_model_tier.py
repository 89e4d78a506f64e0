from odoo import fields, models


class AlarmBusinessModelTier(models.Model):
    """From which amount on which rate of a share holds: of a business model, or of a contract that
    took it over."""

    _name = "alarm.business.model.tier"
    _inherit = ["alarm.business.model.part"]
    _description = "Tier of a Share"
    _order = "from_amount, id"

    business_model_id = fields.Many2one("alarm.business.model", index=True, ondelete="cascade")
    contract_id = fields.Many2one("contract.contract", index=True, ondelete="cascade")
    from_amount = fields.Float(help="Of the base in one period of settlement.")
    rate = fields.Float(string="Rate (%)", required=True)

    _one_owner = models.Constraint(
        "CHECK(num_nonnulls(business_model_id, contract_id) = 1)",
        "A tier is of a business model or of a contract.",
    )
    _rate_share = models.Constraint(
        "CHECK(rate >= 0 AND rate <= 100 AND from_amount >= 0)",
        "A share is between 0 and 100 %, from an amount that is not negative.",
    )
