from odoo import fields, models
from odoo.exceptions import UserError


class AlarmWorkOrderChargeWaive(models.TransientModel):
    """Asks why the customer does not pay what the technician said: a warranty, our own fault."""

    _name = "alarm.work.order.charge.waive"
    _description = "Waiver of Charges from the Field"

    line_ids = fields.Many2many(
        "alarm.work.order.charge",
        "alarm_work_order_charge_waive_rel",
        string="Charges",
        required=True,
    )
    reason = fields.Text(required=True)

    def action_apply(self):
        for wizard in self:
            if not (wizard.reason or "").strip():
                raise UserError(self.env._("A waiver has a reason."))
            wizard.line_ids._check_clerk()
            wizard.line_ids._waive(f"{wizard.reason.strip()} ({self.env.user.name})")
        return {"type": "ir.actions.act_window_close"}
