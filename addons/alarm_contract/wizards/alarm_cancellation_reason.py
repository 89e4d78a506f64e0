from odoo import fields, models


class AlarmCancellationReason(models.TransientModel):
    """Asks why: to undo a cancellation, or to waive its exit fee."""

    _name = "alarm.cancellation.reason"
    _description = "Reason"

    cancellation_id = fields.Many2one(
        "alarm.contract.cancellation", required=True, ondelete="cascade"
    )
    verb = fields.Selection([("undo", "Undo"), ("waive", "Waive")], required=True)
    fee = fields.Monetary(related="cancellation_id.fee")
    currency_id = fields.Many2one(related="cancellation_id.currency_id")
    reason = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        cancellation = self.cancellation_id
        cancellation._check_manager()
        if self.verb == "undo":
            cancellation._undo(self.reason)
        else:
            cancellation.calculation_id._waive(self.reason)
        return {"type": "ir.actions.act_window_close"}
