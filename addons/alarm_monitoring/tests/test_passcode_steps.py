from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_response_plans import PlanCase

WORD, FORCED, HERS = "blue 42", "green 42", "yellow 7"


class PasscodeCase(PlanCase):
    """An incident in Anna's hands, with a plan of a call and a passcode step, and three words."""

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
        cls.subscriber.write({"passcode": WORD, "duress_code": FORCED})
        cls.second.write({"passcode": HERS})
        cls.env["alarm.response.plan"].create(
            {
                "name": "With Word",
                "step_ids": [
                    (0, 0, {"kind": "call_contact", "name": "Call", "sequence": 1}),
                    (0, 0, {"kind": "verify_passcode", "name": "Word", "sequence": 2}),
                    (0, 0, {"kind": "note", "name": "Write", "sequence": 3}),
                ],
                "scope_ids": [(0, 0, {"zone_id": cls.zone.id})],
            }
        )
        cls.incident = cls.alarm_of(cls)
        cls.incident.action_take()

    def alarm_of(self):
        self.ingest(self.signal())
        return self.open_incident().with_user(self.dispatcher)

    def last(self):
        self.env.invalidate_all()
        return self.incident.entry_ids.sorted("id")[-1]

    def texts(self):
        self.env.invalidate_all()
        return "\n".join(entry.text or "" for entry in self.incident.sudo().entry_ids)


@tagged("post_install", "-at_install")
class TestPasscodeSteps(PasscodeCase):
    def at_word(self):
        self.incident.action_step_done(self.step(self.incident, 1).id, "reached")
        return self.step(self.incident, 2)

    def test_a_right_word_does_the_step(self):
        step = self.at_word()
        answer = self.incident.action_verify_passcode(" Blue 42")
        self.assertEqual((answer["result"], answer["step_done"]), ("ok", True))
        self.assertEqual((step.state, step.outcome), ("done", "passcode_ok"))
        self.assertEqual(self.incident.passcode_result, "ok")
        self.assertEqual(self.incident.passcode_by_id, self.dispatcher)
        self.assertEqual(self.incident.score, "0")
        self.assertIn("passcode", self.incident.entry_ids.mapped("kind"))

    def test_the_word_is_nowhere_kept(self):
        self.at_word()
        for word in ("sesame open", WORD):
            self.incident.action_verify_passcode(word)
        for word in ("sesame", "blue"):
            self.assertNotIn(word, self.texts())
        self.assertNotIn("blue", " ".join(filter(None, self.incident.step_ids.mapped("note"))))

    def test_a_wrong_word_is_kept_and_may_be_said_again(self):
        step = self.at_word()
        answer = self.incident.action_verify_passcode("red")
        self.assertEqual((answer["result"], answer["step_done"]), ("wrong", False))
        self.assertEqual((step.state, self.incident.passcode_result), ("current", "wrong"))
        self.assertIn(f"tries left: {answer['tries_left']}", self.last().text)
        self.incident.action_verify_passcode(WORD)
        self.assertEqual((step.outcome, self.incident.passcode_result), ("passcode_ok", "ok"))

    def test_too_many_wrong_words_lock_it_and_say_until_when(self):
        step = self.at_word()
        tries = self.subscriber.company_id.passcode_tries
        for _try in range(tries):
            answer = self.incident.action_verify_passcode("red")
        self.assertTrue(answer["locked_until"])
        self.assertEqual((step.state, step.outcome), ("done", "passcode_wrong"))
        answer = self.incident.action_verify_passcode(WORD)
        self.assertEqual(answer["result"], "locked")
        self.assertEqual(self.incident.passcode_result, "locked")
        until = datetime.fromisoformat(answer["locked_until"].rstrip("Z"))
        self.assertGreater(until, fields.Datetime.now())
        self.assertIn("locked until", self.last().text)

    def test_that_a_word_was_right_cannot_be_said_by_hand(self):
        step = self.at_word()
        call = {"contact_id": self.first.id, "outcome": "passcode_ok", "note": "he knew it"}
        for claim in (
            lambda: self.incident.action_step_done(step.id, "passcode_ok", "he knew it"),
            lambda: self.incident.action_passcode("ok", "he knew it"),
            lambda: self.incident.action_log_call(**call),
        ):
            with self.assertRaisesRegex(UserError, "Type the word"):
                claim()
        self.incident.action_verify_passcode("red")
        with self.assertRaisesRegex(UserError, "Type the word"):
            self.incident.action_step_done(step.id, "passcode_ok")
        with self.assertRaisesRegex(UserError, "Wrong"):
            self.incident.action_passcode("none", "I did not ask")
        self.incident.action_step_done(step.id, "passcode_wrong")

    def test_a_wrong_word_that_was_heard_stays_until_a_right_one_is_checked(self):
        self.incident.action_passcode("wrong")
        with self.assertRaisesRegex(UserError, "Wrong"):
            self.incident.action_passcode("none", "I did not ask")
        self.assertEqual(self.incident.passcode_result, "wrong")
        self.incident.action_verify_passcode(WORD)
        self.assertEqual(self.incident.passcode_result, "ok")

    def test_a_checked_word_is_good_for_the_call_of_who_said_it(self):
        self.incident.action_verify_passcode(HERS, self.second.id)
        self.assertEqual(self.incident.passcode_contact_id, self.second)
        with self.assertRaisesRegex(UserError, "Type the word"):
            self.incident.action_log_call(self.first.id, "passcode_ok")
        self.incident.action_log_call(self.second.id, "passcode_ok")

    def test_a_call_step_takes_the_word_and_is_the_call(self):
        step = self.step(self.incident, 1)
        answer = self.incident.action_verify_passcode(HERS, self.second.id, step.id)
        self.assertTrue(answer["step_done"])
        call = self.incident.call_ids
        self.assertEqual(
            (call.contact_id, call.outcome, call.step_id, step.outcome),
            (self.second, "passcode_ok", step, "passcode_ok"),
        )

    def test_without_a_passcode_a_reason_stands_for_it(self):
        step = self.at_word()
        self.subscriber.action_remove_passcodes()
        self.second.action_remove_passcodes()
        with self.assertRaisesRegex(UserError, "No passcode is registered"):
            self.incident.action_verify_passcode(WORD)
        with self.assertRaisesRegex(UserError, "believed"):
            self.incident.action_step_done(step.id, "passcode_ok")
        self.incident.action_step_done(step.id, "passcode_ok", "calls from the number on file")
        self.assertEqual(self.incident.passcode_result, "ok")

    def test_a_duress_word_does_the_step_and_marks_the_incident(self):
        step = self.at_word()
        self.incident._write_private({"priority": "4"})
        answer = self.incident.action_verify_passcode(FORCED)
        self.assertEqual((answer["result"], step.outcome), ("duress", "duress"))
        self.assertEqual((self.incident.passcode_result, self.incident.priority), ("duress", "1"))
        self.incident.action_verify_passcode(WORD)
        self.assertEqual(self.incident.passcode_result, "duress")
        marks = self.incident.entry_ids.filtered(
            lambda entry: entry.kind == "passcode" and "Duress" in entry.text
        )
        self.assertEqual(len(marks), 1)

    def test_refusals_come_before_the_word_is_checked(self):
        tries = self.env["alarm.passcode.try"].search_count([])
        step = self.step(self.incident, 1)
        note = self.step(self.incident, 3)
        theirs = self.make_panel("7002").subscriber_id
        stranger = self.env["alarm.contact"].create(
            {"subscriber_id": theirs.id, "partner_id": self.customer.id}
        )
        incident = self.incident
        for refused in (
            lambda: incident.action_verify_passcode(" "),
            lambda: incident.action_verify_passcode(WORD, stranger.id),
            lambda: incident.action_verify_passcode(WORD, False, note.id),
            lambda: incident.action_verify_passcode(WORD, False, 0 - 1),
            lambda: incident.with_user(self.colleague).action_verify_passcode(WORD, False, step.id),
        ):
            with self.assertRaises(UserError):
                refused()
        reader = new_test_user(self.env, "test-reader", groups="alarm_subscriber.group_reader")
        with self.assertRaises(AccessError):
            incident.with_user(reader).action_verify_passcode(WORD)
        self.assertEqual(self.env["alarm.passcode.try"].search_count([]), tries)

    def test_a_colleague_may_hear_the_word_but_does_no_step_of_the_holder(self):
        step = self.at_word()
        answer = self.incident.with_user(self.colleague).action_verify_passcode(WORD)
        self.assertEqual((answer["result"], answer["step_done"]), ("ok", False))
        self.assertEqual(step.state, "current")
        self.incident.action_step_done(step.id, "passcode_ok")

    def test_false_after_a_wrong_word_needs_a_finding_or_a_supervisor(self):
        incident = self.incident
        incident.action_verify_passcode("red")
        incident.action_acknowledge()
        incident.action_resolve("FA", "he said so")
        self.assertIn("none (Wrong)", incident.missing)
        self.assertNotIn("none (Wrong)", incident.with_user(self.supervisor).missing)

    def test_the_window_of_the_step_checks_the_word(self):
        step = self.at_word()
        wizards = self.env(user=self.dispatcher)["alarm.incident.step.finish"]
        action = step.with_user(self.dispatcher).action_open()
        self.assertEqual(action["res_model"], wizards._name)
        wizard = wizards.create({"step_id": step.id})
        self.assertNotIn("passcode_ok", wizard.outcomes)
        wizard.write({"word": "red"})
        self.assertIn("Tries left", wizard.answer)
        self.assertEqual(wizard.action_check()["res_id"], wizard.id)
        wizard.write({"word": FORCED})
        self.assertEqual((wizard.answer, wizard.accepted), ("Accepted. B", True))
        self.assertEqual((step.state, wizard.step_state), ("done", "done"))
        self.assertFalse(wizard.word)

    def test_the_window_of_the_step_logs_call_and_notice(self):
        wizards = self.env(user=self.dispatcher)["alarm.incident.step.finish"]
        wizard = wizards.create({"step_id": self.step(self.incident, 1).id})
        self.assertEqual((wizard.contact_id, wizard.phone), (self.first, self.first.phone))
        wizard.with_context(alarm_outcome="no_answer").action_apply()
        call = self.incident.call_ids
        self.assertEqual((call.contact_id, call.outcome), (self.first, "no_answer"))
        self.assertTrue(self.incident.first_call_at)

    def test_the_window_of_the_incident_checks_the_word(self):
        self.at_word()
        wizard = self.env(user=self.dispatcher)["alarm.incident.passcode"].create(
            {"incident_id": self.incident.id, "contact_id": self.second.id, "word": HERS}
        )
        self.assertEqual(wizard.answer, "Accepted. A")
        self.assertEqual(self.incident.passcode_contact_id, self.second)

    def test_a_lock_ends(self):
        self.at_word()
        for _try in range(self.subscriber.company_id.passcode_tries):
            self.incident.action_verify_passcode("red")
        self.env["alarm.passcode.guard"].search([("subscriber_id", "=", self.subscriber.id)]).write(
            {"locked_until": fields.Datetime.now() - timedelta(seconds=1)}
        )
        self.assertEqual(self.incident.action_verify_passcode(WORD)["result"], "ok")


@tagged("post_install", "-at_install")
class TestCallsAndNotices(PasscodeCase):
    """A step that is a call or a notice is done by making one."""

    def test_a_call_that_was_written_down_is_the_steps(self):
        self.incident.action_log_call(self.second.id, "no_answer")
        step = self.step(self.incident, 1)
        self.incident.action_step_done(step.id, "no_answer")
        self.assertEqual(self.incident.call_ids.step_id, step)
        self.assertEqual(len(self.incident.call_ids), 1)

    def test_a_call_step_calls_who_is_next(self):
        step = self.step(self.incident, 1)
        self.incident.action_step_done(step.id, "no_answer")
        self.assertEqual(self.incident.call_ids.contact_id, self.first)
        self.assertIn("5550 1001", self.last().text)
        self.assertEqual(self.incident.next_contact_id, self.second)

    def test_a_call_of_the_premises_dials_their_number(self):
        self.subscriber.phone = "+86 10 5550 1000"
        self.make_plan("Premises", zone_id=self.zone.id).sequence = 0
        self.incident.with_user(self.supervisor).action_take_over()
        incident = self.incident.with_user(self.supervisor)
        incident.action_change_plan(self.env["alarm.response.plan"].search([], limit=1).id)
        incident.action_step_done(incident.current_step_id.id, "busy")
        self.assertEqual(incident.call_ids.phone, "+86 10 5550 1000")

    def test_who_is_told_is_told_something(self):
        for kind, party in (
            ("police", "police"),
            ("fire", "fire"),
            ("medical", "medical"),
            ("notify", "customer"),
        ):
            with self.subTest(kind=kind):
                plan = self.env["alarm.response.plan"].create(
                    {
                        "name": kind,
                        "step_ids": [
                            (0, 0, {"kind": kind, "name": "Tell", "sequence": place})
                            for place in (1, 2)
                        ],
                    }
                )
                self.incident.action_change_plan(plan.id)
                with self.assertRaisesRegex(UserError, "who took the call"):
                    self.incident.action_step_done(self.incident.current_step_id.id, "done")
                self.incident.action_step_done(
                    self.incident.current_step_id.id, "done", reference="P-1"
                )
                notice = self.incident.notice_ids[:1]
                self.assertEqual((notice.party, notice.reference), (party, "P-1"))
                # What is written down already need not be said again.
                self.incident.action_step_done(self.incident.current_step_id.id, "done")
                told = self.incident.notice_ids.filtered(lambda one, to=party: one.party == to)
                self.assertEqual(len(told), 1)
