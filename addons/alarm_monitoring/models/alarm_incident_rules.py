import time
from datetime import timedelta

from odoo import api, fields, models

from ..tools.arming import CLOSINGS
from ..tools.injection import PREFIX
from .alarm_event_rule import SCOPES

# A subscriber's newest signals among which its closing is looked for.
_NEWEST = 30

# A verb takes milliseconds; who meets it waits that long rather than leave an alarm waiting.
_TRIES = 4
_PAUSE = 0.05


class AlarmIncident(models.Model):
    """How an incident goes on by the rules: it waits and is shown, or ends by itself; it is
    confirmed by a second zone; it is a flood; it began as somebody left."""

    _inherit = "alarm.incident"

    reason_scope = fields.Selection(SCOPES, string="Rule Of", readonly=True)
    reason_scope_key = fields.Integer(
        readonly=True, help="Id of the zone or kind of premises whose rule it was."
    )
    delayed_until = fields.Datetime(
        readonly=True, help="Then it is shown, unless a restore completes it before."
    )
    two_knock = fields.Boolean(readonly=True, help="More than one zone within the time.")
    runaway = fields.Boolean(readonly=True, help="A flood of signals from one source.")
    exit_error_seconds = fields.Integer(
        readonly=True, help="Seconds between closing and the alarm; 0: nobody had just left."
    )
    hints = fields.Char(compute="_compute_hints", help="What the rules noticed.")

    _delayed_idx = models.Index("(delayed_until) WHERE state = 'delayed'")

    @api.depends("two_knock", "runaway", "exit_error_seconds", "state", "delayed_until")
    @api.depends_context("lang", "tz")
    def _compute_hints(self):
        for incident in self:
            incident.hints = " · ".join(incident._hint_words()) or False

    def _hint_words(self):
        words = []
        if self.exit_error_seconds:
            words.append(
                self.env._(
                    "Exit error? The alarm came %s s after closing.", self.exit_error_seconds
                )
            )
        if self.two_knock:
            words.append(self.env._("Confirmed: more than one zone within the time."))
        if self.runaway:
            words.append(self.env._("Flood: one source keeps sending; its signals join here."))
        if self.state == "delayed" and self.delayed_until:
            at = fields.Datetime.context_timestamp(self, self.delayed_until)
            words.append(
                self.env._("Waits until %s; a restore completes it.", at.strftime("%H:%M:%S"))
            )
        return words

    @api.depends("reason_scope", "reason_scope_key")
    def _compute_reason(self):
        return super()._compute_reason()

    def _reason_sentence(self, code):
        if self.reason_kind != "rule_any":
            sentence = super()._reason_sentence(code)
        else:
            sentence = self.env._(
                "%s: any event is handled as an incident.",
                f"{code.code} {code._name_as('new')}" if code else self.reason_detail or "",
            )
        owner = self._reason_owner()
        return f"{sentence} {owner}" if owner else sentence

    def _reason_owner(self):
        """Whose rule it was, in words; empty for the rules that hold for all."""
        match self.reason_scope:
            case "zone":
                zone = self.env["alarm.zone"].browse(self.reason_scope_key).exists()
                return self.env._("(Rule of zone %s)", zone.display_name or "?")
            case "subscriber":
                return self.env._("(Rule of this subscriber)")
            case "category":
                category = self.env["alarm.subscriber.category"].browse(self.reason_scope_key)
                return self.env._(
                    "(Rule for the kind of premises “%s”)", category.exists().display_name or "?"
                )
        return ""

    @api.model
    def _prepare_incident(self, matter):
        verdict = matter.first.verdict
        values = super()._prepare_incident(matter) | {
            "reason_scope": verdict.scope or False,
            "reason_scope_key": verdict.scope_id,
            "two_knock": matter.two_knock,
            "runaway": matter.runaway,
        }
        if matter.delay and (matter.waiting or matter.completed):
            until = fields.Datetime.now() + timedelta(seconds=matter.delay)
            values |= {
                "state": "auto_completed" if matter.completed else "delayed",
                "delayed_until": until,
            }
            if matter.completed:
                values["closed_at"] = fields.Datetime.now()
        return values

    @api.model
    def _apply_course(self, plan):
        """What the plan says of incidents that exist already; must run before new ones are made,
        because an incident that completes makes room for another of its key."""
        self._move_delayed(
            [matter.id for matter in plan.completed if matter.id and matter.first is None],
            "auto_completed",
        )
        self._move_delayed([matter.id for matter in plan.shown if not matter.completed], "queued")
        flags = {"two_knock": [], "runaway": []}
        for matter, kind, _item in plan.notes:
            if matter.id:
                flags[kind].append(matter.id)
        for name, ids in flags.items():
            if ids:
                self._flag(name, ids)

    @api.model
    def _flag(self, name, ids):
        """Mark incidents. One that somebody is changing is left out; its log says it all the
        same."""
        assert name in ("two_knock", "runaway")
        self.env.cr.execute(
            f"""
            UPDATE alarm_incident SET {name} = TRUE
             WHERE id IN (SELECT id FROM alarm_incident WHERE id = ANY(%s)
                             FOR NO KEY UPDATE SKIP LOCKED)
            """,  # pylint: disable=sql-injection; one of the two names above
            [ids],
        )
        self.browse(ids).invalidate_recordset([name])

    @api.model
    def _move_delayed(self, ids, state):
        """Queue or complete what waits. Nobody is waited for longer than a verb takes: what is
        still locked then is queued when its time comes."""
        left = list(ids)
        for attempt in range(_TRIES if ids else 0):
            if attempt:
                time.sleep(_PAUSE)
            self.env.cr.execute(
                """
                UPDATE alarm_incident
                   SET state = %s,
                       queued_at = CASE WHEN %s = 'queued' THEN now() AT TIME ZONE 'UTC'
                                        ELSE queued_at END,
                       closed_at = CASE WHEN %s = 'queued' THEN closed_at
                                        ELSE now() AT TIME ZONE 'UTC' END
                 WHERE id IN (SELECT id FROM alarm_incident WHERE id = ANY(%s)
                                 AND state = 'delayed' FOR NO KEY UPDATE SKIP LOCKED)
             RETURNING id
                """,
                [state, state, state, left],
            )
            left = list(set(left) - {id_ for [id_] in self.env.cr.fetchall()})
            if not left:
                break
        self.browse(ids).invalidate_recordset(["state", "queued_at", "closed_at"])

    @api.model
    def _course_entries(self, plan, incidents):
        """Log entries of what the rules found: ``(incident, kind, text, signal id)``."""
        entries = [
            (incidents[matter.id], kind, "", item.facts.signal_id)
            for matter, kind, item in plan.notes
            if matter.id in incidents
        ]
        entries += [
            (incidents[matter.id], "delayed", str(matter.delay), 0)
            for matter in plan.new
            if matter.delay and (matter.waiting or matter.completed)
        ]
        entries += [(incidents[matter.id], "due", "", 0) for matter in plan.shown]
        entries += [(incidents[matter.id], "auto_completed", "", 0) for matter in plan.completed]
        return entries

    @api.model
    def _mark_exit_errors(self, matters):
        """``seconds`` since the closing before the first alarm of new matters, by matter's key."""
        wanted = {
            matter.first.facts.subscriber_id: matter
            for matter in matters
            if matter.first.verdict.exit_error and matter.first.facts.subscriber_id
        }
        if not wanted:
            return {}
        book = self.env["alarm.event.code"]._rule_book()
        closings = [
            (code.id, qualifier)
            for system, name, qualifier in CLOSINGS
            if (code := book.codes.get((system, name)))
        ]
        code_ids, qualifiers = zip(*closings, strict=True) if closings else ((), ())
        self.env.cr.execute(
            """
            SELECT wanted.subscriber_id, max(newest.received_at)
              FROM unnest(%s::int[], %s::int[], %s::timestamp[])
                   AS wanted (subscriber_id, signal_id, at)
        CROSS JOIN LATERAL (
                   SELECT received_at, event_code_id, qualifier FROM alarm_signal
                    WHERE subscriber_id = wanted.subscriber_id AND id < wanted.signal_id
                      AND NOT starts_with(uid, %s)
                    ORDER BY id DESC LIMIT %s) newest
              JOIN unnest(%s::int[], %s::text[]) AS closing (code_id, qualifier)
                ON closing.code_id = newest.event_code_id
               AND closing.qualifier IN ('', newest.qualifier)
             WHERE newest.received_at <= wanted.at
             GROUP BY wanted.subscriber_id
            """,
            [
                list(wanted),
                [matter.first.facts.signal_id for matter in wanted.values()],
                [matter.first.facts.received_at for matter in wanted.values()],
                PREFIX,
                _NEWEST,
                list(code_ids),
                list(qualifiers),
            ],
        )
        found = {}
        for subscriber_id, closed_at in self.env.cr.fetchall():
            matter = wanted[subscriber_id]
            seconds = int((matter.first.facts.received_at - closed_at).total_seconds())
            if seconds <= matter.first.verdict.exit_error:
                # Within the same second is still just after it.
                found[matter.key] = max(seconds, 1)
        return found

    @api.model
    def _queue_delayed(self):
        """Show what has waited long enough."""
        due = self.search(
            [("state", "=", "delayed"), ("delayed_until", "<=", fields.Datetime.now())], limit=1000
        )
        due = due.try_lock_for_update(allow_referencing=True)
        due.invalidate_recordset()
        due = due.filtered(lambda incident: incident.state == "delayed")
        if due:
            due._write_private({"state": "queued", "queued_at": fields.Datetime.now()})
            due._log("due")
            due._on_incidents_changed()
