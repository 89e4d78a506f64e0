from datetime import timedelta
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..tools import passcodes
from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestPasscodeRules(BaseCase):
    @given(st.text())
    def test_normalising_again_changes_nothing(self, word):
        once = passcodes.normalise(word)
        self.assertEqual(passcodes.normalise(once), once)
        self.assertFalse(any(char.isspace() for char in once))

    def test_width_case_and_blanks_make_no_difference(self):
        for word in ("Blue 42", "ＢＬＵＥ４２", " blue　42 ", "BLUE42"):
            self.assertEqual(passcodes.normalise(word), "blue42")
        self.assertEqual(passcodes.normalise(None), "")

    def test_a_hash_is_matched_by_its_word_pepper_and_nonce_alone(self):
        stretched = passcodes.stretch("blue42", b"p" * 32, b"s" * 16)
        digest = passcodes.seal(stretched, b"n" * 16)
        self.assertTrue(passcodes.matches(stretched, b"n" * 16, digest))
        self.assertFalse(passcodes.matches(stretched, b"m" * 16, digest))
        for other in (
            passcodes.stretch("blue43", b"p" * 32, b"s" * 16),
            passcodes.stretch("blue42", b"q" * 32, b"s" * 16),
            passcodes.stretch("blue42", b"p" * 32, b"t" * 16),
        ):
            self.assertFalse(passcodes.matches(other, b"n" * 16, digest))


@tagged("post_install", "-at_install")
class TestPasscodes(RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = new_test_user(cls.env, "t-operator", "alarm_subscriber.group_verify")
        cls.lead = new_test_user(cls.env, "t-lead", "alarm_subscriber.group_reveal")
        person = cls.env["res.partner"].create({"name": "Test Keyholder"})
        cls.contact = cls.env["alarm.contact"].create(
            {
                "subscriber_id": cls.subscriber.id,
                "partner_id": person.id,
                "passcode": "Blue 42",
                "duress_code": "Red 13",
            }
        )
        cls.other = cls.contact.copy({"partner_id": cls.customer.id})
        cls.other.passcode = "green"
        cls.subscriber.passcode = "Sunshine"

    def verify(self, word, holder=None, user=None):
        return (holder or self.subscriber).with_user(user or self.operator).action_verify_passcode(
            word
        )  # fmt: skip

    def log(self, *results):
        lines = self.env["alarm.passcode.try"].search([("subscriber_id", "=", self.subscriber.id)])
        return lines.filtered(lambda line: line.result in results) if results else lines

    def test_words_are_never_read_nor_stored(self):
        self.env.flush_all()
        self.assertFalse(self.contact.passcode)
        self.assertFalse(self.contact.read(["passcode", "duress_code"])[0]["passcode"])
        self.assertTrue(self.contact.passcode_set and self.contact.duress_code_set)
        self.assertTrue(self.subscriber.passcode_set)
        self.assertFalse(self.subscriber.duress_code_set)
        self.env.cr.execute("SELECT row_to_json(p)::text FROM alarm_passcode p")
        rows = " ".join(row for (row,) in self.env.cr.fetchall()).lower()
        self.assertNotIn("blue", rows)
        self.assertNotIn("sunshine", rows)
        self.assertFalse(any(self.env["alarm.passcode"].sudo().search([]).mapped("encrypted")))

    def test_right_word_names_whose_it_is(self):
        answer = self.verify("ＢＬＵＥ 42")
        self.assertEqual((answer["result"], answer["contact_id"]), ("ok", self.contact.id))
        self.assertEqual(self.verify("sunshine")["contact_id"], False)
        self.assertEqual(self.log("ok").user_id, self.operator)

    def test_a_contact_answers_with_its_own_word_or_that_of_all(self):
        self.assertEqual(self.verify("blue42", self.contact)["result"], "ok")
        self.assertEqual(self.verify("sunshine", self.contact)["result"], "ok")
        self.assertEqual(self.verify("green", self.contact)["result"], "wrong")

    def test_duress_is_recognised_whoever_says_it(self):
        with patch.object(type(self.subscriber), "_on_duress", autospec=True) as raised:
            self.assertEqual(self.verify("red 13")["result"], "duress")
            self.assertEqual(self.verify("red13", self.other)["result"], "duress")
        self.assertEqual(raised.call_count, 2)
        self.assertEqual(len(self.log("duress")), 2)

    def test_answers_of_a_right_and_a_forced_word_look_alike(self):
        self.assertEqual(set(self.verify("red13")), set(self.verify("blue42")))
        texts = []
        for word in ("blue42", "red13"):
            with Form(
                self.env["alarm.passcode.check"]
                .with_user(self.operator)
                .with_context(default_subscriber_id=self.subscriber.id)
            ) as form:
                form.word = word
            check = form.record
            self.assertTrue(check.accepted)
            self.assertFalse(check.word)
            texts.append(check.answer)
        self.assertEqual({text[:-1] for text in texts}, {"Accepted. "})
        self.assertNotEqual(*texts)

    def test_wrong_words_lock_the_user_out_for_a_while(self):
        left = [self.verify("guess")["tries_left"] for _ in range(3)]
        self.assertEqual(left, [2, 1, 0])
        self.assertEqual(self.verify("blue42")["result"], "locked")
        self.assertTrue(self.verify("blue42")["locked_until"].endswith("Z"))
        # Somebody else, or this user at another subscriber, is not.
        self.assertEqual(self.verify("blue42", user=self.lead)["result"], "ok")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
            self.assertEqual(self.verify("blue42")["result"], "ok")
        self.assertEqual(len(self.log("wrong")), 3)
        self.assertEqual(len(self.log("locked")), 2)

    def test_a_right_word_forgets_the_wrong_ones(self):
        for word in ("guess", "guess", "blue42", "guess", "guess"):
            answer = self.verify(word)
        self.assertEqual(answer["tries_left"], 1)

    def test_the_counter_is_locked_before_a_word_is_compared(self):
        """Of two tries at once the later one cannot slip through: it waits for the row, fails to
        serialise, and the server repeats it after the first was counted."""
        order = []
        Guard = type(self.env["alarm.passcode.guard"])
        enter = Guard._enter
        with (
            patch.object(Guard, "_enter", lambda *a: order.append("locked") or enter(*a)),
            patch.object(passcodes, "stretch", lambda *a: order.append("compared") or bytes(32)),
        ):
            self.verify("guess")
        self.assertEqual(order, ["locked", "compared"])

    def test_every_code_is_compared_and_one_slow_hash_calculated(self):
        compared = []
        real = passcodes.matches

        def count(*args):
            compared.append(args)
            return real(*args)

        with (
            patch.object(passcodes, "matches", count),
            patch.object(passcodes, "stretch", wraps=passcodes.stretch) as stretch,
        ):
            self.verify("blue42")
            right = len(compared)
            self.verify("guess")
        self.assertEqual(right, 4)
        self.assertEqual(len(compared), 8)
        self.assertEqual(stretch.call_count, 2)

    def test_without_any_code_the_slow_hash_is_calculated_too(self):
        bare = self.subscriber.create({"name": "Bare", "partner_id": self.customer.id})
        with patch.object(passcodes, "stretch", wraps=passcodes.stretch) as stretch:
            self.assertEqual(self.verify("guess", bare)["result"], "wrong")
        self.assertEqual(stretch.call_count, 1)

    def test_a_duress_code_that_is_a_passcode_of_the_site_is_refused(self):
        for word in ("BLUE 42", "green", "sunshine"):
            with self.subTest(word=word), self.assertRaises(UserError):
                self.other.duress_code = word
        with self.assertRaises(UserError):
            self.other.passcode = "red13"
        self.other.passcode = "sunshine"

    def test_a_short_word_is_refused(self):
        with self.assertRaisesRegex(UserError, "3"):
            self.contact.passcode = "4 2"

    def test_replacing_and_removing(self):
        self.contact.with_user(self.back_office).passcode = "purple"
        self.assertEqual(self.verify("blue42")["result"], "wrong")
        self.assertEqual(self.verify("purple")["result"], "ok")
        self.contact.with_user(self.back_office).action_remove_passcodes()
        self.assertFalse(self.contact.passcode_set)
        self.assertEqual(self.verify("purple")["result"], "wrong")
        self.assertTrue(self.log("removed"))

    def test_the_only_words_are_replaced_one_after_the_other(self):
        alone = self.env["alarm.subscriber"].create(
            {"name": "Alone", "partner_id": self.customer.id}
        )
        for passcode, duress in (("Blue 42", "Red 13"), ("Blue 43", "Red 14")):
            alone.passcode = passcode
            self.env.invalidate_all()
            alone.write({"passcode": passcode, "duress_code": duress})
            self.env.invalidate_all()
            self.assertEqual(self.verify(passcode, alone)["result"], "ok")
            self.assertEqual(self.verify(duress, alone)["result"], "duress")
        self.assertEqual(self.verify("Blue 42", alone)["result"], "wrong")

    def test_words_of_archived_contacts_count_no_more(self):
        self.contact.active = False
        self.assertEqual(self.verify("blue42")["result"], "wrong")

    def test_who_may_what(self):
        for user in (self.reader, self.back_office):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.verify("blue42", user=user)
        with self.assertRaises(AccessError):
            self.contact.with_user(self.operator).passcode = "mine"
        with self.assertRaises(AccessError):
            self.contact.with_user(self.operator).action_remove_passcodes()
        with self.assertRaises(AccessError):
            self.contact.with_user(self.operator).action_reveal_passcodes()
        code = self.env["alarm.passcode"].search([], limit=1)
        with self.assertRaises(AccessError):
            code.with_user(self.lead).read(["digest"])
        with self.assertRaises(AccessError):
            self.log().with_user(self.operator).read(["result"])

    def test_only_a_hash_cannot_be_revealed(self):
        with self.assertRaises(UserError):
            self.contact.with_user(self.lead).action_reveal_passcodes()
        self.assertFalse(self.log("revealed"))

    def test_revealing_is_a_logged_act(self):
        company = self.subscriber.company_id
        company.passcode_policy = "reversible"
        self.contact.passcode = "Violet 7"
        action = self.contact.with_user(self.lead).action_reveal_passcodes()
        self.assertIn("violet7", action["params"]["message"])
        self.assertEqual(self.log("revealed").user_id, self.lead)
        company.passcode_policy = "hash"
        with self.assertRaises(UserError):
            self.contact.with_user(self.lead).action_reveal_passcodes()
        self.assertEqual(self.verify("violet7")["result"], "ok")

    def test_the_log_stays_as_it_is(self):
        self.verify("guess")
        line = self.log("wrong")
        with self.assertRaises(UserError):
            line.sudo().write({"result": "ok"})
        with self.assertRaises(UserError):
            line.sudo().unlink()

    def test_a_key_put_on_top_reads_the_codes_of_the_former(self):
        Secret = type(self.env["alarm.secret"])
        keys = self.env["alarm.secret"]._derive_keys("alarm.passcode.pepper")
        with patch.object(Secret, "_derive_keys", return_value=[b"new" * 11, *keys]):
            self.assertEqual(self.verify("blue42")["result"], "ok")
            self.other.passcode = "yellow"
            self.assertEqual(self.verify("yellow")["result"], "ok")
        with patch.object(Secret, "_derive_keys", return_value=[b"new" * 11]):
            with self.assertRaisesRegex(UserError, "key file"):
                self.verify("blue42")
            for contact in (self.contact, self.other):
                contact.passcode = f"again{contact.id}"

    def test_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other Centre"})
        stranger = new_test_user(
            self.env,
            "t-stranger",
            "alarm_subscriber.group_reveal",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(AccessError):
            self.verify("blue42", user=stranger)
        self.assertFalse(self.env["alarm.passcode"].with_user(stranger).search([]))

    def test_the_database_refuses_to_change_what_was_done_with_passcodes(self):
        self.verify("guess")
        line = self.log("wrong")
        self.env.flush_all()
        for change in (
            "UPDATE alarm_passcode_try SET result = 'ok' WHERE id = %s",
            "UPDATE alarm_passcode_try SET at = at - interval '1 day' WHERE id = %s",
            f"UPDATE alarm_passcode_try SET contact_id = {self.other.id} WHERE id = %s",
            "DELETE FROM alarm_passcode_try WHERE id = %s",
            "TRUNCATE alarm_passcode_try -- %s",
        ):
            with (
                self.subTest(change),
                self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(change, [line.id])
        for refused in (line.unlink, lambda: line.write({"result": "ok"})):
            with self.assertRaises(UserError):
                refused()

    def test_a_draft_is_deleted_with_its_words(self):
        self.verify("guess")
        (self.contact | self.other).unlink()
        self.panel.unlink()
        self.subscriber.unlink()
        self.assertTrue(self.env["alarm.passcode.try"].search([("subject", "ilike", "Test Shop")]))
