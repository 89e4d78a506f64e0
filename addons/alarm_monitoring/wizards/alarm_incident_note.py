from odoo import fields, models


class AlarmIncidentNote(models.TransientModel):
    """Asks what `action_note` needs to know."""

    _name = "alarm.incident.note"
    _description = "Note on an Alarm Incident"

    incident_id = fields.Many2one("alarm.incident", required=True, ondelete="cascade")
    text = fields.Text(required=True)

    def action_apply(self):
        for wizard in self:
            wizard.incident_id.action_note(wizard.text)
        return {"type": "ir.actions.act_window_close"}
