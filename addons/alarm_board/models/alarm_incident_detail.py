from odoo import models
from odoo.tools import html2plaintext

from ..tools.moments import iso_utc

SIGNALS_SHOWN = 30
ENTRIES_SHOWN = 100


class AlarmIncident(models.Model):
    """What the board's panel shows about one incident."""

    _inherit = "alarm.incident"

    def board_detail(self):
        """Everything the panel of one incident shows, in the user's language.

        :return: ``{"subscriber": {...} or None, "account": text, "reason": text,
            "zone": {...} or None, "zone_text": text, "contacts": [...], "signals": [...],
            "entries": [...], "resolutions": [...]}``; moments as ISO text in UTC, newest first
        :raises AccessError: the user is no dispatcher, or of another company
        """
        self.ensure_one()
        self.check_access("read")
        return self._prepare_board_detail()

    def _prepare_board_detail(self):
        """What `board_detail` returns of one incident that the user may read. A module with a
        section of its own in the panel adds a key for it, as the user, in a fixed number of
        queries: ``super()._prepare_board_detail() | {"repair": …}``."""
        links = self.env["alarm.incident.signal"]
        own = [("incident_id", "=", self.id)]
        alarm = links.search([*own, ("role", "=", "alarm")], limit=1).signal_id
        return {
            "subscriber": self._prepare_board_subscriber(),
            "account": self.account or "",
            "reason": self.reason,
            "zone": self._prepare_board_zone(alarm.zone_id),
            "zone_text": alarm.zone or "",
            "contacts": [
                self._prepare_board_contact(contact) for contact in self.subscriber_id.contact_ids
            ],
            "signals": self._prepare_board_signals(),
            "entries": self._prepare_board_entries(),
            "resolutions": [
                {"code": resolution.code, "name": resolution.name, "kind": resolution.kind}
                for resolution in self.env["alarm.resolution"].search([])
            ],
        }

    def _prepare_board_subscriber(self):
        subscriber = self.subscriber_id
        if not subscriber:
            return None
        return {
            "id": subscriber.id,
            "name": subscriber.name,
            "ref": subscriber.ref,
            "category": subscriber.category_id.name or "",
            "address": subscriber.address_id._one_line_address() or "",
            "phone": subscriber.phone or "",
            "state": subscriber.state,
            "state_label": _label(subscriber, "state"),
            "note": html2plaintext(subscriber.note or "").strip(),
        }

    def _prepare_board_zone(self, zone):
        if not zone:
            return None
        return {
            "number": zone.number,
            "name": zone.name,
            "detector_type": _label(zone, "detector_type"),
            "position": zone.position or "",
            "area": zone.area_id.display_name or "",
        }

    def _prepare_board_contact(self, contact):
        return {
            "id": contact.id,
            "name": contact.partner_id.name,
            "role": _label(contact, "role"),
            "phone": contact.phone or "",
            "available": contact.available or "",
            "note": contact.note or "",
        }

    def _prepare_board_signals(self):
        """The last signals of the subscriber; without one, those of the incident."""
        links = self.env["alarm.incident.signal"]
        own = [("incident_id", "=", self.id)]
        signals = self.env["alarm.signal"]
        if self.subscriber_id:
            signals = signals.search(
                [("subscriber_id", "=", self.subscriber_id.id)], limit=SIGNALS_SHOWN
            )
        else:
            signals = links.search(own, limit=SIGNALS_SHOWN).signal_id
        # Not all of them: an incident of a flood has thousands.
        attached = {
            link.signal_id: link for link in links.search([*own, ("signal_id", "in", signals.ids)])
        }
        return [
            {
                "id": signal.id,
                "at": iso_utc(signal.received_at),
                "words": signal.event_name,
                "class": signal.event_class or "other",
                # What a bridge says itself is words already.
                "code": ""
                if signal.code_system == "bridge"
                else " ".join(filter(None, (signal.code_system, signal.code))),
                "where": signal._board_zone() or signal._board_user() or "",
                "attached": signal in attached,
                "restore": signal in attached and attached[signal].role == "restore",
                "delay": signal.delay,
            }
            for signal in signals
        ]

    def _prepare_board_entries(self):
        entries = self.env["alarm.incident.entry"].search(
            [("model", "=", self._name), ("incident_id", "=", self.id)], limit=ENTRIES_SHOWN
        )
        return [
            {
                "id": entry.id,
                "at": iso_utc(entry.at),
                "user": entry.author,
                "kind": _label(entry, "kind"),
                "text": entry.description or "",
            }
            for entry in entries
        ]


def _label(record, field_name):
    """The label of a selection field's value in the user's language, "" when it has none."""
    labels = dict(record._fields[field_name]._description_selection(record.env))
    return labels.get(record[field_name], "")
