from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..tools.supervision import arming_of
from .common import MonitoringCase


class WatchCase(MonitoringCase):
    """A shop where it is about noon now, whenever the tests run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        ahead = 12 - cls.now.hour
        # The sign of these names is that of the west.
        cls.subscriber.tz = f"Etc/GMT{-ahead:+d}" if ahead else "UTC"
        cls.noon = 12 + cls.now.minute / 60
        cls.due_work()

    @classmethod
    def due_work(cls):
        cls.env["alarm.duty"]._run_due()
        cls.env.invalidate_all()

    @classmethod
    def later(cls, watch, **delta):
        """So much time passes for this watch: all its moments lie so much earlier."""
        past = timedelta(**delta)
        for name in ("since", "deadline_at", "next_due_at", "missed_at", "raised_at"):
            if watch[name]:
                watch[name] -= past
        cls.env.flush_all()

    def watch(self, kind):
        return self.env["alarm.watch"].search(
            [("kind", "=", kind), ("subscriber_id", "=", self.subscriber.id)]
        )

    def incident(self, kind):
        return self.env["alarm.incident"].search(
            [
                ("reason_kind", "=", kind),
                ("subscriber_id", "=", self.subscriber.id),
                ("state", "not in", ("resolved", "closed", "cancelled")),
            ]
        )

    def schedule(self, *windows, **values):
        """Windows as (kind, from, to) in hours from now, every day."""
        schedule = self.env["alarm.schedule"].create(
            {
                "subscriber_id": self.subscriber.id,
                "line_ids": [
                    Command.create(
                        {
                            "days": "daily",
                            "kind": kind,
                            "hour_from": self.noon + begin,
                            "hour_to": self.noon + end,
                        }
                    )
                    for kind, begin, end in windows
                ],
                **values,
            }
        )
        self.due_work()
        return schedule

    def open(self, **values):
        signal = self.signal(code="401", zone=None, user="1", address="1", **values)
        self.ingest(signal)
        return self.stored(signal)

    def close(self, **values):
        return self.open(qualifier="restore", **values)


@tagged("post_install", "-at_install")
class TestWatchSchedule(WatchCase):
    def test_a_new_schedule_is_watched_from_its_next_deadline_on(self):
        self.schedule(("must_open", 1, 2))
        watch = self.watch("late_open")
        self.assertLess(
            abs(watch.deadline_at - self.now - timedelta(hours=2)), timedelta(minutes=2)
        )
        self.assertEqual(watch.next_due_at, watch.deadline_at)
        self.assertFalse(self.watch("late_close").deadline_at)
        self.assertFalse(self.incident("late_open"))

    def test_late_to_open_is_raised_once_and_noted_when_it_opens(self):
        self.schedule(("must_open", 1, 2))
        self.later(self.watch("late_open"), hours=2, minutes=3)
        self.due_work()
        incident = self.incident("late_open")
        self.assertEqual((incident.priority, incident.event_class), ("4", "open_close"))
        self.assertIn("Not opened by", incident.reason)
        self.assertTrue(self.watch("late_open").missed_at)
        self.due_work()
        self.assertEqual(incident.entry_ids.mapped("kind"), ["created"])
        opening = self.open()
        self.due_work()
        self.assertEqual(incident.entry_ids.mapped("kind"), ["restored", "created"])
        self.assertEqual(incident.entry_ids[0].signal_key, opening.id)
        self.assertTrue(incident.cause_over)
        self.assertFalse(self.watch("late_open").missed_at)

    def test_who_opened_in_time_is_not_late(self):
        self.schedule(("must_open", -1, 2))
        self.open()
        self.due_work()
        self.close()
        self.due_work()
        watch = self.watch("late_open")
        watch.next_due_at = watch.deadline_at = self.now
        self.env.flush_all()
        self.due_work()
        self.assertFalse(self.incident("late_open"))
        self.assertGreater(self.watch("late_open").deadline_at, self.now)

    def test_not_closed_by_closing_time_is_raised_and_reminded_until_it_closes(self):
        self.schedule(("may_open", -2, 1), ("must_close", 1, 2), repeat_minutes=20)
        self.open()
        self.due_work()
        self.assertFalse(self.incident("opened_outside"))
        self.later(self.watch("late_close"), hours=2, minutes=3)
        self.due_work()
        incident = self.incident("late_close")
        self.assertIn("open since", incident.reason)
        self.later(self.watch("late_close"), minutes=21)
        self.due_work()
        self.assertEqual(incident.entry_ids.mapped("kind"), ["reminded", "created"])
        self.assertIn("open since", incident.entry_ids[0].description)
        self.close()
        self.due_work()
        self.assertEqual(incident.entry_ids[0].kind, "restored")
        watch = self.watch("late_close")
        self.assertFalse(watch.missed_at)
        self.assertEqual(watch.next_due_at, watch.deadline_at)

    def test_a_reminder_after_the_incident_was_closed_makes_another(self):
        self.schedule(("may_open", -2, 1), ("must_close", 1, 2), repeat_minutes=20)
        self.open()
        self.later(self.watch("late_close"), hours=2, minutes=3)
        self.due_work()
        first = self.incident("late_close")
        first.with_user(self.supervisor).action_cancel("called, leaves soon")
        self.later(self.watch("late_close"), minutes=21)
        self.due_work()
        self.assertTrue(self.incident("late_close") - first)

    def test_closed_premises_are_not_late_to_close(self):
        self.schedule(("must_close", 1, 2))
        self.close()
        self.later(self.watch("late_close"), hours=2, minutes=3)
        self.due_work()
        self.assertFalse(self.incident("late_close"))

    def test_an_opening_outside_the_schedule_is_raised_with_its_signal(self):
        self.schedule(("may_open", 2, 3))
        opening = self.open()
        self.due_work()
        incident = self.incident("opened_outside")
        self.assertIn("outside its schedule", incident.reason)
        self.assertEqual(incident.signal_ids, opening)
        self.due_work()
        self.assertEqual(len(incident.entry_ids), 1)

    def test_what_was_opened_outside_the_schedule_must_be_closed_again(self):
        self.schedule(("may_open", 2, 3), left_open_minutes=45, repeat_minutes=0)
        self.open()
        self.due_work()
        watch = self.watch("left_open")
        self.assertLess(
            abs(watch.next_due_at - self.now - timedelta(minutes=45)), timedelta(minutes=2)
        )
        self.later(watch, minutes=50)
        self.due_work()
        incident = self.incident("left_open")
        self.assertIn("still not closed", incident.reason)
        self.assertFalse(self.watch("left_open").next_due_at)
        self.close()
        self.due_work()
        self.assertEqual(incident.entry_ids[0].kind, "restored")
        self.assertFalse(self.watch("left_open"))

    def test_what_is_closed_again_in_time_is_forgotten(self):
        self.schedule(("may_open", 2, 3))
        self.open()
        self.due_work()
        self.close()
        self.due_work()
        self.assertFalse(self.watch("left_open"))

    def test_an_opening_that_was_waited_for_is_not_raised_again(self):
        schedule = self.schedule(("must_open", -3, -2))
        watch = self.watch("late_open")
        watch.missed_at = self.now - timedelta(hours=2)
        self.env.flush_all()
        self.open()
        self.due_work()
        self.assertFalse(self.incident("opened_outside"))
        self.close()
        self.open()
        self.due_work()
        # The same window, but it was opened for that already.
        self.assertTrue(schedule and self.incident("opened_outside"))

    def test_an_opening_within_a_temporary_change_is_in_order(self):
        schedule = self.schedule(("may_open", 2, 3))
        self.env["alarm.schedule.change"].create(
            {
                "schedule_id": schedule.id,
                "date_from": self.now.date() - timedelta(days=1),
                "date_to": self.now.date() + timedelta(days=1),
                "authorised_by": "Keyholder",
                "reason": "Stocktaking",
                "line_ids": [
                    Command.create({"kind": "may_open", "hour_from": 0, "hour_to": 24}),
                ],
            }
        )
        self.open()
        self.due_work()
        self.assertFalse(self.incident("opened_outside"))

    def test_an_area_has_a_schedule_of_its_own(self):
        area = self.env["alarm.area"].create(
            {"panel_id": self.panel.id, "number": "2", "name": "Store"}
        )
        self.schedule(("may_open", 2, 3), area_id=area.id)
        self.open(area="01")
        self.due_work()
        self.assertFalse(self.incident("opened_outside"))
        self.open(area="02")
        self.due_work()
        self.assertTrue(self.incident("opened_outside"))

    def test_the_whole_is_closed_when_its_last_area_is(self):
        for number in "12":
            self.env["alarm.area"].create(
                {"panel_id": self.panel.id, "number": number, "name": number}
            )
        schedule = self.schedule(("must_close", 1, 2))
        self.open(area="01")
        self.open(area="02")
        self.close(area="01")
        self.due_work()
        states = self.env["alarm.arming"]._of_schedules(schedule.ids)
        self.assertTrue(states[schedule.id][0])
        self.close(area="02")
        self.due_work()
        states = self.env["alarm.arming"]._of_schedules(schedule.ids)
        self.assertFalse(states[schedule.id][0])

    def test_who_is_suspended_is_not_watched_and_then_again(self):
        self.schedule(("must_open", 1, 2))
        self.subscriber.action_suspend()
        self.due_work()
        self.assertFalse(self.watch("late_open"))
        self.subscriber.action_reactivate()
        self.due_work()
        self.assertTrue(self.watch("late_open").deadline_at)

    def test_what_cannot_be_heard_is_not_late(self):
        self.schedule(("must_open", 1, 2))
        self.beat(receivers=[{"name": "test-1", "state": "down"}])
        self.later(self.watch("late_open"), hours=2, minutes=3)
        self.due_work()
        self.assertFalse(self.incident("late_open"))
        self.beat(backlog={"test-1": 3})
        self.assertFalse(self.incident("late_open"))
        self.beat()
        self.assertTrue(self.incident("late_open"))

    def test_a_receiver_out_of_service_does_not_hide_what_is_late(self):
        former = self.env["alarm.receiver"].create(
            {"name": "test-former", "receiver_group_id": self.group.id}
        )
        online = {"name": "test-1", "state": "online"}
        self.schedule(("must_open", 1, 2))
        self.beat(receivers=[online, {"name": "test-former", "state": "down"}])
        self.later(self.watch("late_open"), hours=2, minutes=3)
        self.due_work()
        self.assertFalse(self.incident("late_open"))
        former.active = False
        self.env.flush_all()
        self.due_work()
        self.assertTrue(self.incident("late_open"))

    def test_one_that_fails_does_not_keep_the_others(self):
        self.schedule(("must_open", 1, 2))
        other = self.make_panel("7002").subscriber_id
        self.env["alarm.schedule"].create({"subscriber_id": other.id})
        self.due_work()
        watch = self.watch("late_open")
        self.later(watch, hours=2, minutes=3)
        bad = self.env["alarm.watch"].search(
            [("kind", "=", "late_open"), ("subscriber_id", "=", other.id)]
        )
        bad.next_due_at = self.now
        self.env.flush_all()
        handle = type(watch)._due_schedules

        def fails(watches, due, now):
            if bad in due:
                raise ValueError("broken")
            return handle(watches.browse(), due, now)

        self.patch(type(watch), "_due_schedules", lambda self, due, now: fails(self, due, now))
        with self.assertLogs("odoo.addons.alarm_monitoring.models", "ERROR"):
            self.due_work()
        self.assertTrue(self.incident("late_open"))
        self.assertGreater(bad.next_due_at, self.now)
        job = self.env["alarm.duty.job"].search([("name", "=", "alarm.watch._run_due(late_open)")])
        self.assertEqual((job.failures, job.last_error), (1, "ValueError: broken"))
        self.due_work()
        self.assertEqual(job.failures, 0)
        self.assertTrue(job.last_error)

    def test_many_due_take_as_many_queries_as_few(self):
        watches = self.env["alarm.watch"]
        for number in range(12):
            subscriber = self.make_panel(f"72{number:02d}").subscriber_id
            self.env["alarm.schedule"].create(
                {
                    "subscriber_id": subscriber.id,
                    "line_ids": [Command.create({"kind": "must_open", "days": "daily"})],
                }
            )
        self.due_work()

        def queries(count):
            due = watches.search([("kind", "=", "late_open")], limit=count)
            due.write({"deadline_at": self.now, "next_due_at": self.now})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(watches._handle("late_open", 100), count)
            return self.env.cr.sql_log_count - before

        queries(1)
        few, many = queries(4), queries(12)
        self.assertLessEqual(abs(many - few), 2)

    def test_codes_that_open_and_close(self):
        self.assertEqual(arming_of("sia", "CL"), "closes")
        self.assertIsNone(arming_of("sia", "CI"))
        codes = self.env["alarm.event.code"].search([("arming", "!=", False)])
        self.assertGreater(len(codes), 40)
        self.assertEqual(set(codes.mapped("event_class")), {"open_close"})


@tagged("post_install", "-at_install")
class TestWatchTest(WatchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.panel.write({"test_interval": 24, "test_margin": 90})
        cls.due_work()

    def test_24_hours_and_the_margin(self):
        watch = self.watch("test_missed")
        self.assertEqual(watch.deadline_at - watch.since, timedelta(hours=25, minutes=30))
        self.later(watch, hours=25, minutes=29)
        self.due_work()
        self.assertFalse(self.incident("test_missed"))
        self.later(self.watch("test_missed"), minutes=2)
        self.due_work()
        incident = self.incident("test_missed")
        self.assertEqual((incident.event_class, incident.account), ("test", "7001"))
        self.assertIn("No test report", incident.reason)

    def test_it_is_noted_when_the_panel_is_heard_again(self):
        self.later(self.watch("test_missed"), hours=26)
        self.due_work()
        incident = self.incident("test_missed")
        self.ingest(self.signal(code="602", zone=None, address=None))
        self.later(self.watch("test_missed"), minutes=2)
        self.due_work()
        self.assertEqual(incident.entry_ids[0].kind, "restored")
        self.assertFalse(self.watch("test_missed").missed_at)
        self.assertGreater(self.watch("test_missed").next_due_at, self.now)

    def test_any_signal_proves_a_panel_alive_unless_a_test_report_must(self):
        self.ingest(self.signal())
        watch = self.watch("test_missed")
        watch.since = watch.since - timedelta(hours=26)
        watch.next_due_at = self.now
        self.env.flush_all()
        self.due_work()
        self.assertFalse(self.incident("test_missed"))
        self.panel.test_counts = "test"
        watch.since = watch.since - timedelta(hours=26)
        self.env.flush_all()
        self.due_work()
        self.assertTrue(self.incident("test_missed"))
        self.ingest(self.signal(code="602", zone=None, address=None))
        self.later(self.watch("test_missed"), minutes=2)
        self.due_work()
        self.assertFalse(self.watch("test_missed").missed_at)

    def test_no_interval_no_watch(self):
        self.panel.test_interval = 0
        self.due_work()
        self.assertFalse(self.watch("test_missed"))


@tagged("post_install", "-at_install")
class TestWatchTrouble(WatchCase):
    def trouble(self, qualifier="new", **values):
        self.ingest(
            self.signal(code="301", zone="000", address="000", qualifier=qualifier, **values)
        )
        self.due_work()

    def test_a_trouble_that_stays_is_raised_and_ends_with_its_restore(self):
        self.trouble()
        watch = self.watch("trouble_stays")
        self.assertEqual(watch.next_due_at - watch.since, timedelta(hours=24))
        self.later(watch, hours=24, minutes=1)
        self.due_work()
        incident = self.incident("trouble_stays")
        self.assertIn("not restored yet", incident.reason)
        self.assertIn("7001", incident.reason)
        self.trouble("restore")
        self.assertEqual(incident.entry_ids[0].kind, "restored")
        self.assertFalse(self.watch("trouble_stays"))

    def test_a_trouble_that_is_restored_is_forgotten(self):
        self.trouble()
        self.trouble("restore")
        self.assertFalse(self.watch("trouble_stays"))

    def test_a_trouble_reported_again_stays_as_old_as_it_is(self):
        self.trouble()
        watch = self.watch("trouble_stays")
        self.later(watch, hours=3)
        since = watch.since
        self.trouble()
        self.assertEqual(self.watch("trouble_stays").since, since)

    def test_the_centre_says_how_long_a_trouble_may_stay(self):
        self.env["ir.config_parameter"].set_param("alarm_monitoring.trouble_hours", "6")
        self.trouble()
        watch = self.watch("trouble_stays")
        self.assertEqual(watch.next_due_at - watch.since, timedelta(hours=6))


@tagged("post_install", "-at_install")
class TestFollow(WatchCase):
    def test_each_signal_is_looked_at_once_also_one_that_appears_late(self):
        follow = self.env["alarm.signal.follow"]
        looked_at = []
        self.patch(
            type(follow),
            "_on_signals",
            lambda self, signals: looked_at.extend(signal.id for signal in signals),
        )
        cursor = self.env.ref("alarm_monitoring.signal_follow")
        # As while somebody's transaction is open: anything may still appear.
        cursor.mark_xid = str(2**60)
        first = self.open()
        follow._follow()
        # A lower number than one that was seen already: committed after it.
        second = self.close()
        follow._follow()
        cursor.seen = [second.id]
        self.env.flush_all()
        follow._follow()
        follow._follow()
        self.assertEqual(looked_at, [first.id, second.id, first.id])

    def test_what_nobody_supervises_is_not_looked_at(self):
        follow = self.env["alarm.signal.follow"]
        looked_at = []
        self.patch(type(follow), "_on_signals", lambda self, signals: looked_at.extend(signals))
        self.ingest(self.signal())
        follow._follow()
        self.assertFalse(looked_at)


@tagged("post_install", "-at_install")
class TestJobs(WatchCase):
    def test_every_job_is_listed_with_a_label(self):
        jobs = self.env["alarm.duty.job"].with_user(self.supervisor).search([])
        self.assertGreaterEqual(len(jobs), 12)
        for job in jobs:
            self.assertTrue(job.last_run_at, job.name)
            self.assertNotEqual(job.label, job.name)
        self.assertEqual(len(set(jobs.mapped("label"))), len(jobs), "No two jobs have one name.")
        kinds = dict(self.env["alarm.watch"]._fields["kind"]._description_selection(self.env))
        self.assertFalse(set(jobs.mapped("label")) & set(kinds.values()))

    def test_a_module_adds_a_job(self):
        duty = self.env["alarm.duty"]
        done = []

        def counts():
            done.append(1)

        jobs = type(duty)._due_jobs
        self.patch(type(duty), "_due_jobs", lambda self: [*jobs(self), counts])
        self.due_work()
        self.assertEqual(done, [1])
        self.assertTrue(self.env["alarm.duty.job"].search([("name", "=", "counts")]))


@tagged("post_install", "-at_install")
class TestChangeAsk(WatchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["alarm.contact"].create(
            {"subscriber_id": cls.subscriber.id, "partner_id": cls.customer.id}
        )
        cls.day_schedule = cls.env["alarm.schedule"].create(
            {
                "subscriber_id": cls.subscriber.id,
                "line_ids": [
                    Command.create(
                        {"kind": "may_open", "days": "daily", "hour_from": 9, "hour_to": 18}
                    ),
                ],
            }
        )

    def ask(self, user):
        form = Form(
            self.env["alarm.schedule.change.ask"]
            .with_user(user)
            .with_context(default_subscriber_id=self.subscriber.id)
        )
        form.contact_id = self.contact.with_user(user)
        form.reason = "Stocktaking"
        with form.line_ids.edit(0) as line:
            line.hour_to = 23
        return form.save()

    def test_a_dispatcher_changes_the_times_for_some_days(self):
        self.ask(self.dispatcher).action_apply()
        change = self.day_schedule.change_ids
        self.assertEqual(change.authorised_by, "Test Customer")
        self.assertEqual(change.create_uid, self.dispatcher)
        self.assertEqual((change.line_ids.hour_from, change.line_ids.hour_to), (9, 23))
        self.assertFalse(change.with_user(self.dispatcher).has_access("write"))

    def test_only_what_is_the_subscribers(self):
        ask = self.ask(self.dispatcher)
        other = self.make_panel("7003").subscriber_id
        ask.contact_id = self.env["alarm.contact"].create(
            {"subscriber_id": other.id, "partner_id": self.customer.id}
        )
        with self.assertRaisesRegex(UserError, "Site 7001"):
            ask.action_apply()

    def test_not_for_days_that_are_over(self):
        ask = self.ask(self.dispatcher)
        ask.date_from = ask.date_to = self.now.date() - timedelta(days=2)
        with self.assertRaisesRegex(UserError, "over already"):
            ask.action_apply()

    def test_nobody_but_a_dispatcher(self):
        with self.assertRaises(AccessError):
            self.ask(self.approver)
