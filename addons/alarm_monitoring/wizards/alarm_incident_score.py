from odoo import fields, models

from ..models.alarm_incident_score import LEVELS


class AlarmIncidentScore(models.TransientModel):
    """Asks what `action_set_score` needs to know."""

    _name = "alarm.incident.score"
    _description = "Set the Score of an Alarm Incident"

    incident_id = fields.Many2one("alarm.incident", required=True, ondelete="cascade")
    level = fields.Selection(LEVELS, "Alarm Score", required=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        for wizard in self:
            wizard.incident_id.action_set_score(wizard.level, wizard.reason)
        return {"type": "ir.actions.act_window_close"}
