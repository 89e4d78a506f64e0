from odoo import fields, models


class AlarmBillingExempt(models.TransientModel):
    """Asks why and until when a finding of the check is as it should be."""

    _name = "alarm.billing.exempt"
    _description = "Exemption from the Billing Check"

    check_ids = fields.Many2many("alarm.billing.check", string="Findings", required=True)
    until = fields.Date(required=True, help="The last day; afterwards it is open again.")
    reason = fields.Text(required=True)

    def action_apply(self):
        for wizard in self:
            wizard.check_ids._exempt(wizard.until, wizard.reason)
        return {"type": "ir.actions.act_window_close"}
