from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from .common import ingest, setup_board


@tagged("post_install", "-at_install")
class TestBoardHandling(TransactionCase):
    """One thing done at the board is one thing in the engine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        setup_board(cls)
        cls.plan = cls.env["alarm.response.plan"].create(
            {
                "name": "Test plan",
                "step_ids": [
                    (0, 0, {"sequence": number, "kind": kind, "name": kind, "mandatory": True})
                    for number, kind in enumerate(("call_contact", "police", "instruct"), start=1)
                ],
                "scope_ids": [(0, 0, {"subscriber_id": cls.subscriber.id})],
            }
        )
        cls.second = cls.env["alarm.contact"].create(
            {
                "subscriber_id": cls.subscriber.id,
                "partner_id": cls.env["res.partner"].create({"name": "Two", "phone": "555 2"}).id,
                "sequence": 20,
            }
        )
        cls.first = cls.subscriber.contact_ids - cls.second
        ingest(cls, ("7001", "130", "new"))
        cls.incident = (
            cls.env["alarm.incident"]
            .search([("subscriber_id", "=", cls.subscriber.id)])
            .with_user(cls.dispatcher)
        )
        cls.incident.action_take()

    def call(self, contact, outcome, note=""):
        return self.incident.board_call(
            {"contact_id": contact.id, "phone": "", "name": ""},
            outcome,
            note,
            self.incident.current_step_id.id,
        )

    def test_plan_tells_where_an_outcome_leads(self):
        plan = self.incident.board_detail()["plan"]
        self.assertEqual(
            [step["state"] for step in plan["steps"]], ["current", "pending", "pending"]
        )
        outcomes = {one["value"]: one for one in plan["steps"][0]["outcomes"]}
        self.assertIn("no_answer", outcomes)
        self.assertTrue(outcomes["unavailable"]["needs_note"])

    def test_step_to_call_goes_on_to_the_next_person(self):
        self.assertEqual(self.call(self.first, "no_answer"), {"ended": False})
        self.assertEqual(self.incident.current_step_id.kind, "call_contact")
        self.assertEqual(self.call(self.second, "no_answer"), {"ended": True})
        self.assertEqual(self.incident.current_step_id.kind, "police")
        self.assertEqual(len(self.incident.call_ids), 2)

    def test_step_to_call_ends_once_somebody_is_reached(self):
        self.assertEqual(self.call(self.first, "reached", "comes"), {"ended": True})
        self.assertEqual(len(self.incident.call_ids), 1)
        self.assertEqual(self.incident.step_ids[0].outcome, "reached")

    def test_call_that_no_step_asks_for_is_only_written_down(self):
        self.call(self.first, "reached")
        self.assertEqual(self.call(self.second, "reached"), {"ended": False})
        self.assertEqual(self.incident.current_step_id.kind, "police")

    def test_notice_is_the_step_that_asks_for_it(self):
        self.call(self.first, "reached")
        step = self.incident.current_step_id
        self.incident.board_notify("police", "car 7 comes", "P-12", step.id)
        self.assertEqual(step.state, "done")
        [notice] = self.incident.notice_ids
        self.assertEqual((notice.party, notice.reference), ("police", "P-12"))

    def test_notice_to_others_ends_no_step(self):
        self.call(self.first, "reached")
        step = self.incident.current_step_id
        self.incident.board_notify("customer", "comes", "", step.id)
        self.assertEqual(step.state, "current")

    def test_read_notes_stand_in_the_log(self):
        note = self.env["alarm.subscriber.note"].create(
            {"subscriber_id": self.subscriber.id, "kind": "special", "text": "Key at the gate"}
        )
        self.incident.action_read_notes(note.ids)
        entry = self.incident.entry_ids[:1]
        self.assertEqual((entry.kind, entry.text), ("notes_read", "Key at the gate"))
        self.incident.action_read_notes(note.ids)
        self.assertEqual(self.incident.entry_ids[:1], entry)

    def test_notes_of_somebody_else_are_not_read(self):
        other = self.subscriber.copy({"name": "Other"})
        note = self.env["alarm.subscriber.note"].create({"subscriber_id": other.id, "text": "x"})
        for wrong in (note.ids, [0], "all", None):
            with self.subTest(wrong), self.assertRaises(UserError):
                self.incident.action_read_notes(wrong)

    def test_test_is_begun_and_ended_from_the_board(self):
        self.first.sudo().passcode = "harbour"
        zone = self.subscriber.zone_ids
        asked = {"scope": "zone", "zone_id": zone.id, "contact_id": self.first.id, "origin": 1}
        wrong = self.incident.board_begin_test(30, "works", {**asked, "word": "seaside"})
        self.assertEqual(wrong, {"begun": False})
        self.assertFalse(self.incident.board_detail()["tests"])
        begun = self.incident.board_begin_test(30, "works", {**asked, "word": "harbour"})
        self.assertEqual(begun, {"begun": True})
        [test] = self.incident.board_detail()["tests"]
        self.assertIn("5", test["scope"])
        self.incident.board_end_test(test["id"])
        self.assertFalse(self.incident.board_detail()["tests"])

    def test_templates_fit_the_event(self):
        self.env["alarm.note.template"].search([]).active = False
        for text, event_class in (("any", False), ("fire", "fire"), ("burglary", "burglary")):
            self.env["alarm.note.template"].create({"text": text, "event_class": event_class})
        self.assertEqual(self.incident.board_detail()["templates"], ["any", "burglary"])

    def test_what_is_missing_to_close_has_its_gate(self):
        real = self.env["alarm.resolution"].search([("kind", "=", "real")], limit=1)
        self.incident.action_resolve(real.code, "seen")
        closing = self.incident.board_detail()["closing"]
        gates = [gap["gate"] for gap in closing["missing"]]
        for gate in ("steps", "signals", "customer", "police", "insurer", "loss"):
            self.assertIn(gate, gates)
        self.assertEqual(closing["resolution"], real.name)

    def test_what_is_resolved_is_kept_in_sight_until_it_is_closed(self):
        def names(user):
            return [one["name"] for one in self.incident.with_user(user).board_unclosed()]

        self.assertFalse(names(self.dispatcher))
        code = self.env["alarm.resolution"].search([("kind", "=", "false")], limit=1).code
        self.incident.action_resolve(code, "mistake")
        self.assertEqual(names(self.dispatcher), [self.incident.name])
        self.assertFalse(names(self.colleague))
        with self.assertRaises(AccessError):
            names(self.reader)
