from odoo import api, fields, models
from odoo.exceptions import UserError

from .alarm_event_code import PRIORITIES

ROLES = [
    ("alarm", "Raised"),
    ("restore", "Restored"),
    ("cancel", "Cancelled"),
    ("repeat", "Repeated on the Link"),
    ("flood", "Part of a Flood"),
    ("tick", "Handled at the Emergency Display"),
]


class AlarmIncidentSignal(models.Model):
    """A signal that belongs to an incident. A row of its own, so that attaching one changes neither
    the signal nor the incident."""

    _name = "alarm.incident.signal"
    _description = "Signal of an Alarm Incident"
    _order = "id desc"
    _rec_name = "signal_id"
    _log_access = False

    incident_id = fields.Many2one(
        "alarm.incident", required=True, readonly=True, ondelete="restrict"
    )
    signal_id = fields.Many2one(
        "alarm.signal", required=True, readonly=True, index=True, ondelete="restrict"
    )
    role = fields.Selection(ROLES, required=True, readonly=True)
    priority = fields.Selection(PRIORITIES, required=True, readonly=True)
    attached_at = fields.Datetime(required=True, readonly=True)
    acknowledged_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    acknowledged_at = fields.Datetime(readonly=True)
    received_at = fields.Datetime(related="signal_id.received_at")
    occurred_at = fields.Datetime(related="signal_id.occurred_at")
    event_name = fields.Char(related="signal_id.event_name")
    event_class = fields.Selection(related="signal_id.event_class")
    code = fields.Char(related="signal_id.code")
    qualifier = fields.Char(related="signal_id.qualifier")
    zone = fields.Char(related="signal_id.zone", string="Zone Number")
    zone_id = fields.Many2one(related="signal_id.zone_id")
    area_id = fields.Many2one(related="signal_id.area_id")
    panel_user_id = fields.Many2one(related="signal_id.panel_user_id")
    text = fields.Char(related="signal_id.text")
    late = fields.Boolean(related="signal_id.late")
    delay_words = fields.Char(related="signal_id.delay_words")

    _incident_signal_uniq = models.UniqueIndex("(incident_id, signal_id)")

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("What belongs to an incident is never taken from it."))
        return super().unlink()

    @api.model
    def _insert_links(self, rows):
        """Attach signals; one that is attached already stays as it is.

        :param rows: ``(incident id, signal id, role, priority)``
        """
        rows = [
            # Only what raises can make an incident more urgent.
            (incident_id, signal_id, role, priority if role == "alarm" else "5")
            for incident_id, signal_id, role, priority in rows
        ]
        if rows:
            self.env.cr.execute_values(
                """
                INSERT INTO alarm_incident_signal
                            (incident_id, signal_id, role, priority, attached_at)
                VALUES %s
                ON CONFLICT (incident_id, signal_id) DO NOTHING
                """,
                rows,
                template="(%s, %s, %s, %s, clock_timestamp() AT TIME ZONE 'UTC')",
                page_size=len(rows),
            )
            self.invalidate_model()
            self.env["alarm.incident"].invalidate_model(["link_ids", "signal_ids", "signal_count"])
