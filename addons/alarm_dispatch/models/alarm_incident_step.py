from odoo import models


class AlarmIncidentStep(models.Model):
    _inherit = "alarm.incident.step"

    def action_open(self):
        """A step to send somebody opens the proposal of whom to send."""
        self.ensure_one()
        if self.kind != "dispatch" or not self.incident_id.subscriber_id:
            return super().action_open()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_dispatch.alarm_dispatch_propose_action"
        )
        return action | {
            "context": {
                "default_incident_id": self.incident_id.id,
                "default_step_id": self.id,
            }
        }
