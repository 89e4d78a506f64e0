from odoo import fields, models


class AlarmTestExtend(models.TransientModel):
    """Asks what `action_extend` needs to know."""

    _name = "alarm.test.extend"
    _description = "Extend an Alarm Test Mode"

    test_mode_id = fields.Many2one("alarm.test.mode", required=True, ondelete="cascade")
    hours = fields.Float(string="Hours from Now", required=True, default=2)
    reason = fields.Char(required=True)

    def action_apply(self):
        for wizard in self:
            wizard.test_mode_id.action_extend(round(wizard.hours * 60), wizard.reason)
        return {"type": "ir.actions.act_window_close"}
