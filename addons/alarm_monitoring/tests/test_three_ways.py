from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_response_plans import PlanCase


@tagged("post_install", "-at_install")
class TestThreeWays(PlanCase):
    """An alarm ends in one of three ways, and each is told through the verbs alone: verified false;
    nobody can tell, so somebody is sent to look; real."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        keyholder = cls.env["res.partner"].create({"name": "Keyholder", "phone": "555 0101"})
        cls.contact = cls.env["alarm.contact"].create(
            {"subscriber_id": cls.subscriber.id, "partner_id": keyholder.id}
        )
        cls.ingest(cls.signal())
        cls.incident = cls.open_incident().with_user(cls.dispatcher)
        cls.incident.action_shown()
        cls.incident.action_take()

    def do(self, kind, outcome, note=""):
        step = self.incident.step_ids.filtered(
            lambda step: step.kind == kind and step.state in ("pending", "current")
        )[:1]
        self.incident.action_step_done(step.id, outcome, note)

    def end(self, code, note):
        incident = self.incident
        incident.action_acknowledge()
        incident.action_resolve(code, note)
        self.assertFalse(incident.missing)
        incident.action_close()
        self.assertEqual(incident.state, "closed")
        times = [
            incident[name]
            for name in ("received_at", "queued_at", "taken_at", "first_action_at", "closed_at")
        ]
        self.assertTrue(all(times))
        self.assertIn("<table", incident.timeline)

    def test_verified_false(self):
        incident = self.incident
        self.assertEqual(incident.score, "1")
        incident.action_log_call(self.contact.id, "passcode_ok", "opened by mistake")
        self.do("call_premises", "passcode_ok")
        self.assertEqual(incident.score, "0")
        self.assertIn("verified as false", incident.score_sentence)
        self.assertEqual(incident.suggested_resolution_id.code, "FA")
        self.end("FA", "opened by mistake")
        self.assertFalse(incident.dispatched_at)

    def send(self):
        incident = self.incident
        incident.action_log_call(self.contact.id, "no_answer")
        incident.action_log_call(phone="555 0199", outcome="busy", name="Neighbour")
        self.do("call_premises", "no_answer")
        self.do("call_contact", "no_answer")
        self.do("two_call", "undecided")
        self.do("camera", "unavailable", "no camera")
        incident.action_preprocess("neighbours warned, gate unlocked")
        incident.action_report_dispatched("car 3")
        self.do("dispatch", "unavailable", "a guard firm sends car 3")
        self.assertEqual(incident.state, "dispatched")
        self.assertTrue(incident.preprocessed_at and incident.dispatched_at)
        incident.action_report_accepted("car 3")
        incident.action_report_on_site("car 3")
        self.assertTrue(incident.accepted_at <= incident.on_site_at)

    def test_undecided_is_preprocessed_and_dispatched_and_the_finding_flows_back(self):
        incident = self.incident
        self.send()
        incident.action_report_finding("false", "a cat in the shop")
        self.assertEqual((incident.finding, incident.score), ("false", "0"))
        self.do("police", "unavailable", "false alarm")
        self.do("notify", "done", "keyholder told")
        with self.assertRaises(UserError):
            incident.action_resolve("RB", "no")
        self.end("FP", "a cat in the shop")

    def test_real(self):
        incident = self.incident
        self.send()
        incident.action_report_finding("real", "door forced, till gone")
        self.assertEqual(incident.score, "3")
        self.do("police", "done", "patrol comes")
        incident.action_notify("police", "patrol is there", reference="P-4711")
        self.do("notify", "done", "customer comes to the site")
        incident.action_notify("customer", "on the site, takes stock of the loss")
        incident.action_notify("insurer", "by e-mail", reference="C-1")
        incident.action_loss("till with the day's takings", 1250)
        self.end("RB", "burglary through the back door")
        self.assertEqual(incident.resolution_id.kind, "real")
        self.assertEqual(incident.loss_amount, 1250)
        self.assertIn("P-4711", incident.notice_ids.mapped("reference"))
        self.assertEqual(incident.told, "Customer, Police, Insurer")
        kinds = set(incident.entry_ids.mapped("kind"))
        self.assertLessEqual(
            {
                "created", "taken", "step", "call", "preprocessed", "dispatched", "accepted",
                "on_site", "finding", "notified", "loss", "acknowledged", "resolved", "closed",
            },
            kinds,
        )  # fmt: skip

    def test_nothing_comes_from_a_site_to_which_nobody_was_sent(self):
        for verb, arguments in (
            ("accepted", ()),
            ("on_site", ()),
            ("finding", ("false", "a cat")),
        ):
            with self.assertRaisesRegex(UserError, "Nobody was sent"):
                getattr(self.incident, f"action_report_{verb}")(*arguments)

    def test_the_score_by_hand_stays_and_says_why(self):
        self.incident.action_set_score(2, "voices on the line")
        self.assertEqual(self.incident.score, "2")
        self.assertIn("voices on the line", self.incident.score_sentence)
        with self.assertRaises(UserError):
            self.incident.action_set_score(5, "more")
        with self.assertRaises(UserError):
            self.incident.action_set_score(2, "")

    def test_wizards_call_the_verbs(self):
        env = self.env(user=self.dispatcher)
        own = {"incident_id": self.incident.id}
        for report, values in (
            ("preprocess", {"note": "gate unlocked"}),
            ("report_dispatched", {"note": "car 1"}),
            ("report_accepted", {}),
            ("report_on_site", {}),
            ("report_finding", {"finding": "undecided", "note": "dark"}),
        ):
            env["alarm.incident.report"].create({**own, "report": report, **values}).action_apply()
        env["alarm.incident.notify"].create({**own, "party": "police"}).action_apply()
        env["alarm.incident.loss"].create({**own, "note": "none"}).action_apply()
        env["alarm.incident.score"].create({**own, "level": "2", "reason": "seen"}).action_apply()
        self.assertEqual(self.incident.finding, "undecided")
        self.assertEqual(self.incident.notice_ids.party, "police")
        self.assertEqual((self.incident.loss_note, self.incident.score), ("none", "2"))

    def test_no_score_for_events_that_the_standard_does_not_score(self):
        self.ingest(self.signal(account="7556"))
        other = self.env["alarm.incident"].search([("account", "=", "7556")])
        self.assertFalse(other.score or other.score_sentence)

    def test_scores_of_a_list_take_one_query(self):
        for number in range(20):
            self.make_panel(f"67{number:02d}")
        self.ingest(*[self.signal(account=f"67{number:02d}") for number in range(20)])
        incidents = self.env["alarm.incident"].search([("account", "=like", "67__")])
        incidents.mapped("event_class")
        with self.assertQueryCount(6):
            incidents.mapped("score")
