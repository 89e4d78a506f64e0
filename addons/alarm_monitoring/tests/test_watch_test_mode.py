from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_watch import WatchCase


class WatchedTestCase(WatchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.subscriber.company_id
        cls.company.write(
            {
                "alarm_test_passcode": False,
                "alarm_test_hours": 100,
                "alarm_test_hours_supervisor": 1000,
                "alarm_test_quiet_hours": 8,
                "alarm_test_total_hours": 48,
            }
        )

    def begin(self, hours=90, **values):
        values = {"authorised_name": "Mr Test", **values}
        subscriber = self.subscriber.with_user(self.dispatcher)
        test_id = subscriber.action_begin_test(hours * 60, "Walk test", values)
        self.due_work()
        return self.env["alarm.test.mode"].browse(test_id)

    def age(self, test, **delta):
        """So much time passes for this test and its signals."""
        past = timedelta(**delta)
        test.sudo().write({"starts_at": test.starts_at - past, "ends_at": test.ends_at - past})
        self.later(self.watch("test_forgotten"), **delta)
        self.due_work()


@tagged("post_install", "-at_install")
class TestForgotten(WatchedTestCase):
    def test_a_test_of_which_nothing_is_received_is_raised_once(self):
        test = self.begin()
        watch = self.watch("test_forgotten")
        self.assertEqual(watch.deadline_at, test.starts_at + timedelta(hours=8))
        self.age(test, hours=8, minutes=1)
        incident = self.incident("test_forgotten")
        self.assertEqual((incident.priority, incident.event_class), ("4", "test"))
        self.assertIn("nothing is received", incident.reason)
        self.assertIn("Mr Test", incident.reason)
        self.age(test, hours=1)
        self.assertEqual(incident.entry_ids.mapped("kind"), ["created"])
        incident.with_user(self.dispatcher).action_take()
        incident.with_user(self.dispatcher).action_resolve("TE", "Asked")
        self.age(test, hours=1)
        self.assertFalse(self.incident("test_forgotten"))

    def test_signals_show_that_somebody_is_testing(self):
        test = self.begin()
        self.age(test, hours=7)
        self.ingest(self.signal())
        self.age(test, minutes=61)
        self.assertFalse(self.incident("test_forgotten"))
        self.assertGreater(self.watch("test_forgotten").deadline_at, fields.Datetime.now())

    def test_a_test_that_lasts_too_long_in_all_is_raised_though_it_is_used(self):
        test = self.begin()
        self.company.alarm_test_quiet_hours = 0
        self.age(test, hours=48, minutes=1)
        self.assertIn("longer than a test may last", self.incident("test_forgotten").reason)

    def test_who_extends_it_remembers_it(self):
        test = self.begin()
        self.age(test, hours=8, minutes=1)
        incident = self.incident("test_forgotten")
        test.with_user(self.dispatcher).action_extend(95 * 60, "Still wiring")
        self.due_work()
        self.assertGreater(self.watch("test_forgotten").deadline_at, fields.Datetime.now())
        self.assertEqual(self.incident("test_forgotten"), incident)

    def test_its_end_is_noted(self):
        test = self.begin()
        self.age(test, hours=8, minutes=1)
        incident = self.incident("test_forgotten")
        test.with_user(self.dispatcher).action_end()
        self.due_work()
        self.assertIn("restored", incident.entry_ids.mapped("kind"))
        self.assertTrue(incident.cause_over)
        self.assertFalse(self.watch("test_forgotten"))

    def test_a_test_that_ends_before_is_not_forgotten(self):
        self.begin(hours=8)
        self.assertFalse(self.watch("test_forgotten").next_due_at)

    def test_zero_hours_watch_nothing(self):
        self.company.write({"alarm_test_quiet_hours": 0, "alarm_test_total_hours": 0})
        self.begin()
        self.assertFalse(self.watch("test_forgotten").next_due_at)


@tagged("post_install", "-at_install")
class TestMuted(WatchedTestCase):
    def test_nothing_is_late_while_the_premises_are_on_test(self):
        self.schedule(("must_open", 1, 2))
        test = self.begin()
        self.later(self.watch("late_open"), hours=2, minutes=3)
        self.due_work()
        self.assertFalse(self.incident("late_open"))
        test.with_user(self.dispatcher).action_end()
        self.later(self.watch("late_open"), minutes=11)
        self.due_work()
        self.assertTrue(self.incident("late_open"))

    def test_a_test_of_a_class_mutes_that_class_alone(self):
        self.schedule(("must_open", 1, 2))
        self.begin(scope="class", event_class="burglary")
        self.later(self.watch("late_open"), hours=2, minutes=3)
        self.due_work()
        self.assertTrue(self.incident("late_open"))

    def test_who_opens_for_the_test_is_no_intruder(self):
        self.schedule(("may_open", 3, 4))
        test = self.begin()
        self.open()
        self.due_work()
        self.assertFalse(self.incident("opened_outside"))
        test.with_user(self.dispatcher).action_end()
        self.open()
        self.due_work()
        self.assertTrue(self.incident("opened_outside"))

    def test_what_was_opened_on_test_and_is_open_after_it_is_noticed(self):
        self.schedule(("may_open", 3, 4), left_open_minutes=45)
        test = self.begin()
        self.open()
        self.due_work()
        self.later(self.watch("left_open"), minutes=50)
        self.due_work()
        self.assertFalse(self.incident("left_open"))
        test.with_user(self.dispatcher).action_end()
        self.later(self.watch("left_open"), minutes=11)
        self.due_work()
        self.assertTrue(self.incident("left_open"))

    def test_what_was_opened_and_closed_on_test_is_forgotten(self):
        self.schedule(("may_open", 3, 4), left_open_minutes=45)
        self.begin()
        self.open()
        self.due_work()
        self.close()
        self.due_work()
        self.assertFalse(self.watch("left_open"))


@tagged("post_install", "-at_install")
class TestClosedOutside(WatchedTestCase):
    def deviations(self):
        return self.env["alarm.schedule.deviation"].search(
            [("subscriber_id", "=", self.subscriber.id)]
        )

    def test_a_closing_outside_the_schedule_is_listed(self):
        schedule = self.schedule(("must_close", 3, 4))
        signal = self.close()
        self.due_work()
        found = self.deviations()
        self.assertEqual((found.action, found.judgement), ("close", "early"))
        self.assertEqual((found.schedule_id, found.signal_key), (schedule, signal.id))
        self.assertEqual(found.company_id, self.company)
        self.assertFalse(self.incident("closed_outside"))

    def test_a_closing_in_time_is_not(self):
        self.schedule(("must_close", -1, 1))
        self.close()
        self.due_work()
        self.assertFalse(self.deviations())

    def test_a_centre_may_want_an_incident(self):
        self.company.alarm_closed_outside = "incident"
        self.schedule(("must_close", 3, 4))
        signal = self.close()
        self.due_work()
        incident = self.incident("closed_outside")
        self.assertEqual(incident.priority, "5")
        self.assertIn("outside its schedule", incident.reason)
        self.assertEqual(incident.signal_ids, signal)

    def test_an_opening_outside_is_listed_beside_its_incident(self):
        self.schedule(("may_open", 3, 4))
        self.open()
        self.due_work()
        self.assertEqual(self.deviations().action, "open")
        self.assertTrue(self.incident("opened_outside"))

    def test_it_is_kept_as_long_as_the_signals(self):
        self.schedule(("must_close", 3, 4))
        self.close()
        self.due_work()
        self.company.alarm_signal_days = 40
        self.deviations().sudo().at -= timedelta(days=39)
        self.env["alarm.schedule.deviation"]._forget_old()
        self.assertTrue(self.deviations())
        self.deviations().sudo().at -= timedelta(days=2)
        self.env.flush_all()
        self.env["alarm.schedule.deviation"]._forget_old()
        self.assertFalse(self.deviations())

    def test_a_legal_hold_keeps_it_too(self):
        self.schedule(("may_open", 3, 4))
        self.open()
        self.due_work()
        self.deviations().sudo().at -= timedelta(days=500)
        self.env.flush_all()
        for held in (
            {"subscriber_id": self.subscriber.id},
            {"incident_id": self.incident("opened_outside").id},
        ):
            hold = self.env["alarm.legal.hold"].create({"reason": "Court", **held})
            self.env["alarm.schedule.deviation"]._forget_old()
            self.assertTrue(self.deviations(), held)
            hold.lift_reason = "Judged"
            hold.action_lift()
            self.env.flush_all()
        self.assertEqual(self.env["alarm.schedule.deviation"]._forget_old(), (1, False))
        self.assertFalse(self.deviations())

    def test_who_may_see_it(self):
        self.schedule(("must_close", 3, 4))
        self.close()
        self.due_work()
        found = self.deviations()
        self.assertTrue(found.with_user(self.dispatcher).judgement)
        with self.assertRaises(AccessError):
            found.with_user(self.supervisor).write({"by": "x"})
        company = self.env["res.company"].create({"name": "Other centre"})
        stranger = new_test_user(
            self.env,
            "deviation-stranger",
            groups="alarm_monitoring.group_dispatcher",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(found.with_user(stranger).search([("id", "in", found.ids)]))
