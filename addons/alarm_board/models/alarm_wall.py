from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.alarm_monitoring.models.alarm_event_code import PRIORITIES

from ..tools.moments import iso_utc
from ..tools.wall import QUEUED_BEFORE, shift_begin
from .alarm_incident import BOARD_STATES

# So many lines of a list are legible from across the room.
LINES = 8


class AlarmWall(models.AbstractModel):
    """Everything that the supervisors' wall shows, in one answer: a number of queries that does
    not depend on how much there is."""

    _name = "alarm.wall"
    _description = "Supervisors' Wall"

    @api.model
    def wall(self):
        """The wall of the companies that the user looks at.

        :return: ``{"now", "company", "since": from when on the figures count, "queue": [...],
            "states": {state: number}, "people": [...], "held", "late", "idle", "tests":
            {"count", "rows"}, "unrestored": {...}, "communication": {...}, "receivers": [...],
            "figures": [...], "feed": [...], "conditions": [...], "sites": [...],
            "storms": [...]}``; moments as ISO text in UTC
        :raises AccessError: the user is no supervisor
        """
        self.env["alarm.incident"]._check_supervisor()
        # What is asked in SQL must see what this transaction has done.
        self.env.flush_all()
        return self._prepare_wall()

    def _prepare_wall(self):
        """What `wall` returns. A module that shows more there adds a key, as the user, in a fixed
        number of queries: ``super()._prepare_wall() | {"patrols": …}``."""
        now = fields.Datetime.now()
        shifts = self._open_shifts()
        since = shift_begin(shifts.mapped("started_at"), now)
        incidents = self.env["alarm.incident"]
        return {
            "now": iso_utc(self.env.cr.now()),
            "company": ", ".join(self.env.companies.mapped("name")),
            "since": iso_utc(since),
            "queue": self._wall_queue(),
            "states": self._wall_states(),
            "people": self._wall_people(shifts, since),
            "held": self._wall_rows([("state", "=", "held")], "held_until, id"),
            "late": self._wall_late(),
            "idle": self._wall_rows(
                [("state", "in", ("working", "dispatched")), ("escalated_at", "!=", False)],
                "escalated_at, id",
            ),
            "tests": self._wall_tests(),
            "unrestored": self._wall_unrestored(),
            "communication": self._wall_communication(),
            "receivers": [
                receiver._prepare_board_link()
                for receiver in self.env["alarm.receiver"].search([("name", "!=", False)])
            ],
            "figures": self._wall_figures(since),
            "feed": self._wall_feed(),
            "conditions": self._wall_conditions(),
            "sites": incidents._wall_sites(),
            "storms": self.env["alarm.storm"].board_storms(),
        }

    def _open_shifts(self):
        return self.env["alarm.shift"].search(
            [("ended_at", "=", False), ("company_id", "in", self.env.companies.ids)]
        )

    # -- the queue ---------------------------------------------------------------------------------

    def _waiting(self):
        """SQL of what waits: id, priority, since, pickup_seconds, escalate_seconds."""
        queued = self.env["alarm.incident"]._search([("state", "=", "queued")])
        return SQL(
            """
            SELECT incident.id, incident.priority, target.pickup_seconds, target.escalate_seconds,
                   greatest(incident.queued_at, incident.returned_at) AS since
              FROM alarm_incident incident
         LEFT JOIN LATERAL (
                    SELECT target.* FROM alarm_event_target target
                     WHERE target.event_class = incident.event_class
                       AND (target.company_id IS NULL OR target.company_id = incident.company_id)
                     ORDER BY target.company_id NULLS LAST LIMIT 1
                   ) target ON true
             WHERE incident.id IN %s
            """,
            queued.subselect(),
        )

    def _wall_queue(self):
        """One line for each priority, the oldest of each against the target of its class."""
        found = {
            row["priority"]: row
            for row in self.env.execute_query_dict(
                SQL(
                    """
                    WITH waiting AS (%s)
                    SELECT DISTINCT ON (priority) priority, id, since, pickup_seconds,
                           escalate_seconds,
                           count(*) OVER same AS waiting,
                           count(*) FILTER (WHERE since + make_interval(secs => pickup_seconds)
                                                  < now() AT TIME ZONE 'UTC') OVER same AS late
                      FROM waiting
                    WINDOW same AS (PARTITION BY priority)
                     ORDER BY priority, since, id
                    """,
                    self._waiting(),
                )
            )
        }
        oldest = self.env["alarm.incident"].browse(row["id"] for row in found.values())
        words = {incident.id: incident._wall_words() for incident in oldest}
        return [
            self._prepare_queue(priority, found.get(priority), words)
            for priority, _label in PRIORITIES
        ]

    def _prepare_queue(self, priority, row, words):
        if not row:
            return {"priority": priority, "waiting": 0, "late": 0, "oldest": None}
        return {
            "priority": priority,
            "waiting": row["waiting"],
            "late": row["late"],
            "oldest": {
                **words[row["id"]],
                "since": iso_utc(row["since"]),
                "pickup": row["pickup_seconds"],
                "escalate": row["escalate_seconds"],
            },
        }

    def _wall_late(self):
        """What waits longer than the target of its class, the latest first."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH waiting AS (%s)
                SELECT *, count(*) OVER () AS count FROM waiting
                 WHERE since + make_interval(secs => pickup_seconds) < now() AT TIME ZONE 'UTC'
                 ORDER BY priority, since, id LIMIT %s
                """,
                self._waiting(),
                LINES,
            )
        )
        incidents = self.env["alarm.incident"].browse(row["id"] for row in rows)
        return {
            "count": rows[0]["count"] if rows else 0,
            "rows": [
                {
                    **incident._wall_words(),
                    "since": iso_utc(row["since"]),
                    "pickup": row["pickup_seconds"],
                    "escalate": row["escalate_seconds"],
                }
                for incident, row in zip(incidents, rows, strict=True)
            ],
        }

    def _wall_states(self):
        return {
            state: count
            for state, count in self.env["alarm.incident"]._read_group(
                [("state", "in", ("delayed", *BOARD_STATES))], ["state"], ["__count"]
            )
        }

    def _wall_rows(self, domain, order):
        """The first lines of a list of incidents, and how many there are."""
        incidents = self.env["alarm.incident"]
        rows = incidents.search(domain, order=order, limit=LINES)
        reasons = rows._held_reasons()
        return {
            "count": incidents.search_count(domain),
            "rows": [
                {
                    **incident._wall_words(),
                    "user": incident.user_id.name or "",
                    "until": iso_utc(incident.held_until),
                    "since": iso_utc(incident.escalated_at or incident.queued_at),
                    "reason": reasons.get(incident.id, ""),
                }
                for incident in rows
            ],
        }

    # -- the people --------------------------------------------------------------------------------

    def _wall_people(self, shifts, since):
        """Who is at the desk, and who holds incidents without being there; the busiest first."""
        in_hand = self.env["alarm.incident"]._search(
            [("state", "in", ("working", "held", "dispatched")), ("user_id", "!=", False)]
        )
        taken = self.env["alarm.incident"]._search(
            [("taken_at", ">=", since), ("queued_at", ">=", since - QUEUED_BEFORE)]
        )
        loads = {
            row.pop("user_id"): row
            for row in self.env.execute_query_dict(
                SQL(
                    """
                    SELECT user_id,
                           count(*) FILTER (WHERE state = 'working' AND in_hand) AS working,
                           count(*) FILTER (WHERE state = 'held' AND in_hand) AS held,
                           count(*) FILTER (WHERE state = 'dispatched' AND in_hand) AS dispatched,
                           count(*) FILTER (WHERE taken_at >= %s) AS taken,
                           min(taken_at) FILTER (WHERE state = 'working' AND in_hand) AS oldest
                      FROM (
                        SELECT incident.*, incident.id IN %s AS in_hand
                          FROM alarm_incident incident
                         WHERE (incident.id IN %s OR incident.id IN %s)
                           AND incident.user_id IS NOT NULL
                      ) incident
                     GROUP BY user_id
                    """,
                    since,
                    in_hand.subselect(),
                    in_hand.subselect(),
                    taken.subselect(),
                )
            )
        }
        nothing = {"working": 0, "held": 0, "dispatched": 0, "taken": 0, "oldest": None}
        people = []
        at_desk = shifts.user_id
        first = {}
        for shift in shifts.sorted("started_at", reverse=True):
            first[shift.user_id] = shift
        away = self.env["res.users"].browse(
            user_id
            for user_id, load in loads.items()
            if user_id not in at_desk.ids and load["working"] + load["held"] + load["dispatched"]
        )
        # A former colleague may be archived; what he still holds has to be seen.
        for user in at_desk | away:
            shift = first.get(user)
            load = loads.get(user.id, nothing)
            people.append(
                {
                    "id": user.id,
                    "name": user.name,
                    "state": shift.state if shift else "away",
                    "started": iso_utc(shift.started_at) if shift else None,
                    "seen": iso_utc(shift.seen_at) if shift else None,
                    **load,
                    "oldest": iso_utc(load["oldest"]),
                }
            )
        return sorted(
            people, key=lambda one: (-one["working"] - one["dispatched"] - one["held"], one["name"])
        )
