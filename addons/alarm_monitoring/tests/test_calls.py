from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_response_plans import PlanCase


@tagged("post_install", "-at_install")
class TestCalls(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = cls.env["res.partner"].create(
            [
                {"name": "First Keyholder", "phone": "+86 10 5550 1001"},
                {"name": "Second Keyholder", "phone": "+86 10 5550 1002"},
            ]
        )
        cls.first, cls.second = cls.env["alarm.contact"].create(
            [
                {"subscriber_id": cls.subscriber.id, "partner_id": person.id, "sequence": place}
                for place, person in enumerate(people)
            ]
        )
        cls.ingest(cls.signal())
        cls.incident = cls.open_incident().with_user(cls.dispatcher)
        cls.incident.action_take()

    def test_the_list_goes_on_to_the_next_and_round_again(self):
        incident = self.incident
        self.assertEqual(incident.next_contact_id, self.first)
        incident.action_log_call(self.first.id, "no_answer")
        self.assertEqual(incident.next_contact_id, self.second)
        incident.action_log_call(self.second.id, "busy")
        self.assertEqual(incident.next_contact_id, self.first)
        incident.action_log_call(self.first.id, "wrong_number")
        self.assertEqual(incident.next_contact_id, self.second)
        incident.action_log_call(self.second.id, "reached", "comes in ten minutes")
        self.assertFalse(incident.next_contact_id)
        rows = incident.call_list()
        self.assertEqual([row["tries"] for row in rows], [2, 2])
        self.assertEqual(rows[1]["outcome"], "reached")

    def test_a_call_is_kept_logged_and_timed(self):
        incident = self.incident
        self.assertFalse(incident.first_call_at)
        incident.action_log_call(self.first.id, "no_answer", "rang out")
        first = incident.first_call_at
        self.assertTrue(first)
        self.assertEqual(incident.first_action_at, first)
        call = incident.call_ids
        self.assertEqual(
            (call.person, call.phone, call.phone_key, call.by_id),
            ("First Keyholder", "+86 10 5550 1001", "861055501001", self.dispatcher),
        )
        entry = incident.entry_ids.sorted("id")[-1]
        self.assertEqual(entry.kind, "call")
        self.assertIn("rang out", entry.text)
        incident.action_log_call(name="Neighbour", phone="555 0199", outcome="reached")
        self.assertEqual(incident.first_call_at, first)
        self.assertEqual(incident.call_ids[0].person, "Neighbour")

    def test_two_calls_are_two_numbers(self):
        incident = self.incident
        step = incident.step_ids.filtered(lambda step: step.kind == "two_call")
        incident.action_log_call(self.first.id, "no_answer")
        incident.action_log_call(phone="86-10-55501001", outcome="busy")
        incident.action_log_call(self.second.id, "wrong_number")
        self.assertEqual(incident.numbers_called, 1)
        with self.assertRaisesRegex(UserError, "2 distinct numbers; 1"):
            incident.action_step_done(step.id, "undecided")
        incident.action_log_call(self.second.id, "no_answer")
        self.assertEqual(incident.numbers_called, 2)
        incident.action_step_done(step.id, "undecided")
        self.assertEqual(step.state, "done")

    def test_passcodes_of_calls_are_kept_and_duress_stays(self):
        incident = self.incident
        incident.action_log_call(self.first.id, "passcode_wrong")
        self.assertEqual(incident.passcode_result, "wrong")
        incident.action_log_call(self.first.id, "passcode_ok", "a voice that is known")
        self.assertEqual(incident.passcode_result, "ok")
        incident.action_log_call(self.second.id, "duress")
        incident.action_log_call(self.second.id, "passcode_ok", "a voice that is known")
        self.assertEqual((incident.passcode_result, incident.priority), ("duress", "1"))
        self.assertEqual(incident.score, "4")

    def test_refusals_say_why(self):
        incident = self.incident
        with self.assertRaisesRegex(UserError, "No answer"):
            incident.action_log_call(self.first.id, "sent")
        with self.assertRaisesRegex(UserError, "number"):
            incident.action_log_call(outcome="reached", name="Somebody")
        stranger = self.make_panel("7002").subscriber_id
        theirs = self.env["alarm.contact"].create(
            {"subscriber_id": stranger.id, "partner_id": self.customer.id}
        )
        with self.assertRaisesRegex(UserError, "not a contact"):
            incident.action_log_call(theirs.id, "reached")
        with self.assertRaisesRegex(UserError, "why"):
            incident.action_passcode("none")
        with self.assertRaises(UserError):
            incident.action_passcode("maybe")

    def test_wizards_call_the_verbs(self):
        env = self.env(user=self.dispatcher)
        wizard = env["alarm.incident.call.log"].create(
            {"incident_id": self.incident.id, "outcome": "no_answer"}
        )
        self.assertEqual((wizard.contact_id, wizard.phone), (self.first, self.first.phone))
        wizard.action_apply()
        env["alarm.incident.passcode"].create(
            {"incident_id": self.incident.id, "result": "ok", "note": "a voice that is known"}
        ).action_apply()
        self.assertEqual(self.incident.call_ids.contact_id, self.first)
        self.assertEqual(self.incident.passcode_result, "ok")
