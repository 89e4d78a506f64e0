import logging

from psycopg2.errors import LockNotAvailable

from odoo import api, models

from odoo.addons.alarm_subscriber.tools.numbers import number_key

from ..tools.bridge_signals import coded
from ..tools.incident_states import OPEN_STATES
from ..tools.locks import ALONE_TIMEOUT, matters_locked
from ..tools.plan import Item, Matter, Trace, make_plan
from ..tools.transaction import own_transaction
from ..tools.triage import MONITORED, PRIORITY_LOST, Facts, Verdict, triage

_logger = logging.getLogger(__name__)

# Signals decided in one transaction, and so the longest that others wait for a subscriber's lock.
_AT_ONCE = 200

# A link's role -> the kind of its log entry, where that is not "signal".
_ENTRY_KINDS = {"restore": "restored", "cancel": "cancel_received", "repeat": "repeated"}


class AlarmIncident(models.Model):
    _inherit = "alarm.incident"

    @api.model
    def _decide(self, signal_ids):
        """Decide stored signals, each matter under its lock, in transactions of their own.

        Never raises for what is wrong with a signal: what cannot be decided becomes a bare incident
        at once and is tried again by the tick.
        """
        signal_ids = sorted(signal_ids)
        for start in range(0, len(signal_ids), _AT_ONCE):
            pending = self._pending(signal_ids[start : start + _AT_ONCE])
            if pending and not self._decide_together(pending):
                for key in dict.fromkeys(key for _id, _signal_id, key in pending):
                    self._decide_alone([row for row in pending if row[2] == key])

    @api.model
    def _pending(self, signal_ids):
        """``(pending id, signal id, key)`` of what still waits, oldest first."""
        self.env.cr.execute(
            """
            SELECT id, signal_id, key FROM alarm_signal_pending
             WHERE signal_id = ANY(%s) ORDER BY signal_id, id
            """,
            [list(signal_ids)],
        )
        return self.env.cr.fetchall()

    @api.model
    def _decide_together(self, pending):
        """Decide all in one transaction; False when that failed and nothing was done."""
        try:
            with matters_locked(self.env, {key for _id, _signal_id, key in pending}):
                with own_transaction(self.env):
                    self._decide_locked(pending)
        except LockNotAvailable:
            _logger.warning(
                "%d signals are decided one matter at a time: one is locked", len(pending)
            )
            return False
        except Exception:
            _logger.exception("%d signals could not be decided together", len(pending))
            return False
        return True

    @api.model
    def _decide_alone(self, pending):
        """Decide the signals of one matter; failing that, raise it bare.

        Bare without the lock, too, when its holder hangs: the unique index of open matters keeps
        two from raising it twice, and whoever comes second finds the first.
        """
        try:
            try:
                with matters_locked(self.env, {pending[0][2]}, timeout=ALONE_TIMEOUT):
                    try:
                        with own_transaction(self.env):
                            self._decide_locked(pending)
                    except Exception as error:
                        _logger.exception("Matter %s could not be decided", pending[0][2])
                        self._raise_bare(pending, error)
            except LockNotAvailable as error:
                _logger.warning("Matter %s is locked and is raised without rules", pending[0][2])
                self._raise_bare(pending, error)
        except Exception:
            # The tick tries again in seconds; meanwhile the other matters go on.
            _logger.exception("Matter %s could not be raised", pending[0][2])

    @api.model
    def _decide_locked(self, pending):
        """The decision itself; the locks of all keys are held."""
        pending = self._still_pending(pending)
        items, decisions = self._items(pending)
        ticks = [item for item in items if item.verdict.role == "tick"]
        items = [item for item in items if item.verdict.role != "tick"]
        matters = self._open_matters({item.verdict.key for item in items})
        self._add_traces(self._traced(items, matters))
        floods = self.env["alarm.flood"]._floods(
            items, {matter.id: matter for matter in matters.values()}
        )
        plan = make_plan(items, matters, self._originals(items), floods)
        plan.decisions.update(decisions)
        incidents = self._write_plan(plan)
        done = {(item.facts.signal_id, item.verdict.key) for item in items}
        self._settle(
            [
                row_id
                for row_id, signal_id, key in pending
                if signal_id in decisions or (signal_id, key) in done
            ],
            plan.decisions,
        )
        incidents |= self._decide_ticks(ticks, pending, plan)
        if incidents:
            incidents._on_incidents_changed()

    @api.model
    def _still_pending(self, pending):
        """Those rows that nobody has decided, or given to another matter, since they were read."""
        self.env.cr.execute(
            """
            SELECT id, signal_id, key FROM alarm_signal_pending
             WHERE id = ANY(%s) ORDER BY signal_id, id
            """,
            [[row_id for row_id, _signal_id, _key in pending]],
        )
        known = set(pending)
        return [row for row in self.env.cr.fetchall() if row in known]

    @api.model
    def _items(self, pending):
        """The signals that need an incident to be looked at, with fresh facts and verdicts; and
        signal id -> decision of those that meanwhile are only logged."""
        book = self.env["alarm.event.code"]._rule_book()
        facts = self._facts_of({signal_id for _id, signal_id, _key in pending})
        items, decisions = [], {}
        for _id, signal_id, key in pending:
            fact = facts[signal_id]
            if key.startswith("integrity:"):
                items.append(Item(fact, self._integrity(fact, key)))
                continue
            verdict = triage(fact, book)
            if verdict.decision != "pending":
                decisions[signal_id] = verdict.decision
            elif verdict.key == key:
                items.append(Item(fact, verdict))
            # What meanwhile is another matter's was not locked: it stays for the tick.
        return items, decisions

    @api.model
    def _integrity(self, facts, key):
        return Verdict(
            "pending",
            key,
            event_class="system",
            priority=PRIORITY_LOST,
            reason_kind="integrity",
            reason_detail=facts.uid,
        )

    @api.model
    def _facts_of(self, signal_ids):
        self.env.cr.execute(
            """
            SELECT signal.id, signal.uid, signal.kind, signal.bridge, signal.receiver_name,
                   signal.receiver_id, signal.receiver_group_id, signal.account,
                   signal.account_key, signal.code_system, signal.code, signal.qualifier,
                   coalesce(nullif(signal.zone, ''), nullif(signal."user", ''), signal.address)
                       AS address,
                   signal.repeat_of, signal.panel_id, signal.subscriber_id, subscriber.state,
                   signal.company_id, signal.text, signal.extended, signal.received_at,
                   signal.area_id, signal.zone_id, subscriber.category_id
              FROM alarm_signal signal
         LEFT JOIN alarm_subscriber subscriber ON subscriber.id = signal.subscriber_id
             WHERE signal.id = ANY(%s)
            """,
            [list(signal_ids)],
        )
        found = self.env.cr.dictfetchall()
        tests, rules = self._rule_context(found)
        rows = {}
        for row in found:
            code_system, code, qualifier = coded(
                row["kind"], row["code_system"], row["code"], row["qualifier"], row["text"]
            )
            rows[row["id"]] = Facts(
                signal_id=row["id"],
                uid=row["uid"],
                kind=row["kind"] or "",
                bridge=row["bridge"],
                receiver=row["receiver_name"],
                receiver_id=row["receiver_id"] or 0,
                group_id=row["receiver_group_id"] or 0,
                account=row["account"] or "",
                account_key=row["account_key"] or "",
                code_system=code_system,
                code=code,
                qualifier=qualifier,
                address=number_key(row["address"]),
                repeat_of=row["repeat_of"] or "",
                panel_id=row["panel_id"] or 0,
                subscriber_id=row["subscriber_id"] or 0,
                subscriber_state=row["state"] or "",
                company_id=row["company_id"] or 0,
                extended=row["extended"] or "",
                received_at=row["received_at"],
                area_id=row["area_id"] or 0,
                zone_id=row["zone_id"] or 0,
                category_id=row["category_id"] or 0,
                tests=tests.get(row["subscriber_id"], ()),
                rules=rules.get(row["subscriber_id"], {}),
            )
        return rows

    @api.model
    def _rule_context(self, rows):
        """What the monitored subscribers of these signals have of their own, as storing asks it."""
        subscribers = {row["subscriber_id"] for row in rows if row["state"] == MONITORED}
        if not subscribers:
            return {}, {}
        since = min(row["received_at"] for row in rows)
        return (
            self.env["alarm.test.mode"]._coverages(subscribers, since),
            self.env["alarm.event.rule"]._rules_of(subscribers),
        )

    @api.model
    def _open_matters(self, keys):
        """key -> Matter of the open incidents of these keys."""
        self.env.cr.execute(
            """
            SELECT key, id, priority, state = 'delayed', coalesce(two_knock, FALSE),
                   coalesce(runaway, FALSE)
              FROM alarm_incident WHERE key = ANY(%s) AND state = ANY(%s)
            """,
            [list(keys), list(OPEN_STATES)],
        )
        return {
            key: Matter(
                key, id_, priority=priority, waiting=waiting, two_knock=twice, runaway=runaway
            )
            for key, id_, priority, waiting, twice, runaway in self.env.cr.fetchall()
        }

    @api.model
    def _traced(self, items, matters):
        """The open matters whose traces are asked for: by a restore, or by a rule on two knocks
        that has not found its second yet. What a flood made large is not read again for that."""
        return [
            matter
            for item in items
            if (matter := matters.get(item.verdict.key))
            and (
                item.verdict.role.endswith("restore")
                or (item.verdict.two_knock and not matter.two_knock and not matter.runaway)
            )
        ]

    @api.model
    def _add_traces(self, matters):
        """Give matters the traces of what raised them, and when each place was heard of last. Only
        those that are asked for: an incident of a flood has thousands of signals."""
        by_id = {matter.id: matter for matter in matters}
        if not by_id:
            return
        self.env.cr.execute(
            """
            SELECT link.incident_id, link.role, signal.panel_id,
                   coalesce(nullif(signal.zone, ''), nullif(signal."user", ''), signal.address),
                   signal.event_code_id, code.event_class, max(signal.received_at), max(link.id)
              FROM alarm_incident_signal link
              JOIN alarm_signal signal ON signal.id = link.signal_id
         LEFT JOIN alarm_event_code code ON code.id = signal.event_code_id
             WHERE link.incident_id = ANY(%s) AND link.role IN ('alarm', 'restore')
             GROUP BY 1, 2, 3, 4, 5, 6
             ORDER BY max(link.id)
            """,
            [list(by_id)],
        )
        restores = {
            code.id: code.restores
            for code in self.env["alarm.event.code"]._rule_book().codes.values()
            if code.restores
        }
        for incident_id, role, panel, address, code, klass, at, _id in self.env.cr.fetchall():
            matter = by_id[incident_id]
            trace = Trace(panel or 0, number_key(address), code or 0, klass or "other")
            if role == "restore":
                matter.unrestored -= {
                    other
                    for other in matter.unrestored
                    if (other.panel_id, other.address) == (trace.panel_id, trace.address)
                    and (
                        other.event_class == trace.event_class
                        or other.code_id in restores.get(trace.code_id, ())
                    )
                }
                continue
            matter.traces.add(trace)
            matter.unrestored.add(trace)
            place = (trace.event_class, trace.panel_id, trace.address)
            matter.knocks[place] = max(at, matter.knocks.get(place, at))

    @api.model
    def _originals(self, items):
        """uid -> Matter or None of the signals that the items repeat, as far as they are stored."""
        uids = {item.facts.repeat_of for item in items if item.facts.repeat_of}
        if not uids:
            return {}
        self.env.cr.execute(
            """
            SELECT signal.uid, incident.id, incident.key, incident.priority, incident.state
              FROM alarm_signal signal
         LEFT JOIN alarm_incident_signal link ON link.signal_id = signal.id
         LEFT JOIN alarm_incident incident ON incident.id = link.incident_id
             WHERE signal.uid = ANY(%s) AND signal.decision <> 'pending'
             ORDER BY link.id
            """,
            [list(uids)],
        )
        return {
            uid: Matter(key, id_, priority=priority, closed=state not in OPEN_STATES)
            if id_
            else None
            for uid, id_, key, priority, state in self.env.cr.fetchall()
        }

    @api.model
    def _write_plan(self, plan):
        """Write new incidents, links, entries and priorities; return the incidents concerned."""
        exit_errors = self._mark_exit_errors(plan.new)
        self._apply_course(plan)
        values = self._prepare_incidents(plan.new)
        for matter, vals in zip(plan.new, values, strict=True):
            vals["exit_error_seconds"] = exit_errors.get(matter.key, 0)
        new = self.create(values)
        for matter, incident in zip(plan.new, new, strict=True):
            matter.id = incident.id
        self.env["alarm.incident.signal"]._insert_links(
            (link.matter.id, link.item.facts.signal_id, link.role, link.priority)
            for link in plan.links
        )
        self.env["alarm.unrestored"]._apply(plan)
        self.env["alarm.flood"]._keep(plan.floods)
        incidents = self.browse(dict.fromkeys(link.matter.id for link in plan.links))
        by_id = {incident.id: incident for incident in incidents}
        risen = [*plan.raised, *(matter for matter in plan.new if matter.has_risen)]
        raised = self.browse(matter.id for matter in risen)._apply_priorities()
        new._after_made(raised)
        entries = [(incident, "created", incident.reason_detail, 0) for incident in new]
        entries += [
            (
                by_id[link.matter.id],
                _ENTRY_KINDS.get(link.role, "signal"),
                self._entry_text(link),
                link.item.facts.signal_id,
            )
            for link in plan.links
            # A flood is one line, not thousands.
            if link.role != "flood"
        ]
        entries += self._course_entries(plan, by_id)
        entries += [
            (incident, "exit_error", str(incident.exit_error_seconds), 0)
            for incident in new
            if incident.exit_error_seconds
        ]
        self.env["alarm.incident.entry"]._log(entries)
        return incidents

    @api.model
    def _entry_text(self, link):
        """What arrived, in the wire's own words: true in every language, whatever the registers
        say later. Readers see the entry's description."""
        facts = link.item.facts
        return " ".join(
            filter(
                None,
                (
                    facts.account,
                    facts.code_system,
                    facts.code or facts.kind,
                    facts.qualifier,
                    facts.address,
                ),
            )
        )

    @api.model
    def _prepare_incident(self, matter):
        facts, verdict = matter.first.facts, matter.first.verdict
        return {
            "key": matter.key,
            "subscriber_id": facts.subscriber_id if matter.key.startswith("subscriber:") else False,
            "company_id": facts.company_id or False,
            "receiver_name": facts.receiver,
            "account": facts.account,
            "priority": verdict.priority,
            "event_class": verdict.event_class,
            "event_code_id": verdict.code_id or False,
            "reason_kind": verdict.reason_kind,
            "reason_detail": verdict.reason_detail,
        }

    @api.model
    def _settle(self, pending_ids, decisions):
        """Write the decisions (signal id -> decision) and forget what waited for them."""
        if not pending_ids and not decisions:
            return
        signal_ids = list(decisions)
        self.env.cr.execute(
            """
            WITH settled AS (DELETE FROM alarm_signal_pending WHERE id = ANY(%s))
            UPDATE alarm_signal signal SET decision = decided.decision
              FROM unnest(%s::int[], %s::text[]) AS decided (id, decision)
             WHERE signal.id = decided.id AND signal.decision <> decided.decision
            """,
            [pending_ids, signal_ids, [decisions[signal_id] for signal_id in signal_ids]],
        )
        self.env["alarm.signal"].invalidate_model(["decision"])
