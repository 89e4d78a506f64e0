from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestDuty(MonitoringCase):
    KEY = "bridge:test-bridge-1"

    def heard(self, seconds):
        """The bridge was heard so long ago, and this server has been looking since."""
        now = fields.Datetime.now()
        status = self.env["alarm.bridge.status"].search([("name", "=", "test-bridge-1")])
        status.last_heartbeat_at = now - timedelta(seconds=seconds)
        self.env.ref("alarm_monitoring.duty").last_run_at = now - timedelta(seconds=20)
        self.env.flush_all()

    def tick(self):
        self.env["alarm.duty"]._run_due()
        self.env.invalidate_all()

    def test_a_heartbeat_answers_nothing_and_is_kept(self):
        answer = self.beat(
            version="1.0", dead=2, backlog={"test-1": 3}, now="2026-11-20T08:00:00.000000Z"
        )
        self.assertEqual(answer, {})
        self.assertEqual(self.receiver.state, "online")
        self.assertEqual((self.receiver.bridge, self.receiver.backlog), ("test-bridge-1", 3))
        bridge = self.receiver.status_ids.bridge_status_id
        self.assertEqual((bridge.version, bridge.dead, bridge.backlog), ("1.0", 2, 3))
        self.beat(receivers=[{"name": "test-1", "state": "down"}, {"name": "unheard of"}])
        self.assertEqual(self.receiver.state, "down")

    def test_a_receiver_is_unknown_before_its_first_heartbeat(self):
        self.assertEqual(self.receiver.state, "unknown")

    def test_a_silent_bridge_is_raised_once_and_its_return_noted(self):
        self.beat()
        self.heard(60)
        self.tick()
        incident = self.open_incident(self.KEY)
        self.assertEqual((incident.reason_kind, incident.priority), ("bridge_silent", "1"))
        self.assertEqual(self.receiver.state, "silent")
        entries = len(incident.entry_ids)
        self.heard(65)
        self.tick()
        self.assertEqual(len(incident.entry_ids), entries)
        self.beat()
        self.assertEqual(incident.entry_ids.sorted("id")[-1].kind, "restored")
        self.beat()
        self.assertEqual(len(incident.entry_ids), entries + 1)

    def test_after_an_outage_of_the_server_bridges_get_time(self):
        self.beat()
        self.heard(600)
        self.env.ref("alarm_monitoring.duty").last_run_at -= timedelta(hours=1)
        self.tick()
        self.assertFalse(self.open_incident(self.KEY))

    def test_one_step_that_fails_does_not_stop_the_others(self):
        self.ingest(self.signal())
        incident = self.open_incident().with_user(self.dispatcher)
        incident.action_take()
        incident.action_hold(1, "reason")
        incident._write_private({"held_until": fields.Datetime.now() - timedelta(seconds=1)})
        self.patch(type(self.env["alarm.signal.stream"]), "_fold", lambda self: 1 / 0)
        with self.assertLogs("odoo.addons.alarm_monitoring.models.alarm_duty", "ERROR"):
            self.tick()
        self.assertEqual(incident.state, "queued")

    def test_the_cron_does_the_same(self):
        self.beat()
        self.heard(60)
        self.env.ref("alarm_monitoring.ir_cron_due_work").ir_actions_server_id.sudo().run()
        self.assertTrue(self.open_incident(self.KEY))

    def test_the_hook_is_called_when_a_receiver_changes(self):
        calls, ours = [], self.receiver
        self.patch(
            type(self.env["alarm.receiver"]),
            "_on_receivers_changed",
            lambda receivers: calls.extend(receivers.filtered(ours.__eq__).mapped("name")),
        )
        self.beat()
        self.beat()
        self.beat(receivers=[{"name": "test-1", "state": "silent"}])
        self.assertEqual(calls, ["test-1", "test-1"])

    def test_a_priority_that_a_lock_kept_low_is_raised_by_the_tick(self):
        self.ingest(self.signal())
        incident = self.open_incident()
        incident._write_private({"priority": "5"})
        self.tick()
        self.assertEqual(incident.priority, "2")
