from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestTestPasscode(MonitoringCase):
    """Who asks for a test says the passcode."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["alarm.contact"].create(
            {
                "subscriber_id": cls.subscriber.id,
                "partner_id": cls.env["res.partner"].create({"name": "Wang"}).id,
                "passcode": "BLUE 42",
                "duress_code": "RED 99",
            }
        )
        cls.tests = cls.env["alarm.test.mode"]

    def begin(self, user=None, **values):
        subscriber = self.subscriber.with_user(user or self.dispatcher)
        return self.tests.browse(subscriber.action_begin_test(60, "Walk test", values))

    def wizard(self, **values):
        return (
            self.env["alarm.test.begin"]
            .with_user(self.dispatcher)
            .create({"subscriber_id": self.subscriber.id, "reason": "Walk test", **values})
        )

    def tries(self):
        return self.env["alarm.passcode.try"].search(
            [("subscriber_id", "=", self.subscriber.id), ("result", "!=", "set")]
        )

    def decision(self):
        signal = self.signal()
        self.ingest(signal)
        return self.stored(signal).decision

    def test_the_right_word_begins_a_test_in_the_name_of_who_said_it(self):
        test = self.begin(word="blue42")
        self.assertEqual(test.passcode_result, "ok")
        self.assertEqual(test.contact_id, self.contact)
        self.assertEqual(test.authorised_name, self.contact.display_name)
        self.assertEqual(self.decision(), "log_test")

    def test_without_a_word_nothing_is_put_on_test(self):
        with self.assertRaisesRegex(UserError, "passcode"):
            self.begin(authorised_name="Mr Test")
        with self.assertRaisesRegex(UserError, "passcode"):
            self.begin(contact_id=self.contact.id, passcode_result="ok")

    def test_a_wrong_word_is_counted_and_begins_nothing(self):
        self.assertFalse(self.begin(word="green 1"))
        self.assertEqual(self.tries().mapped("result"), ["wrong"])
        self.assertEqual(self.decision(), "incident")

    def test_a_supervisor_may_do_without_and_says_why(self):
        with self.assertRaisesRegex(UserError, "supervisor"):
            self.begin(authorised_name="Mr Test", override="He is known")
        test = self.begin(user=self.supervisor, authorised_name="Mr Test", override="He is known")
        self.assertEqual(test.passcode_result, "overridden")
        self.assertEqual(test.override_reason, "He is known")
        self.assertIn("He is known", test.entry_ids.text)
        self.assertEqual(test.entry_ids.author, self.supervisor.name)

    def test_who_is_forced_gets_an_alarm_and_a_test_that_covers_nothing(self):
        test = self.begin(word="red 99")
        self.assertEqual(test.passcode_result, "duress")
        incident = self.env["alarm.incident"].search(
            [("reason_kind", "=", "test_duress"), ("subscriber_id", "=", self.subscriber.id)]
        )
        self.assertEqual((incident.priority, incident.event_class), ("1", "panic"))
        self.assertIn("duress", incident.reason)
        self.assertEqual(self.decision(), "incident")

    def test_the_window_checks_the_word_and_keeps_it_nowhere(self):
        wizard = self.wizard(word="BLUE 42")
        self.assertEqual((wizard.answer, wizard.word), ("Accepted. A", False))
        wizard.action_apply()
        test = self.tests.search([("subscriber_id", "=", self.subscriber.id)])
        self.assertEqual((test.passcode_result, test.contact_id), ("ok", self.contact))

    def test_the_window_asks_again_after_a_wrong_word(self):
        wizard = self.wizard(word="green 1", authorised_name="Mr Test")
        action = wizard.action_apply()
        self.assertEqual((action["res_model"], action["res_id"]), (wizard._name, wizard.id))
        self.assertFalse(self.tests.search([("subscriber_id", "=", self.subscriber.id)]))
        wizard.word = "BLUE 42"
        wizard.action_apply()
        self.assertTrue(self.tests.search([("subscriber_id", "=", self.subscriber.id)]))

    def test_the_answer_cannot_be_given_to_the_window(self):
        wizard = self.wizard(passcode_result="ok", proven_by_id=self.contact.id)
        wizard.write({"passcode_result": "ok", "answer": "Accepted. A"})
        self.assertFalse(wizard.passcode_result)
        wizard.authorised_name = "Mr Test"
        with self.assertRaisesRegex(UserError, "passcode"):
            wizard.action_apply()

    def test_nor_as_a_default_of_the_window(self):
        forged = {"passcode_result": "ok", "proven_by_id": self.contact.id, "answer": "Accepted. A"}
        context = {f"default_{name}": value for name, value in forged.items()}
        wizard = (
            self.env["alarm.test.begin"]
            .with_user(self.dispatcher)
            .with_context(**context)
            .create({"subscriber_id": self.subscriber.id, "reason": "x", "authorised_name": "y"})
        )
        self.assertFalse(wizard.passcode_result or wizard.proven_by_id or wizard.answer)
        with self.assertRaisesRegex(UserError, "passcode"):
            wizard.action_apply()
        self.assertFalse(self.tests.search([("subscriber_id", "=", self.subscriber.id)]))

    def test_the_window_says_how_many_tries_are_left_and_when_there_is_none(self):
        wizard = self.wizard(word="green 1", authorised_name="Mr Test")
        self.assertRegex(wizard.answer, r"Tries left: \d")
        for _more in range(10):
            wizard.word = "green 1"
        self.assertIn("nothing is checked", wizard.answer)
        self.assertEqual(wizard.passcode_result, "wrong")

    def test_a_word_proves_nothing_for_another_subscriber_or_contact(self):
        wizard = self.wizard(word="BLUE 42")
        wizard.subscriber_id = self.make_panel("7002").subscriber_id
        self.assertFalse(wizard.passcode_result)
        with self.assertRaisesRegex(UserError, "passcode"):
            wizard.action_apply()

    def test_a_centre_may_ask_for_no_word(self):
        self.subscriber.company_id.alarm_test_passcode = False
        test = self.begin(authorised_name="Mr Test")
        self.assertEqual(test.passcode_result, "not_asked")

    def test_a_reader_cannot_try_words(self):
        reader = new_test_user(self.env, "word-reader", groups="alarm_subscriber.group_reader")
        with self.assertRaises(AccessError):
            self.begin(user=reader, word="BLUE 42")
        self.assertFalse(self.tries())
