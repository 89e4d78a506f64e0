from datetime import UTC, timedelta

from odoo import api, models

from odoo.addons.alarm_subscriber.tools.schedule import HORIZON_DAYS, judge, next_deadline

from ..tools.supervision import local_words, pack
from ..tools.triage import matter_key

_ACTIONS = {"late_open": "open", "late_close": "close"}


class AlarmWatch(models.Model):
    """Openings and closings by the schedule."""

    _inherit = "alarm.watch"

    @api.model
    def _plan_schedules(self, subscriber_ids):
        cr = self.env.cr
        cr.execute(
            """
            INSERT INTO alarm_watch (kind, key, subscriber_id, company_id, schedule_id, next_due_at)
                 SELECT kind, schedule.id::text, schedule.subscriber_id, schedule.company_id,
                        schedule.id, date_trunc('second', clock_timestamp() AT TIME ZONE 'UTC')
                   FROM alarm_schedule schedule
                   JOIN alarm_subscriber subscriber ON subscriber.id = schedule.subscriber_id
                  CROSS JOIN unnest(ARRAY['late_open', 'late_close']) AS kind
                  WHERE schedule.subscriber_id = ANY(%s) AND schedule.active
                    AND subscriber.state = 'active'
            ON CONFLICT (kind, key) DO UPDATE
                    SET next_due_at = excluded.next_due_at, deadline_at = NULL
            """,
            [subscriber_ids],
        )
        cr.execute(
            """
            DELETE FROM alarm_watch watch USING alarm_schedule schedule
             WHERE watch.subscriber_id = ANY(%s) AND schedule.id = watch.schedule_id
               AND NOT schedule.active
            """,
            [subscriber_ids],
        )
        self.invalidate_model()

    @api.model
    def _due_schedules(self, watches, now):
        """Raise what has not opened or closed by its time, remind of what is still open, and find
        the next deadlines."""
        schedules = watches.schedule_id
        plans = schedules._plans(now.date())
        states = self.env["alarm.arming"]._of_schedules(schedules.ids)
        matters = []
        for watch in watches:
            state = states.get(watch.schedule_id.id)
            values = {}
            missed = watch.missed_at
            if watch.deadline_at and watch.deadline_at <= now:
                came = watch._came(state, watch.since)
                missed = False if came else watch.deadline_at
            elif missed and watch._came(state, missed):
                missed = False
            if missed:
                values["raised_at"] = now
                if watch.kind == "late_close" or missed != watch.missed_at:
                    matters.append(watch._prepare_late(missed, state))
            values |= {"missed_at": missed}
            values |= watch._next_deadline(plans[watch.schedule_id.id], now)
            repeat = watch.schedule_id.repeat_minutes
            if missed and repeat and watch.kind == "late_close":
                reminder = now + timedelta(minutes=repeat)
                values["next_due_at"] = min(values["next_due_at"], reminder)
            watch.write(values)
        self.env["alarm.incident"]._raise_matters(matters)

    def _came(self, state, since):
        """Whether what is expected has come: premises that are open need not be opened again."""
        if not state:
            return False
        is_open, opened_at, _by, _closed_at = state
        if self.kind == "late_close":
            return not is_open
        return is_open or bool(opened_at and since and opened_at >= since)

    def _next_deadline(self, plan, now):
        """Values of the deadline after the last one; without one it is looked for again later."""
        after = max(filter(None, (now, self.deadline_at))).replace(tzinfo=UTC)
        found = next_deadline(plan, _ACTIONS[self.kind], after)
        if not found:
            later = now + timedelta(days=HORIZON_DAYS // 2)
            return {"since": False, "deadline_at": False, "next_due_at": later}
        due = found.due.replace(tzinfo=None)
        return {
            "since": found.since.replace(tzinfo=None),
            "deadline_at": due,
            "next_due_at": due,
        }

    def _prepare_late(self, missed, state):
        tz = self.subscriber_id.tz
        opened_at = state[1] if state and state[0] else None
        return self._prepare_matter(
            pack(
                local_words(missed, tz),
                local_words(opened_at, tz) if self.kind == "late_close" else "",
                self.schedule_id.area_id.display_name,
            )
        )

    @api.model
    def _on_turns(self, signals):
        """Openings and closings have arrived, and `alarm.arming` knows them."""
        schedules = self._schedules_of(signals)
        if not schedules:
            return
        known = self.env["alarm.schedule"].union(*schedules.values())
        # A temporary change of long ago is not looked at, so not later than what is judged.
        plans = known._plans(min(signal.received_at for signal in signals).date())
        active = [signal for signal in signals if signal.active]
        judged = self._not_on_test(active)
        self._judge_openings(judged, schedules, plans)
        self._judge_closings(judged, schedules, plans)
        tested = [signal for signal in active if signal not in judged]
        self._watch_left_open(self._opened_outside(tested, schedules, plans))
        self._note_turned(signals, schedules)

    @api.model
    def _schedules_of(self, signals):
        """``(subscriber id, area id or 0)`` -> schedule."""
        found = self.env["alarm.schedule"].search(
            [("subscriber_id", "in", list({signal.subscriber_id for signal in signals}))]
        )
        return {(one.subscriber_id.id, one.area_id.id or 0): one for one in found}

    @api.model
    def _concerned(self, signal, schedules):
        """The schedules that a signal is for: its area's, and the whole subscriber's."""
        keys = {(signal.subscriber_id, signal.area_id), (signal.subscriber_id, 0)}
        return [schedules[key] for key in sorted(keys) if key in schedules]

    @api.model
    def _note_turned(self, signals, schedules):
        """Note on incidents what has come after all."""
        states = self.env["alarm.arming"]._of_schedules([one.id for one in schedules.values()])
        over = {}
        for signal in signals:
            for schedule in self._concerned(signal, schedules):
                is_open = states.get(schedule.id, (False,))[0]
                if signal.action == "open":
                    over["late_open", schedule.id] = signal.id
                elif not is_open:
                    over["late_close", schedule.id] = signal.id
                    over["left_open", schedule.id] = signal.id
        missed = self.search(
            [
                ("kind", "in", list({kind for kind, _id in over})),
                ("schedule_id", "in", list({schedule_id for _kind, schedule_id in over})),
                "|",
                ("missed_at", "!=", False),
                ("kind", "=", "left_open"),
            ]
        ).filtered(lambda watch: (watch.kind, watch.schedule_id.id) in over)
        self.env["alarm.incident"]._note_all_restored(
            {
                watch._matter_key(): over[watch.kind, watch.schedule_id.id]
                for watch in missed
                if watch.missed_at
            }
        )
        left = missed.filtered(lambda watch: watch.kind == "left_open")
        (missed - left).write({"missed_at": False, "raised_at": False})
        for watch in missed - left:
            # No more reminders: the next look is at the next deadline.
            if watch.deadline_at:
                watch.next_due_at = watch.deadline_at
        self.flush_model()
        self._drop("left_open", left.mapped("key"))

    @api.model
    def _judge_openings(self, signals, schedules, plans):
        """Raise openings outside the schedule."""
        found = self._opened_outside(signals, schedules, plans)
        if not found:
            return
        awaited = self._awaited(self.env["alarm.schedule"].union(*schedules.values()))
        matters, links, told = [], [], []
        for signal, schedule, judgement in found:
            late_since = awaited.get(schedule.id)
            if judgement == "late" and late_since and late_since <= signal.received_at:
                continue
            key = matter_key("opened_outside", str(schedule.id))
            matters.append(
                {
                    "key": key,
                    "reason_kind": "opened_outside",
                    "reason_detail": pack(local_words(signal.received_at, signal.tz), signal.by),
                    "subscriber_id": schedule.subscriber_id.id,
                    "company_id": schedule.company_id.id,
                    "event_code_id": signal.code_id,
                }
            )
            links.append((key, signal.id))
            told.append((signal, schedule, judgement))
        self.env["alarm.schedule.deviation"]._keep(found)
        raised = self.env["alarm.incident"]._raise_matters(matters)
        self.env["alarm.incident.signal"]._insert_links(
            (raised[key][0].id, signal_id, "alarm", raised[key][0].priority)
            for key, signal_id in links
            if key in raised
        )
        self._watch_left_open(told)

    @api.model
    def _opened_outside(self, signals, schedules, plans):
        """``(signal, schedule, judgement)`` of every opening that its schedule does not ask for."""
        found = []
        for signal in signals:
            if signal.action != "open":
                continue
            moment = signal.received_at.replace(tzinfo=UTC)
            for schedule in self._concerned(signal, schedules):
                judgement = judge(plans[schedule.id], "open", moment)
                if judgement != "in_order":
                    found.append((signal, schedule, judgement))
        return found

    @api.model
    def _watch_left_open(self, found):
        """Whether what was opened outside its schedule is closed again: also what was opened on
        test, of which nobody was told, and which may still be open when the test is over."""
        watched = [
            self._prepare_left_open(schedule, signal)
            for signal, schedule, _judgement in found
            if schedule.left_open_minutes
        ]
        if not watched:
            return
        still_open = self.env["alarm.arming"]._of_schedules([row["schedule_id"] for row in watched])
        self._put(
            "left_open",
            {
                row["key"]: row
                for row in watched
                if still_open.get(row["schedule_id"], (False,))[0]
            }.values(),
        )

    @api.model
    def _judge_closings(self, signals, schedules, plans):
        """Keep closings outside the schedule; the company says whether they are incidents, too.
        One that is late has an incident already, from the time when it was late."""
        found, matters, links = [], [], []
        for signal in signals:
            if signal.action != "close":
                continue
            for schedule in self._concerned(signal, schedules):
                moment = signal.received_at.replace(tzinfo=UTC)
                judgement = judge(plans[schedule.id], "close", moment)
                if judgement == "in_order":
                    continue
                found.append((signal, schedule, judgement))
                if judgement == "late" or schedule.company_id.alarm_closed_outside != "incident":
                    continue
                key = matter_key("closed_outside", str(schedule.id))
                matters.append(
                    {
                        "key": key,
                        "reason_kind": "closed_outside",
                        "reason_detail": pack(
                            local_words(signal.received_at, signal.tz), signal.by
                        ),
                        "subscriber_id": schedule.subscriber_id.id,
                        "company_id": schedule.company_id.id,
                        "event_code_id": signal.code_id,
                    }
                )
                links.append((key, signal.id))
        self.env["alarm.schedule.deviation"]._keep(found)
        raised = self.env["alarm.incident"]._raise_matters(matters)
        self.env["alarm.incident.signal"]._insert_links(
            (raised[key][0].id, signal_id, "alarm", raised[key][0].priority)
            for key, signal_id in links
        )

    @api.model
    def _awaited(self, schedules):
        """Schedule id -> since when an opening is late there; its coming is nothing new."""
        watches = self.search([("kind", "=", "late_open"), ("schedule_id", "in", schedules.ids)])
        return {
            watch.schedule_id.id: watch.missed_at or watch.deadline_at
            for watch in watches
            if watch.missed_at or watch.deadline_at
        }

    @api.model
    def _prepare_left_open(self, schedule, signal):
        due = signal.received_at + timedelta(minutes=schedule.left_open_minutes)
        return {
            "key": str(schedule.id),
            "subscriber_id": schedule.subscriber_id.id,
            "company_id": schedule.company_id.id,
            "schedule_id": schedule.id,
            "since": signal.received_at,
            "deadline_at": due,
            "next_due_at": due,
        }

    @api.model
    def _due_left_open(self, watches, now):
        """Raise what was opened outside its schedule and is still open, and remind of it."""
        states = self.env["alarm.arming"]._of_schedules(watches.schedule_id.ids)
        gone = watches.filtered(lambda watch: not states.get(watch.schedule_id.id, (False,))[0])
        matters = []
        for watch in watches - gone:
            tz = watch.subscriber_id.tz
            matters.append(
                watch._prepare_matter(pack(local_words(watch.since, tz), local_words(now, tz)))
            )
            repeat = watch.schedule_id.repeat_minutes
            watch.write(
                {
                    "missed_at": watch.missed_at or watch.deadline_at,
                    "raised_at": now,
                    "next_due_at": now + timedelta(minutes=repeat) if repeat else False,
                }
            )
        self.env["alarm.incident"]._raise_matters(matters)
        self._drop("left_open", gone.mapped("key"))
