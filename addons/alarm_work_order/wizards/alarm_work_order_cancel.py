from odoo import fields, models


class AlarmWorkOrderCancel(models.TransientModel):
    """Asks what `action_cancel` needs to know."""

    _name = "alarm.work.order.cancel"
    _description = "Cancel Work Orders"

    work_order_ids = fields.Many2many("alarm.work.order", required=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        for wizard in self:
            wizard.work_order_ids.action_cancel(wizard.reason)
        return {"type": "ir.actions.act_window_close"}
