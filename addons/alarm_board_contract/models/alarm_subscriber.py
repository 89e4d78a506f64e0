from odoo import models

from odoo.addons.alarm_monitoring.tools.incident_states import OPEN_STATES


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    def _on_fee_state_changed(self):
        result = super()._on_fee_state_changed()
        incidents = (
            self.env["alarm.incident"]
            .sudo()
            .search([("subscriber_id", "in", self.ids), ("state", "in", OPEN_STATES)])
        )
        if incidents:
            incidents._on_incidents_changed()
        return result
