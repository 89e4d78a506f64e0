import json
from contextlib import closing
from datetime import timedelta

from odoo import api, fields
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from ..tools.heartbeat import parse_status
from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestTwoBridges(MonitoringCase):
    """Two bridges that serve the same receivers."""

    def say(self, number, state="online", **values):
        self.beat(
            bridge=f"test-bridge-{number}",
            receivers=[{"name": "test-1", "state": state, "sending": number == 1, **values}],
        )

    def age(self, number, seconds=60):
        """The bridge was heard so long ago, and this server has been looking since."""
        now = fields.Datetime.now()
        bridge = self.env["alarm.bridge.status"].search([("name", "=", f"test-bridge-{number}")])
        bridge.last_heartbeat_at = now - timedelta(seconds=seconds)
        self.env.ref("alarm_monitoring.duty").last_run_at = now - timedelta(seconds=20)
        self.env.flush_all()

    def test_both_are_shown_and_the_one_that_hands_over_comes_first(self):
        self.say(2)
        self.say(1)
        self.assertEqual(self.receiver.bridge, "test-bridge-1, test-bridge-2")
        self.assertEqual(
            {status.bridge_status_id.name: status.sending for status in self.receiver.status_ids},
            {"test-bridge-1": True, "test-bridge-2": False},
        )

    def test_the_best_line_counts(self):
        for first, second, shown in (
            ("online", "down", "online"),
            ("silent", "online", "online"),
            ("silent", "down", "silent"),
            ("down", "down", "down"),
        ):
            self.say(1, first)
            self.say(2, second)
            self.assertEqual(self.receiver.state, shown, (first, second))
            self.say(1, first)
            self.assertEqual(self.receiver.state, shown, "It flaps between heartbeats")

    def test_nothing_changes_between_heartbeats(self):
        self.say(1)
        self.say(2, "down")
        calls = []
        self.patch(
            type(self.env["alarm.receiver"]),
            "_on_receivers_changed",
            lambda receivers: calls.extend(receivers.mapped("name")),
        )
        for _beat in range(3):
            self.say(1)
            self.say(2, "down")
        self.assertNotIn("test-1", calls)

    def test_a_killed_bridge_is_silent_and_its_line_stays_online(self):
        self.say(1)
        self.say(2)
        self.age(1)
        self.say(2)
        self.assertEqual(self.receiver.state, "online")
        self.assertEqual(self.receiver.bridge, "test-bridge-2")
        incident = self.open_incident("bridge:test-bridge-1")
        self.assertEqual(incident.priority, "2", "The other one has all its lines")
        self.assertFalse(self.open_incident("bridge:test-bridge-2"))
        states = {one.bridge_status_id.name: one.shown_state for one in self.receiver.status_ids}
        self.assertEqual(states, {"test-bridge-1": "silent", "test-bridge-2": "online"})

    def test_the_last_bridge_takes_its_line_with_it(self):
        self.say(1)
        self.say(2)
        self.age(1)
        self.age(2)
        self.env["alarm.duty"]._run_due()
        self.env.invalidate_all()
        self.assertEqual(self.receiver.state, "silent")
        self.assertFalse(self.receiver.bridge)
        self.assertEqual(self.open_incident("bridge:test-bridge-2").priority, "1")

    def test_a_receiver_that_a_bridge_serves_no_more_is_forgotten_there(self):
        self.say(1)
        self.say(2)
        self.beat(bridge="test-bridge-1", receivers=[])
        self.assertEqual(self.receiver.bridge, "test-bridge-2")
        self.env["alarm.receiver"].with_user(self.bridge).heartbeat('{"bridge": "test-bridge-2"}')
        self.env.invalidate_all()
        self.assertEqual(self.receiver.bridge, "test-bridge-2", "It said nothing of receivers")

    def test_a_heartbeat_costs_the_same_queries_for_many_receivers(self):
        # What is due, and whether a time that is kept has changed since, depends on the second.
        now = fields.Datetime.now()
        self.patch(fields.Datetime, "now", lambda: now)

        def queries(count):
            names = [f"test-many-{number}" for number in range(count)]
            known = self.env["alarm.receiver"].search([("name", "in", names)]).mapped("name")
            self.env["alarm.receiver"].create(
                [
                    {"name": name, "receiver_group_id": self.group.id}
                    for name in names
                    if name not in known
                ]
            )
            receivers = [{"name": name, "state": "online"} for name in names]
            self.beat(receivers=receivers)
            before = self.env.cr.sql_log_count
            self.beat(receivers=receivers)
            return self.env.cr.sql_log_count - before

        self.assertEqual(queries(2), queries(20))

    def test_each_bridge_writes_rows_of_its_own(self):
        self.say(1)
        self.say(2)
        rows = self.receiver.status_ids
        self.assertEqual(len(rows), 2)
        self.assertEqual(len(rows.bridge_status_id), 2)
        self.say(1, "down")
        self.assertEqual(
            {one.bridge_status_id.name: one.state for one in self.receiver.status_ids},
            {"test-bridge-1": "down", "test-bridge-2": "online"},
        )


@tagged("post_install", "-at_install")
class TestHeartbeatsMeet(TransactionCase):
    """On real connections, which a test may not share."""

    def env_of_its_own(self):
        cr = self.enterContext(closing(db_connect(self.env.cr.dbname).cursor()))
        cr.execute("SET lock_timeout = '2s'")
        return api.Environment(cr, api.SUPERUSER_ID, {})

    def setUp(self):
        super().setUp()
        env = self.env_of_its_own()
        group = env["alarm.receiver.group"].create({"name": "Meet", "code": "MEET"})
        receiver = env["alarm.receiver"].create({"name": "meet-1", "receiver_group_id": group.id})
        env.cr.commit()  # pylint: disable=invalid-commit
        self.addCleanup(self.remove, receiver, group)

    def remove(self, receiver, group):
        env = self.env_of_its_own()
        receiver.with_env(env).unlink()
        group.with_env(env).unlink()
        env["alarm.bridge.status"].search([("name", "=like", "meet-%")]).unlink()
        env.cr.commit()  # pylint: disable=invalid-commit

    def report(self, env, bridge):
        receivers = [{"name": "meet-1", "state": "online"}]
        status = parse_status(json.dumps({"bridge": bridge, "receivers": receivers}))
        env["alarm.bridge.status"]._report(status)
        env["alarm.receiver.status"]._report(status)

    def test_the_heartbeats_of_two_bridges_do_not_wait_for_each_other(self):
        first, second = self.env_of_its_own(), self.env_of_its_own()
        for _beat in range(2):
            self.report(first, "meet-1")
            # The first one is still under way; a row that both write would time out here.
            self.report(second, "meet-2")
            first.cr.commit()  # pylint: disable=invalid-commit
            second.cr.commit()  # pylint: disable=invalid-commit
        receiver = first["alarm.receiver"].search([("name", "=", "meet-1")])
        self.assertEqual(receiver.bridge, "meet-1, meet-2")
