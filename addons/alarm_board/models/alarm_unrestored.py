from odoo import api, models

from ..tools.moments import iso_utc

# More than anybody reads; the count says how many there are.
SHOWN = 1000


class AlarmUnrestored(models.Model):
    _inherit = "alarm.unrestored"

    @api.model
    def board_list(self):
        """What panels have reported and not taken back, the oldest first: rows of the board's list.

        :return: list of dicts: id, subscriber, ref, event, event_class, zone, since (ISO text in
            UTC), incident_id, incident (its name)
        """
        return [
            {
                "id": one.id,
                "subscriber": one.subscriber_id.name,
                "ref": one.subscriber_id.ref or "",
                "event": one.event_code_id._name_as("new"),
                "event_class": one.event_class,
                "zone": one.zone_id.display_name or one.address,
                "since": iso_utc(one.since),
                "incident_id": one.incident_id.id,
                "incident": one.incident_id.name or "",
            }
            for one in self.search([], limit=SHOWN)
        ]
