from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..tools.moments import iso_utc
from ..tools.wall import COMMUNICATION_CODES, OWN_TROUBLES
from .alarm_incident import BOARD_STATES
from .alarm_wall import LINES

FED = 12
FED_HOURS = 12
# The log has no index by kind; its latest lines are enough for a feed.
LATEST_LINES = 20000


class AlarmWall(models.AbstractModel):
    """What is not handled but watched: tests, what is not restored, the centre itself."""

    _inherit = "alarm.wall"

    def _wall_tests(self):
        """Sites on test, the longest first."""
        tests = self.env["alarm.test.mode"]
        domain = [("state", "=", "active")]
        rows = tests.search(domain, order="starts_at, id", limit=LINES)
        return {
            "count": tests.search_count(domain),
            "rows": [
                {
                    "id": test.id,
                    "site": test.subscriber_id.name,
                    "covers": test.scope_words,
                    "since": iso_utc(test.starts_at),
                    "until": iso_utc(test.ends_at),
                    "user": test.user_id.name,
                }
                for test in rows
            ],
        }

    def _wall_unrestored(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT code.event_class, count(*), min(known.since),
                       count(*) FILTER (WHERE code.code_system || ' ' || code.code = ANY(%s))
                  FROM alarm_unrestored known
                  JOIN alarm_event_code code ON code.id = known.event_code_id
                 WHERE known.id IN %s
                 GROUP BY code.event_class ORDER BY count(*) DESC, code.event_class
                """,
                list(COMMUNICATION_CODES),
                self.env["alarm.unrestored"]._search([]).subselect(),
            )
        )
        return {
            "count": sum(count for _class, count, _since, _paths in rows),
            "oldest": iso_utc(min((since for _class, _count, since, _paths in rows), default=None)),
            "classes": [{"class": name, "count": count} for name, count, _since, _paths in rows],
            "paths": sum(paths for _class, _count, _since, paths in rows),
        }

    def _wall_communication(self):
        """Sites whose test report is missing; paths that panels report as lost stand in
        ``unrestored``."""
        missed = [("kind", "=", "test_missed"), ("missed_at", "!=", False)]
        return {"test_missed": self.env["alarm.watch"].search_count(missed)}

    def _wall_feed(self):
        """What went wrong in the centre of late: calls to the supervisors, bulk closing, evidence,
        bridges. The newest first."""
        since = fields.Datetime.now() - timedelta(hours=FED_HOURS)
        incidents = self.env["alarm.incident"]
        own = incidents.search(
            [("reason_kind", "in", OWN_TROUBLES), ("queued_at", ">=", since)],
            order="queued_at desc, id desc",
            limit=FED,
        )
        feed = [
            {
                "key": f"incident-{incident.id}",
                "at": iso_utc(incident.queued_at),
                "kind": incident.reason_kind,
                "open": incident.state in BOARD_STATES,
                "incident": incident.id,
                "text": incident.reason or "",
            }
            for incident in own
        ]
        lines = self.env.execute_query_dict(
            SQL(
                """
                SELECT id, incident_id, at, kind FROM alarm_incident_entry
                 WHERE id > (SELECT max(id) FROM alarm_incident_entry) - %s
                   AND kind = 'escalated' AND at >= %s
                   AND (company_key = 0 OR company_key = ANY(%s))
                 ORDER BY id DESC LIMIT %s
                """,
                LATEST_LINES,
                since,
                self.env.companies.ids,
                FED,
            )
        )
        escalated = incidents.search([("id", "in", [line["incident_id"] for line in lines])])
        known = {incident.id: incident for incident in escalated}
        feed += [
            {
                "key": f"line-{line['id']}",
                "at": iso_utc(line["at"]),
                "kind": "escalated",
                "open": known[line["incident_id"]].state in BOARD_STATES,
                "incident": line["incident_id"],
                "text": known[line["incident_id"]]._feed_words(),
            }
            for line in lines
            if line["incident_id"] in known
        ]
        closings = self.env["alarm.storm.entry"].search(
            [("at", ">=", since)], order="id desc", limit=FED
        )
        feed += [
            {
                "key": f"storm-{entry.id}",
                "at": iso_utc(entry.at),
                "kind": f"storm_{entry.kind}",
                "open": False,
                "incident": False,
                "text": ": ".join(filter(None, (entry.author, entry.text))),
            }
            for entry in closings
        ]
        return sorted(feed, key=lambda line: line["at"], reverse=True)[:FED]

    def _wall_conditions(self):
        """What is wrong with bridges at this moment."""
        return [
            {
                "id": condition.id,
                "bridge": condition.bridge_status_id.name,
                "text": condition.words,
                "since": iso_utc(condition.since),
            }
            for condition in self.env["alarm.bridge.condition"].search([], limit=LINES)
        ]
