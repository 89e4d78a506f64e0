from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestQueue(MonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["alarm.incident"].search([("state", "=", "queued")])._write_private(
            {"state": "cancelled"}
        )

    def alarm(self, **values):
        self.ingest(self.signal(**values))
        return self.env["alarm.incident"].search([], order="id desc", limit=1)

    def as_anna(self, incident):
        return incident.with_user(self.dispatcher)

    def age(self, incident, **delta):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE alarm_incident SET queued_at = queued_at - %(age)s,"
            " write_date = write_date - %(age)s WHERE id = %(id)s",
            {"age": timedelta(**delta), "id": incident.id},
        )
        self.env.invalidate_all()

    def test_next_is_the_most_urgent_and_of_those_the_oldest(self):
        low, older, newer = (
            self.alarm(account=account, code=code)
            for account, code in (
                (self.make_panel("7101").account, "301"),
                (self.make_panel("7102").account, "130"),
                (self.make_panel("7103").account, "130"),
            )
        )
        self.age(low, minutes=9)
        self.age(older, minutes=1)
        queue = self.env["alarm.incident"].with_user(self.dispatcher)
        taken = [queue.action_take_next() for _turn in range(4)]
        self.assertEqual(taken, [older.id, newer.id, low.id, False])
        self.assertEqual(older.user_id, self.dispatcher)

    def handled(self):
        incident = self.as_anna(self.alarm())
        incident.action_take()
        incident.action_resolve("FA", "cat")
        return incident

    def test_the_next_alarm_of_a_subscriber_is_kept_for_who_handled_the_last(self):
        self.handled()
        with patch.object(type(self.env["res.users"]), "_bus_send", autospec=True) as sent:
            again = self.alarm()
        self.assertEqual(again.preferred_user_id, self.dispatcher)
        self.assertEqual(sent.call_args.args[0], self.dispatcher)
        self.assertIn("reserved", again.entry_ids.mapped("kind"))
        other = self.alarm(account=self.make_panel("7104").account)
        self.assertFalse(other.preferred_user_id)
        incidents = self.env["alarm.incident"]
        self.assertEqual(incidents.with_user(self.colleague).action_take_next(), other.id)
        self.assertFalse(incidents.with_user(self.colleague).action_take_next())
        self.assertEqual(incidents.with_user(self.dispatcher).action_take_next(), again.id)

    def test_what_is_kept_does_not_wait_for_ever(self):
        self.handled()
        again = self.alarm()
        self.age(again, seconds=31)
        queue = self.env["alarm.incident"].with_user(self.colleague)
        self.assertEqual(queue.action_take_next(), again.id)

    def test_after_some_minutes_nobody_is_preferred(self):
        incident = self.handled()
        incident._write_private({"resolved_at": fields.Datetime.now() - timedelta(minutes=16)})
        self.assertFalse(self.alarm().preferred_user_id)

    def test_a_group_limits_the_time_of_hold(self):
        self.env.ref("alarm_monitoring.group_dispatcher").alarm_hold_minutes = 30
        self.env.ref("alarm_monitoring.group_supervisor").alarm_hold_minutes = 120
        incident = self.alarm()
        self.as_anna(incident).action_take()
        with self.assertRaisesRegex(UserError, "1 to 30"):
            self.as_anna(incident).action_hold(31, "wait")
        self.as_anna(incident).action_hold(30, "wait")
        supervised = incident.with_user(self.supervisor)
        supervised.action_take_over()
        supervised.action_hold(120, "wait")
        self.assertEqual(incident.state, "held")

    def test_what_was_held_comes_back_with_the_priority_asked_for(self):
        incident = self.alarm(code="301")
        before = incident.priority
        self.as_anna(incident).action_take()
        with self.assertRaises(ValidationError):
            self.as_anna(incident).action_hold(5, "wait", 9)
        self.as_anna(incident).action_hold(5, "wait", "1")
        self.assertEqual(incident.priority, before)
        incident._write_private({"held_until": fields.Datetime.now() - timedelta(seconds=1)})
        self.beat()
        self.assertEqual((incident.state, incident.priority), ("queued", "1"))
        self.assertTrue(incident.returned_at)

    def test_another_alarm_ends_the_hold_and_a_restore_does_not(self):
        incident = self.alarm()
        self.as_anna(incident).action_take()
        self.as_anna(incident).action_hold(30, "the owner comes")
        self.ingest(self.signal(qualifier="restore"))
        self.beat()
        self.assertEqual(incident.state, "held")
        self.ingest(self.signal(zone="006"))
        self.beat()
        self.assertEqual((incident.state, incident.held_until), ("queued", False))
        self.as_anna(incident).action_take()
        self.as_anna(incident).action_hold(30, "the owner comes")
        self.beat()
        self.assertEqual(incident.state, "held")

    def test_hold_stops_the_pickup_but_not_the_first_action(self):
        incident = self.alarm()
        self.age(incident, seconds=40)
        self.as_anna(incident).action_take()
        self.as_anna(incident).action_hold(5, "later")
        self.assertGreaterEqual(incident.seconds_to_pickup, 40)
        self.assertEqual(incident.seconds_to_action, 0)
        self.as_anna(incident).action_log_call(phone="555", outcome="no_answer")
        self.assertGreaterEqual(incident.seconds_to_action, 40)

    def test_what_waits_too_long_is_overdue_and_then_escalated_once(self):
        target = self.env.ref("alarm_monitoring.target_burglary")
        target.write({"pickup_seconds": 60, "escalate_seconds": 120})
        incident = self.alarm()
        self.assertFalse(incident.is_overdue)
        self.age(incident, seconds=70)
        self.assertTrue(incident.is_overdue)
        self.beat()
        self.assertFalse(incident.escalated_at)
        self.age(incident, seconds=60)
        with patch.object(type(self.env["res.users"]), "_bus_send", autospec=True) as sent:
            self.env["alarm.incident"]._escalate_waiting()
        self.assertTrue(incident.escalated_at)
        self.assertIn(self.supervisor, [call.args[0] for call in sent.call_args_list])
        self.assertNotIn(self.dispatcher, [call.args[0] for call in sent.call_args_list])
        self.beat()
        kinds = incident.entry_ids.mapped("kind")
        self.assertEqual(kinds.count("escalated"), 1)
        self.as_anna(incident).action_take()
        self.assertFalse(incident.escalated_at or incident.is_overdue)

    def test_a_heartbeat_escalates_and_a_company_has_its_own_times(self):
        incident = self.alarm()
        self.env["alarm.event.target"].create(
            {
                "event_class": "burglary",
                "company_id": incident.company_id.id,
                "pickup_seconds": 5,
                "escalate_seconds": 10,
            }
        )
        # Well beyond it, on a busy machine too: the database's time is that of the transaction.
        self.age(incident, seconds=40)
        self.beat()
        self.assertTrue(incident.escalated_at)

    def test_what_is_in_hand_but_idle_is_escalated_too(self):
        incident = self.alarm()
        self.as_anna(incident).action_take()
        self.age(incident, minutes=4)
        self.env["alarm.incident"]._escalate_waiting()
        self.env.invalidate_all()
        self.assertFalse(incident.escalated_at)
        self.age(incident, minutes=2)
        self.env["alarm.incident"]._escalate_waiting()
        self.assertTrue(incident.escalated_at)
        self.as_anna(incident).action_note("still waiting for the police")
        self.assertFalse(incident.escalated_at)

    def test_escalating_takes_a_constant_number_of_queries(self):
        # The first also fills the caches.
        _first, few, many = (self.queries_to_escalate(first, 5 * first) for first in (1, 2, 4))
        self.assertEqual(few, many)
        self.assertLess(many, 30)

    def queries_to_escalate(self, first, count):
        """How many it takes for so many incidents, of accounts that begin with a number."""
        numbers = range(6000 + 100 * first, 6000 + 100 * first + count)
        accounts = [self.make_panel(str(number)).account for number in numbers]
        self.ingest(*[self.signal(account=account) for account in accounts])
        for incident in self.env["alarm.incident"].search([("state", "=", "queued")]):
            self.age(incident, minutes=10)
        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(type(self.env["res.users"]), "_bus_send", autospec=True):
            before = self.env.cr.sql_log_count
            self.env["alarm.incident"]._escalate_waiting()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

    def test_targets_are_in_order_and_one_for_a_class(self):
        target = self.env.ref("alarm_monitoring.target_fire")
        for values in (
            {"pickup_seconds": 0},
            {"escalate_seconds": target.pickup_seconds - 1},
            {"idle_minutes": 0},
        ):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                with self.env.cr.savepoint():
                    target.write(values)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["alarm.event.target"].create({"event_class": "fire"})
