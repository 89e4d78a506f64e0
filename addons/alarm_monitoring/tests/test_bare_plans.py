from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.alarm_event_code import EVENT_CLASSES
from ..models.alarm_incident import REASONS
from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestBarePlans(MonitoringCase):
    """No incident is without steps, whatever made it."""

    def test_every_class_has_a_plan(self):
        for event_class, _label in EVENT_CLASSES:
            incident = self.raise_one(f"class:{event_class}", "condition", event_class)
            self.assertTrue(incident.step_ids, event_class)

    def test_every_reason_has_a_plan_without_a_subscriber(self):
        for reason, _label in REASONS:
            incident = self.raise_one(f"reason:{reason}", reason, "system")
            self.assertTrue(incident.step_ids, reason)
            self.assertTrue(incident.current_step_id, reason)

    def raise_one(self, key, reason, event_class):
        incident, new = self.env["alarm.incident"]._raise_matter(
            key, reason, "detail", priority="2", vals={"event_class": event_class}
        )
        self.assertTrue(new)
        return incident

    def test_a_reason_says_why(self):
        incident = self.raise_one("bridge:x", "bridge_silent", "system")
        self.assertEqual(incident.plan_id, self.env.ref("alarm_monitoring.plan_station"))
        self.assertEqual(incident.plan_scope, "reason")
        self.assertIn("A bridge is silent", incident.plan_reason)

    def test_what_the_clock_finds_has_steps_in_as_many_queries(self):
        incidents = self.env["alarm.incident"]

        def raise_many(count, run):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            raised = incidents._raise_matters(
                [
                    {
                        "key": f"late:{run}:{number}",
                        "reason_kind": "late_close",
                        "reason_detail": "22:00",
                        "subscriber_id": self.subscriber.id,
                        "company_id": self.subscriber.company_id.id,
                    }
                    for number in range(count)
                ]
            )
            self.env.flush_all()
            taken = self.env.cr.sql_log_count - before
            for incident, _new in raised.values():
                self.assertEqual(incident.plan_id, self.env.ref("alarm_monitoring.plan_open_close"))
            return taken

        raise_many(1, "first")
        self.assertEqual(raise_many(20, "many"), raise_many(2, "few"))

    def test_the_unknown_account_is_placed_and_then_the_subscribers(self):
        self.ingest(self.signal(account="7999"))
        incident = self.env["alarm.incident"].search([("account", "=", "7999")])
        self.assertEqual(incident.plan_id, self.env.ref("alarm_monitoring.plan_unknown"))
        self.make_panel("7999")
        self.env.invalidate_all()
        self.assertEqual(incident.plan_scope, "event_class")

    def test_the_undecided_counts_as_real_and_is_shown_even_without_a_plan(self):
        incidents = type(self.env["alarm.incident"])
        for broken, plan in ((False, "plan_undecided"), (True, None)):
            with self.subTest(broken=broken), mute_logger("odoo.addons.alarm_monitoring"):
                with patch.object(incidents, "_decide_locked", side_effect=ValueError("rules")):
                    if broken:
                        with patch.object(
                            incidents, "_best_plans", side_effect=ValueError("plans")
                        ):
                            self.ingest(self.signal())
                    else:
                        self.ingest(self.signal())
                incident = self.open_incident()
                self.assertEqual(incident.reason_kind, "undecided")
                expected = self.env.ref(f"alarm_monitoring.{plan}") if plan else incident.plan_id
                self.assertEqual(incident.plan_id, expected)
                self.assertEqual(bool(incident.step_ids), not broken)
                incident._write_private({"state": "closed"})

    def test_the_new_plans_lead_to_an_end(self):
        for key in ("station", "unknown", "undecided", "evidence", "open_close", "other"):
            plan = self.env.ref(f"alarm_monitoring.plan_{key}")
            self.assertTrue(plan.step_ids.filtered("mandatory"), key)
            self.assertTrue(plan.scope_ids, key)
