from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..tools.incident_states import OPEN_STATES
from .test_passcode_steps import FORCED, PasscodeCase


@tagged("post_install", "-at_install")
class TestDuress(PasscodeCase):
    """A duress word counts wherever it is said."""

    def say(self, user=None, holder=None):
        holder = (holder or self.subscriber).with_user(user or self.dispatcher)
        self.assertEqual(holder.action_verify_passcode(FORCED)["result"], "duress")
        self.env.invalidate_all()

    def of_subscriber(self):
        return self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])

    def test_said_on_the_subscribers_form_it_marks_the_open_incident(self):
        self.incident._write_private({"priority": "4"})
        back_office = new_test_user(
            self.env,
            "test-office",
            groups="alarm_subscriber.group_back_office,alarm_subscriber.group_verify",
            name="Olga",
        )
        self.say(back_office, self.second)
        self.assertEqual(self.of_subscriber(), self.incident.sudo())
        self.assertEqual((self.incident.passcode_result, self.incident.priority), ("duress", "1"))
        mark = self.incident.entry_ids.filtered(lambda entry: entry.kind == "passcode")
        self.assertEqual(mark.author, "Olga")
        self.assertIn("Duress", mark.text)
        self.assertEqual(self.incident.score, "4")
        with self.assertRaisesRegex(UserError, "duress"):
            self.incident.action_passcode("wrong")

    def test_the_plan_for_hold_ups_is_offered(self):
        self.say()
        self.assertEqual(self.incident.offered_plan_id, self.env.ref("alarm_monitoring.plan_panic"))

    def test_without_an_open_incident_one_is_made(self):
        for state in ("resolved", "closed"):
            with self.subTest(state=state):
                self.of_subscriber()._write_private({"state": "closed"})
                self.incident._write_private({"state": state})
                self.say()
                made = self.of_subscriber().filtered(lambda one: one.state in OPEN_STATES)
                self.assertEqual(
                    (made.state, made.priority, made.reason_kind, made.passcode_result),
                    ("queued", "1", "duress", "duress"),
                )
                self.assertEqual(made.plan_id, self.env.ref("alarm_monitoring.plan_panic"))
                self.assertTrue(made.step_ids)
                self.assertIn("duress word", made.reason)
                self.assertEqual(made.entry_ids.mapped("kind"), ["created"])

    def test_what_comes_later_joins_it(self):
        self.incident._write_private({"state": "closed"})
        self.say()
        self.ingest(self.signal(zone="006"))
        self.assertEqual(len(self.open_incident()), 1)
        self.assertEqual(self.open_incident().passcode_result, "duress")

    def test_nothing_stays_put_aside(self):
        self.incident._write_private({"state": "delayed", "user_id": False})
        self.say()
        self.assertEqual(self.incident.state, "queued")
        self.incident.action_take()
        self.incident.action_hold(60, "waits for the keyholder")
        self.say(self.colleague)
        self.env["alarm.incident"]._return_held()
        self.env.invalidate_all()
        self.assertEqual((self.incident.state, self.incident.user_id.id), ("queued", False))

    def test_on_a_resolved_incident_it_marks_that_and_makes_another(self):
        self.incident._write_private({"state": "resolved"})
        self.incident.action_verify_passcode(FORCED)
        self.assertEqual(self.incident.passcode_result, "duress")
        made = self.of_subscriber() - self.incident.sudo()
        self.assertEqual((made.priority, made.passcode_result), ("1", "duress"))

    def test_heard_in_a_call_or_a_step_it_is_the_same(self):
        told = []
        self.patch(
            type(self.env["alarm.incident"]),
            "_bus_supervisors",
            lambda incidents, words: told.append(words(incidents)),
        )
        plan = self.env.ref("alarm_monitoring.plan_panic")
        for hear in (
            lambda one: one.action_log_call(self.first.id, "duress"),
            lambda one: one.action_passcode("duress"),
            lambda one: one.action_step_done(one.current_step_id.id, "duress"),
            lambda one: one.action_verify_passcode(FORCED),
        ):
            self.of_subscriber()._write_private({"state": "closed"})
            self.incident = self.alarm_of()
            self.incident.action_take()
            self.incident._write_private({"priority": "4"})
            told.clear()
            hear(self.incident)
            self.assertEqual(
                (self.incident.passcode_result, self.incident.priority), ("duress", "1")
            )
            self.assertEqual(self.incident.offered_plan_id, plan)
            self.assertEqual(len(told), 1)
            self.assertIn(self.incident.name, told[0])

    def test_nobody_names_an_incident_from_outside(self):
        other = self.make_panel("7003").subscriber_id
        self.ingest(self.signal(account="7003"))
        theirs = self.open_incident(f"subscriber:{other.id}")
        self.subscriber.with_user(self.dispatcher).with_context(
            alarm_incident=theirs.id
        ).action_verify_passcode(FORCED)
        self.assertFalse(theirs.passcode_result)
        self.assertEqual(self.incident.passcode_result, "duress")
