from datetime import timedelta

from odoo import models
from odoo.tools import html2plaintext

from ..tools.labels import label, labels
from ..tools.moments import iso_utc


class AlarmIncident(models.Model):
    """The premises of an incident as the board's panel shows them."""

    _inherit = "alarm.incident"

    def _prepare_board_detail(self):
        alarm = self._board_first_alarm()
        return super()._prepare_board_detail() | {
            "subscriber": self._prepare_board_subscriber(),
            "arming": self._prepare_board_arming(),
            "tests": self._prepare_board_tests(),
            "service": self._prepare_board_service(),
            "notes": self._prepare_board_notes(),
            "zone": self._prepare_board_zone(alarm.zone_id),
            "zone_text": alarm.zone or "",
            "plans": self._prepare_board_site_plans(alarm.zone_id),
            "cameras": self._prepare_board_cameras(alarm.zone_id),
            "places": self._prepare_board_places(),
        }

    def _board_first_alarm(self):
        """The signal that is shown as the alarm: the first of the most urgent ones."""
        return (
            self.env["alarm.incident.signal"]
            .search(
                [("incident_id", "=", self.id), ("role", "=", "alarm")],
                order="priority, id",
                limit=1,
            )
            .signal_id
        )

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
            "state_label": label(subscriber, "state"),
            "risk": label(subscriber, "risk"),
            "directions": subscriber.directions or "",
            "territory": subscriber.territory_id.name or "",
        }

    def _prepare_board_arming(self):
        """Open or closed, as the signals said last; None where nothing is known."""
        rows = self.env["alarm.arming"].search([("subscriber_id", "=", self.subscriber_id.id)])
        if not self.subscriber_id or not rows:
            return None
        states = labels(rows, "state")
        areas = [
            {
                "area": row.area_id.display_name or "",
                "state": row.state,
                "state_label": states[row.state],
                "since": iso_utc(row.opened_at if row.state == "open" else row.closed_at),
                "by": (row.opened_by if row.state == "open" else row.closed_by) or "",
            }
            for row in rows
        ]
        known = {area["state"] for area in areas}
        return {"state": known.pop() if len(known) == 1 else "partly", "areas": areas}

    def _prepare_board_tests(self):
        """The tests that cover the premises, or a part of them, now."""
        if not self.subscriber_id:
            return []
        tests = self.env["alarm.test.mode"].search(
            [("subscriber_id", "=", self.subscriber_id.id), ("state", "=", "active")]
        )
        return [
            {
                "id": test.id,
                "scope": test.scope_words,
                "ends_at": iso_utc(test.ends_at),
                "reason": test.reason,
                "by": test.authorised_name or "",
            }
            for test in tests
        ]

    def _prepare_board_service(self):
        """What was promised, each target with the moment it runs from, is due and was met."""
        subscriber = self.subscriber_id
        level = subscriber.service_level_id
        if not level:
            return None
        came = self.received_at or self.queued_at
        targets = [
            ("pickup", came, timedelta(seconds=level.pickup_seconds), self.taken_at),
            ("dispatch", came, timedelta(minutes=level.dispatch_minutes), self.dispatched_at),
            (
                "arrival",
                self.dispatched_at,
                timedelta(minutes=level.arrival_minutes),
                self.on_site_at,
            ),
        ]
        return {
            "name": level.name,
            "note": level.note or "",
            "targets": [
                {
                    "name": name,
                    "due": iso_utc(start + allowed) if start else None,
                    "done": iso_utc(done),
                }
                for name, start, allowed, done in targets
            ],
        }

    def _prepare_board_notes(self):
        """What has to be known of the premises; first what has not been read yet."""
        subscriber = self.subscriber_id
        read = self.read_note_ids
        kinds = labels(self.env["alarm.subscriber.note"], "kind")
        notes = [
            {
                "id": note.id,
                "kind": note.kind,
                "kind_label": kinds[note.kind],
                "text": note.text,
                "expires_at": iso_utc(note.expires_at),
                "must_read": note.must_acknowledge,
                "read": note in read,
            }
            for note in subscriber.current_note_ids
        ]
        if text := html2plaintext(subscriber.note or "").strip():
            notes.append(
                {
                    "id": 0,
                    "kind": "standing",
                    "kind_label": kinds["standing"],
                    "text": text,
                    "expires_at": None,
                    "must_read": False,
                    "read": False,
                }
            )
        return notes

    def _prepare_board_zone(self, zone):
        if not zone:
            return None
        return {
            "id": zone.id,
            "number": zone.number,
            "name": zone.name,
            "detector_type": label(zone, "detector_type"),
            "position": zone.position or "",
            "area": zone.area_id.display_name or "",
        }

    def _prepare_board_site_plans(self, zone):
        """The pictures of the premises; the one with the zone first, the zones of this alarm
        lit."""
        plans = self.env["alarm.site.plan"].search([("subscriber_id", "=", self.subscriber_id.id)])
        if not self.subscriber_id or not plans:
            return []
        lit = self._board_alarm_zones()
        return [
            {
                "id": plan.id,
                "name": plan.name,
                "url": f"/web/image/alarm.site.plan/{plan.id}/image"
                f"?unique={int(plan.write_date.timestamp())}",
                "zones": [
                    {
                        "id": one.id,
                        "number": one.number,
                        "name": one.name,
                        "x": one.plan_x,
                        "y": one.plan_y,
                        "lit": one.id in lit,
                        "first": one == zone,
                    }
                    for one in plan.zone_ids
                ],
            }
            for plan in plans.sorted(lambda plan: plan != zone.site_plan_id)
        ]

    def _board_alarm_zones(self):
        """Ids of the zones that raised this incident, in one query however many signals it has."""
        self.env.cr.execute(
            """
            SELECT DISTINCT signal.zone_id FROM alarm_incident_signal link
              JOIN alarm_signal signal ON signal.id = link.signal_id
             WHERE link.incident_id = %s AND link.role = 'alarm' AND signal.zone_id IS NOT NULL
            """,
            [self.id],
        )
        return {zone_id for [zone_id] in self.env.cr.fetchall()}

    def _prepare_board_places(self):
        """What the map shows, as its markers (see `alarm_map.js`); modules add who comes."""
        subscriber = self.subscriber_id
        if not subscriber.latitude and not subscriber.longitude:
            return []
        return [
            {
                "id": "site",
                "kind": "site",
                "tone": "danger",
                "label": subscriber.name,
                "latitude": subscriber.latitude,
                "longitude": subscriber.longitude,
            }
        ]

    def _prepare_board_cameras(self, zone):
        """Where to look: the camera of the zone, then those of the premises."""
        found = [
            (zone.display_name, zone.camera_url),
            (self.subscriber_id.name, self.subscriber_id.camera_url),
        ]
        return [{"name": name or "", "url": url} for name, url in found if url]
