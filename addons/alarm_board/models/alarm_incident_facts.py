import json
import zlib
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..tools.moments import iso_utc

# An incident of the same subscriber that ended so many days ago at most makes it "seen before".
SEEN_DAYS = 7


class AlarmIncident(models.Model):
    """What a row tells beside the incident's own columns and its signals: who was told, whether
    the premises are on test, what glue modules add."""

    _inherit = "alarm.incident"

    def _board_facts(self):
        """Incident id -> ``{"values": {name: value}, "digest": number}``, for all of them."""
        facts = {id_: {} for id_ in self.ids}
        for id_, values in self._prepare_board_facts().items():
            facts[id_].update(values)
        return {id_: {"values": values, "digest": _digest(values)} for id_, values in facts.items()}

    def _prepare_board_facts(self):
        """Hook: the facts of these incidents, shown on the board as ``row.facts``.

        For all at once, with a number of queries that does not depend on how many they are. What
        a module adds is plain (JSON), and may be seen by every dispatcher of the incident's
        company; whatever changes it calls `_on_incidents_changed`.

        :return: ``{incident id: {name: value}}``; here told (parties, see tools/gates.py of
            alarm_monitoring), calls (made), reached (somebody answered), tests
            (``[[from, to], ...]`` of its subscriber that have not ended), seen (incidents of the
            subscriber that ended in the last days) and seen_kind (how the last of them ended);
            what is empty is left out
        """
        facts = {id_: {} for id_ in self.ids}
        for rows in (self._board_told(), self._board_tests(), self._board_seen()):
            for row in rows:
                facts[row.pop("id")].update({key: value for key, value in row.items() if value})
        return facts

    def _board_told(self):
        self.env["alarm.incident.notice"].flush_model()
        self.env["alarm.incident.call"].flush_model()
        yield from self.env.execute_query_dict(
            SQL(
                """
                SELECT incident_id AS id, array_agg(DISTINCT party ORDER BY party) AS told
                  FROM alarm_incident_notice WHERE incident_id = ANY(%s) AND NOT needless
                 GROUP BY incident_id
                """,
                self.ids,
            )
        )
        yield from self.env.execute_query_dict(
            SQL(
                """
                SELECT incident_id AS id, count(*) AS calls,
                       bool_or(outcome IN ('reached', 'passcode_ok', 'passcode_wrong', 'duress'))
                           AS reached
                  FROM alarm_incident_call WHERE incident_id = ANY(%s)
                 GROUP BY incident_id
                """,
                self.ids,
            )
        )

    def _board_tests(self):
        self.env["alarm.test.mode"].flush_model()
        for row in self.env.execute_query_dict(
            SQL(
                """
                SELECT incident.id, array_agg(test.starts_at ORDER BY test.id) AS starts,
                       array_agg(test.ends_at ORDER BY test.id) AS ends
                  FROM alarm_incident incident
                  JOIN alarm_test_mode test ON test.subscriber_id = incident.subscriber_id
                 WHERE incident.id = ANY(%s) AND test.ends_at > %s
                 GROUP BY incident.id
                """,
                self.ids,
                fields.Datetime.now(),
            )
        ):
            times = zip(row["starts"], row["ends"], strict=True)
            yield {
                "id": row["id"],
                "tests": [[iso_utc(start), iso_utc(end)] for start, end in times],
            }

    def _board_seen(self):
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT incident.id, past.seen, past.seen_kind
                  FROM alarm_incident incident
                 CROSS JOIN LATERAL (
                        SELECT count(*) AS seen,
                               (array_agg(resolution.kind ORDER BY former.resolved_at DESC))[1]
                                   AS seen_kind
                          FROM alarm_incident former
                     LEFT JOIN alarm_resolution resolution
                            ON resolution.id = former.resolution_id
                         WHERE former.subscriber_id = incident.subscriber_id
                           AND former.resolved_at >= %s AND former.id <> incident.id
                       ) past
                 WHERE incident.id = ANY(%s) AND past.seen > 0
                """,
                fields.Datetime.now() - timedelta(days=SEEN_DAYS),
                self.ids,
            )
        )


def _digest(values):
    """A number that changes with the facts."""
    return zlib.crc32(json.dumps(values, sort_keys=True).encode()) if values else 0
