from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_response_plans import PlanCase


@tagged("post_install", "-at_install")
class TestGates(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["alarm.response.scope"].create({"plan_id": cls.plan.id, "zone_id": cls.zone.id})
        cls.ingest(cls.signal())
        cls.incident = cls.open_incident().with_user(cls.dispatcher)
        cls.incident.action_take()

    def refusal(self):
        with self.assertRaises(UserError) as refused:
            self.incident.action_close()
        self.assertEqual(self.incident.state, "resolved")
        return str(refused.exception)

    def test_all_that_is_missing_is_named_at_once_and_each_can_be_done(self):
        incident = self.incident
        incident.action_resolve("RB", "")
        self.assertIn("cannot be closed yet", self.refusal())
        for word, act in (
            ("2. Look", lambda: incident.action_step_done(self.step(incident, 2).id, "nothing")),
            ("1 signals", incident.action_acknowledge),
            ("A note on the resolution", lambda: incident.action_resolution_note("window broken")),
            ("The Customer", lambda: incident.action_notify("customer", "comes")),
            ("The Police", lambda: incident.action_notify("police", reference="P-1")),
            (
                "The Insurer",
                lambda: incident.action_notify("insurer", "not insured", needless=True),
            ),
            ("The loss", lambda: incident.action_loss("a laptop", 800)),
        ):
            self.assertIn(word, self.refusal())
            self.assertIn(word, incident.missing)
            act()
            self.assertNotIn(word, incident.missing)
        incident.action_close()
        self.assertEqual(incident.state, "closed")
        self.assertFalse(incident.missing)

    def test_a_step_that_the_plan_passed_over_is_not_asked_for(self):
        incident = self.incident
        incident.action_step_done(self.step(incident, 1).id, "passcode_ok", "a known voice")
        incident.action_acknowledge()
        incident.action_resolve("FA", "")
        incident.action_close()
        self.assertEqual(incident.state, "closed")

    def test_a_signal_that_came_later_is_to_be_acknowledged_too(self):
        incident = self.incident
        incident.action_acknowledge()
        self.assertEqual(incident.unacknowledged_count, 0)
        self.alarm(zone="006")
        self.assertEqual(incident.unacknowledged_count, 1)
        link = incident.link_ids[0]
        incident.action_acknowledge(link.ids)
        self.assertEqual(
            (link.acknowledged_by_id, incident.unacknowledged_count), (self.dispatcher, 0)
        )

    def test_a_passcode_that_the_plan_asks_for_needs_a_result_or_a_reason(self):
        self.plan.step_ids.create(
            {"plan_id": self.plan.id, "kind": "verify_passcode", "name": "Word", "sequence": 9}
        )
        self.incident.action_change_plan(self.plan.id)
        incident = self.incident
        incident.action_resolve("FU", "")
        self.assertIn("passcode", self.refusal())
        incident.action_passcode("none", "nobody was reached")
        self.assertNotIn("passcode", incident.missing)

    def test_of_what_is_real_nobody_is_asked_for_the_passcode(self):
        self.plan.step_ids.create(
            {
                "plan_id": self.plan.id,
                "kind": "verify_passcode",
                "name": "Word",
                "sequence": 9,
                "mandatory": True,
            }
        )
        self.incident.action_change_plan(self.plan.id)
        for code, asked in (("RB", False), ("FU", True)):
            self.incident._write_private({"state": "working"})
            self.incident.action_resolve(code, "why")
            self.assertEqual("Word" in self.incident.missing, asked, code)
            self.assertEqual("passcode" in self.incident.missing, asked, code)

    def test_a_resolution_agrees_with_the_finding(self):
        incident = self.incident
        incident.action_report_dispatched("car 1")
        incident.action_report_finding("real", "door forced")
        with self.assertRaisesRegex(UserError, "Real"):
            incident.action_resolve("FA", "")
        incident.action_report_finding("false", "it was the wind")
        with self.assertRaisesRegex(UserError, "False"):
            incident.action_resolve("RB", "")
        incident.action_resolve("FW", "")

    def test_who_was_sent_must_have_found_something(self):
        incident = self.incident
        incident.action_report_dispatched("car 1")
        incident.action_resolve("FU", "")
        self.assertIn("found at the site", self.refusal())

    def test_what_nobody_resolved_cannot_be_closed(self):
        with self.assertRaisesRegex(UserError, "Resolved"):
            self.incident.action_close()

    def test_hooks_hear_of_technical_and_real_ones(self):
        heard = []
        model = type(self.env["alarm.incident"])
        for kind in ("technical", "real"):
            self.patch(
                model,
                f"_on_resolved_{kind}",
                lambda incidents, kind=kind: heard.append((kind, incidents.ids)),
            )
        for code, kind in (("FA", None), ("FE", "technical"), ("RB", "real")):
            self.incident._write_private({"state": "working"})
            self.incident.action_resolve(code, "why")
            if kind:
                self.assertEqual(heard.pop(), (kind, self.incident.ids))
            self.assertFalse(heard)

    def test_what_is_no_subscribers_asks_for_no_parties(self):
        self.ingest(self.signal(account="7555"))
        incident = self.env["alarm.incident"].search([("account", "=", "7555")])
        incident = incident.with_user(self.dispatcher)
        incident.action_take()
        incident.action_acknowledge()
        for step in incident.step_ids:
            incident.action_step_done(step.id, "done", "asked everywhere")
        incident.action_resolve("FE", "line noise")
        incident.action_close()
        self.assertEqual(incident.state, "closed")
