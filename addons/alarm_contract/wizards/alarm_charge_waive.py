from odoo import fields, models
from odoo.exceptions import UserError


class AlarmChargeWaive(models.TransientModel):
    """Asks why something is charged to nobody."""

    _name = "alarm.charge.waive"
    _description = "Waiver of Charges"

    charge_ids = fields.Many2many("alarm.charge", string="Charges", required=True)
    reason = fields.Text(required=True)

    def action_apply(self):
        for wizard in self:
            if not (wizard.reason or "").strip():
                raise UserError(self.env._("A waiver has a reason."))
            wizard.charge_ids.check_access("write")
            wizard.charge_ids._waive(f"{wizard.reason.strip()} ({self.env.user.name})")
        return {"type": "ir.actions.act_window_close"}
