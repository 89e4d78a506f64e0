from odoo import fields, models
from odoo.exceptions import UserError

# A pause is for a dispute or an agreement, not for ever.
_LONGEST_DAYS = 366


class AlarmDunningPause(models.TransientModel):
    """Asks until when and why there is no dunning."""

    _name = "alarm.dunning.pause"
    _description = "Pause of Dunning"

    contract_ids = fields.Many2many("contract.contract", string="Contracts", required=True)
    until = fields.Date(required=True, help="The last day without a further step.")
    reason = fields.Text(required=True)

    def action_apply(self):
        today = self.contract_ids.company_id._alarm_today()
        for wizard in self:
            if not (wizard.reason or "").strip():
                raise UserError(self.env._("A pause of dunning has a reason."))
            if wizard.until < today:
                raise UserError(self.env._("A pause ends on a day to come."))
            if wizard.until > fields.Date.add(today, days=_LONGEST_DAYS):
                raise UserError(self.env._("A pause lasts a year at most; it can be renewed."))
            wizard.contract_ids._pause_dunning(wizard.until, wizard.reason.strip())
        return {"type": "ir.actions.act_window_close"}
