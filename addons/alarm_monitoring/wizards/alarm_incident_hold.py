from odoo import fields, models


class AlarmIncidentHold(models.TransientModel):
    """Asks what `action_hold` needs to know."""

    _name = "alarm.incident.hold"
    _description = "Hold an Alarm Incident"

    incident_id = fields.Many2one("alarm.incident", required=True, ondelete="cascade")
    minutes = fields.Integer(required=True, default=10)
    reason = fields.Char(required=True)

    def action_apply(self):
        for wizard in self:
            wizard.incident_id.action_hold(wizard.minutes, wizard.reason)
        return {"type": "ir.actions.act_window_close"}
