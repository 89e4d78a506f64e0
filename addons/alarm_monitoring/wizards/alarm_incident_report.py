from odoo import fields, models

from ..models.alarm_incident_course import FINDINGS


class AlarmIncidentReport(models.TransientModel):
    """Writes down what happens at the site, and what was done before somebody is there."""

    _name = "alarm.incident.report"
    _description = "Report on an Alarm Incident"

    incident_id = fields.Many2one("alarm.incident", required=True, ondelete="cascade")
    report = fields.Selection(
        [
            ("preprocess", "Pre-processed"),
            ("report_dispatched", "Dispatched"),
            ("report_accepted", "Order Accepted"),
            ("report_on_site", "On Site"),
            ("report_finding", "Finding on Site"),
        ],
        required=True,
    )
    finding = fields.Selection(FINDINGS)
    note = fields.Text()

    def action_apply(self):
        for wizard in self:
            note = wizard.note or ""
            if wizard.report == "report_finding":
                wizard.incident_id.action_report_finding(wizard.finding, note)
            else:
                getattr(wizard.incident_id, f"action_{wizard.report}")(note)
        return {"type": "ir.actions.act_window_close"}
