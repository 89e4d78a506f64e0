import json
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.desk import BEAT_EVERY
from ..tools.text import storable
from ..tools.transaction import own_transaction

# In hand: what somebody must go on with when the dispatcher leaves.
IN_HAND = ("working", "held", "dispatched")

# A note that nobody read by then is history: it is in the list of shifts.
NOTES_WAIT = timedelta(hours=24)
MAX_NOTE = 10_000


class AlarmShift(models.Model):
    """What a dispatcher does with a shift. Nobody has the right to write shifts; the verbs write
    those of the user who calls them, and no others."""

    _inherit = "alarm.shift"

    @api.model
    def action_start(self):
        """Be at the desk of the companies of this board; also when one already is."""
        self.env["alarm.incident"]._check_dispatcher()
        companies = self.env.companies
        desks = self.env["alarm.desk"].sudo()
        with own_transaction(self.env):
            desks._lock(companies)
            self.env.cr.execute(
                """
                INSERT INTO alarm_shift (user_id, company_id, started_at, seen_at, absent)
                     SELECT %s, company.id, moment.now, moment.now, FALSE
                       FROM unnest(%s::int[]) AS company (id),
                            (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now) AS moment
                ON CONFLICT (user_id, company_id) WHERE ended_at IS NULL
                  DO UPDATE SET seen_at = excluded.seen_at, absent = FALSE
                """,
                [self.env.uid, companies.ids],
            )
            self.invalidate_model()
            desks._look(companies)
        return True

    @api.model
    def _beat(self):
        """A board of the user is heard. At most one small update a minute, and never a failure of
        what the board really asks: whoever is updating the same row at this moment beats for it.
        """
        cr = self.env.cr
        try:
            with cr.savepoint(flush=False):
                cr.execute(
                    """
                    UPDATE alarm_shift SET seen_at = clock_timestamp() AT TIME ZONE 'UTC',
                                           absent = FALSE
                     WHERE id IN (SELECT id FROM alarm_shift
                                   WHERE user_id = %s AND ended_at IS NULL
                                     AND (absent OR seen_at
                                          < (clock_timestamp() AT TIME ZONE 'UTC') - %s)
                                     FOR NO KEY UPDATE SKIP LOCKED)
                    """,
                    [self.env.uid, BEAT_EVERY],
                )
                beaten = cr.rowcount
        except SerializationFailure:
            return
        if beaten:
            self.invalidate_model(["seen_at", "absent"])

    @api.model
    def _own(self):
        """The open shifts of the user, in whatever company."""
        return self.sudo().search([("user_id", "=", self.env.uid), ("ended_at", "=", False)])

    @api.model
    def _others_at_desk(self, companies):
        """Open shifts of colleagues who are heard."""
        return self.search(
            [
                ("company_id", "in", companies.ids),
                ("user_id", "!=", self.env.uid),
                ("ended_at", "=", False),
                ("absent", "=", False),
            ]
        )

    @api.model
    def _unread(self):
        """Shifts of colleagues whose note the user has not read yet, the newest first."""
        self.env["alarm.shift.reading"].flush_model()
        since = fields.Datetime.now() - NOTES_WAIT
        return self.search(
            [
                ("company_id", "in", self.env.companies.ids),
                ("user_id", "!=", self.env.uid),
                ("ended_at", ">=", since),
                ("note", "!=", False),
                ("reading_ids", "not any", [("user_id", "=", self.env.uid)]),
            ],
            order="ended_at desc, id desc",
            limit=20,
        )

    def action_read(self):
        """Say that one has read these hand-over notes."""
        self.env["alarm.incident"]._check_dispatcher()
        self.check_access("read")
        self.env.cr.execute(
            """
            INSERT INTO alarm_shift_reading (shift_id, user_id, read_at)
                 SELECT shift.id, %(user)s, clock_timestamp() AT TIME ZONE 'UTC'
                   FROM alarm_shift shift
                  WHERE shift.id = ANY(%(ids)s) AND shift.ended_at IS NOT NULL
                    AND shift.user_id <> %(user)s
            ON CONFLICT (shift_id, user_id) DO NOTHING
            """,
            {"user": self.env.uid, "ids": self.ids},
        )
        self.env["alarm.shift.reading"].invalidate_model()
        self.invalidate_recordset(["reading_ids"])
        return True

    # -- the end -----------------------------------------------------------------------------------

    @api.model
    def action_end(self, note="", confirmed=()):
        """Leave the desk.

        :param note: what the next shift must know; what was open is noted by itself
        :param confirmed: what the user knows and ends all the same: "incidents", that he leaves
            open ones; "last", that nobody else is at a desk that is to be manned
        """
        incidents = self.env["alarm.incident"]
        incidents._check_dispatcher()
        note = (storable(note) or "").strip()[:MAX_NOTE] if isinstance(note, str) else ""
        desks = self.env["alarm.desk"].sudo()
        with own_transaction(self.env):
            companies = self._own().company_id
            # Whoever else leaves at this moment has left before, or asks after.
            desks._lock(companies)
            self.invalidate_model()
            own = self._own()
            if not own:
                return False
            if "incidents" not in confirmed:
                self._check_nothing_in_hand()
            last = desks._left_empty_by(own)
            if last and "last" not in confirmed:
                raise UserError(
                    self.env._(
                        "You are the last one at the desk of %s. Confirm that you leave it empty.",
                        ", ".join(last.mapped("name")),
                    )
                )
            for shift in own:
                shift._end(note, shift.company_id in last)
            desks._look(companies)
        return True

    @api.model
    def _check_nothing_in_hand(self):
        mine = self._in_hand()
        if mine:
            raise UserError(
                self.env._(
                    "You still hold %s. Hand them over, release them, or confirm that you leave "
                    "them.",
                    ", ".join(mine.mapped("name")),
                )
            )

    @api.model
    def _in_hand(self):
        """Incidents that the user holds, also in companies that the board does not show."""
        companies = self.env.user.company_ids.ids
        return (
            self.env["alarm.incident"]
            .with_context(allowed_company_ids=companies)
            .search([("user_id", "=", self.env.uid), ("state", "in", IN_HAND)])
        )

    def _end(self, note, was_last):
        self.ensure_one()
        facts = self._prepare_facts(self.company_id)
        self.env.cr.execute(
            """
            UPDATE alarm_shift
               SET ended_at = clock_timestamp() AT TIME ZONE 'UTC', end_kind = 'ended',
                   absent = FALSE, note = %s, facts = %s::jsonb, was_last = %s
             WHERE id = %s AND ended_at IS NULL
            """,
            [note or None, json.dumps(facts), was_last, self.id],
        )
        self.invalidate_recordset()

    @api.model
    def _prepare_facts(self, company):
        """What the next shift finds at the desk of a company: values without any language.

        As superuser for what the ends of a shift need in every company of the user, whichever the
        board has switched on; what is found stays within the company.
        """
        env = self.sudo().with_context(allowed_company_ids=company.ids).env
        mine = [("company_id", "in", (company.id, False))]
        incidents = env["alarm.incident"]
        counts = incidents._read_group(
            [*mine, ("state", "in", ("queued", *IN_HAND))], ["priority"], ["__count"]
        )
        held = incidents.search([*mine, ("state", "=", "held")], limit=50)
        tests = env["alarm.test.mode"].search(
            [("company_id", "=", company.id), ("state", "=", "active")], limit=50
        )
        receivers = env["alarm.receiver"].search(
            [("receiver_group_id.company_id", "in", (company.id, False))]
        )
        return {
            "open": dict(counts),
            "held": held._prepare_held_facts(),
            "tests": [
                {
                    "subscriber": test.subscriber_id.display_name,
                    "until": fields.Datetime.to_string(test.ends_at),
                }
                for test in tests
            ],
            "unrestored": env["alarm.unrestored"].search_count(mine),
            "receivers": receivers.filtered(
                lambda receiver: receiver.state in ("silent", "down")
            ).mapped("name"),
        }


class AlarmIncident(models.Model):
    _inherit = "alarm.incident"

    def _prepare_held_facts(self):
        reasons = {}
        for entry in self.env["alarm.incident.entry"].search(
            [("incident_id", "in", self.ids), ("kind", "=", "held")], order="id"
        ):
            reasons[entry.incident_id] = entry.text
        return [
            {
                "name": incident.name,
                "subscriber": incident.subscriber_id.name
                or incident.place
                or incident.account
                or "",
                "until": fields.Datetime.to_string(incident.held_until),
                "reason": reasons.get(incident.id) or "",
            }
            for incident in self
        ]

    def action_hand_over(self, user_id):
        """Give what one holds to a colleague at the desk, who is told."""
        self._check_dispatcher()
        for incident in self._locked():
            shift = self.env["alarm.shift"].search(
                [
                    ("user_id", "=", user_id),
                    ("ended_at", "=", False),
                    ("absent", "=", False),
                    ("company_id", "in", incident.company_id.ids or self.env.companies.ids),
                ],
                limit=1,
            )
            user = shift.user_id
            if not user or user == self.env.user:
                raise UserError(
                    self.env._(
                        "%s can be handed over only to a colleague who is at the desk.",
                        incident.name,
                    )
                )
            incident._transition(
                "hand_over", f"{self.env.user.name} → {user.name}", user_id=user.id
            )
            user._bus_send(
                "simple_notification",
                {
                    "type": "warning",
                    "sticky": True,
                    "message": incident.with_context(lang=user.lang).env._(
                        "%(colleague)s hands over to you: %(incident)s",
                        colleague=self.env.user.name,
                        incident=" ".join(
                            filter(None, (incident.name, incident.subscriber_id.name))
                        ),
                    ),
                },
            )
        return True
