from odoo import api, fields, models

from ..tools.incident_states import OPEN_STATES


class AlarmIncident(models.Model):
    """Incidents of a subscriber that is on test say so."""

    _inherit = "alarm.incident"

    on_test = fields.Boolean(related="subscriber_id.on_test")
    test_words = fields.Char(related="subscriber_id.test_words")

    @api.model
    def _on_test_changed(self, subscribers, text):
        incidents = self.search(
            [("subscriber_id", "in", subscribers.ids), ("state", "in", OPEN_STATES)]
        )
        if incidents:
            incidents._log("test", text)
            incidents._on_incidents_changed()
