from odoo import api, models

from .alarm_incident import BOARD_STATES

SITES = 60


class AlarmIncident(models.Model):
    """Incidents as the lines and places of the wall."""

    _inherit = "alarm.incident"

    def _wall_words(self):
        """What a line of the wall says of an incident."""
        return {
            "id": self.id,
            "name": self.name,
            "priority": self.priority,
            "class": self.event_class,
            "event": self._board_event_name(),
            "site": self.subscriber_id.name
            or self.place
            or self.account
            or self.receiver_name
            or "",
        }

    def _feed_words(self):
        return " · ".join(
            filter(None, (self.name, self._board_event_name(), self.subscriber_id.name))
        )

    def _held_reasons(self):
        """Incident id -> what it was put aside for last."""
        entries = self.env["alarm.incident.entry"].search_fetch(
            [("incident_id", "in", self.ids), ("kind", "=", "held")],
            ["incident_id", "text"],
            order="id",
        )
        return {entry.incident_id: entry.text or "" for entry in entries}

    @api.model
    def _wall_sites(self):
        """Where the most urgent incidents are, of those whose position is known."""
        incidents = self.search(
            [
                ("state", "in", BOARD_STATES),
                "|",
                ("subscriber_id.address_id.partner_latitude", "!=", 0),
                ("subscriber_id.address_id.partner_longitude", "!=", 0),
            ],
            limit=SITES,
        )
        return [
            {
                **incident._wall_words(),
                "state": incident.state,
                "latitude": incident.subscriber_id.address_id.partner_latitude,
                "longitude": incident.subscriber_id.address_id.partner_longitude,
            }
            for incident in incidents
        ]
