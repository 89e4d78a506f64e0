from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import convert_file

from .common import SIGNATURE, SettlementCase

START = date(2030, 3, 1)
FIRST = date(2031, 3, 1)
LATER = date(2031, 3, 2)


@tagged("post_install", "-at_install")
@freeze_time("2030-03-01 08:00")
class TestAcceptance(SettlementCase):
    """The customer accepts the service every year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model.write({"acceptance_months": 12, "term_months": 60})
        cls.devices = cls.env["alarm.device"].create(
            [
                {"name": f"Test Recorder {number}", "kind": "recorder", "ownership": "leased"}
                for number in range(2)
            ]
        )
        cls.contract = cls.run_contract(
            start=START,
            subscriber_ids=[Command.clear()],
            device_ids=[Command.set(cls.devices.ids)],
            user_id=cls.manager.id,
        )

    def run_job(self, day):
        with freeze_time(f"{day} 08:00"):
            self.env["contract.contract"]._cron_acceptances()
        return self.contract.transfer_list_ids

    def inspected(self):
        acceptance = self.run_job(FIRST).with_user(self.clerk)
        acceptance.action_inspect()
        acceptance.line_ids.action_accept()
        return acceptance

    def sign(self, acceptance):
        acceptance.write(
            {
                "ours_signed_by": "Mona",
                "ours_signature": SIGNATURE,
                "theirs_signed_by": "Gao",
                "theirs_signature": SIGNATURE,
            }
        )

    def notice(self, day):
        self.contract.invalidate_recordset(["acceptance_notice"])
        with freeze_time(f"{day} 08:00"):
            return self.contract.acceptance_notice

    def test_lease_to_build_is_accepted_every_year(self):
        # As a new installation has it: what a company changed in its models stays.
        convert_file(self.env, "alarm_settlement", "data/alarm_business_model.xml", {}, mode="init")
        model = self.env.ref("alarm_settlement.business_model_lease_to_build")
        self.assertEqual(model.acceptance_months, 12)

    def test_one_that_cannot_be_prepared_is_told_once_in_the_language_of_whoever_keeps_it(self):
        self.manager.lang = "zh_CN"
        with patch.object(type(self.contract), "_make_acceptance", side_effect=UserError("No.")):
            self.assertFalse(self.run_job(FIRST))
            self.run_job(LATER)
        told = self.contract.activity_ids.filtered(lambda one: one.user_id == self.manager)
        self.assertEqual(told.mapped("summary"), ["无法准备验收"])
        self.assertTrue(self.run_job(LATER))

    def test_the_contract_says_when_the_next_one_is(self):
        self.assertEqual(self.contract.acceptance_months, 12)
        self.assertEqual(self.contract.next_acceptance, FIRST)
        texts = [text for day in self.contract.timeline["days"] for text in day["texts"]]
        self.assertIn("Next acceptance", texts)

    def test_a_draft_or_who_never_agreed_to_one_has_none(self):
        self.assertFalse(self.make_contract().next_acceptance)
        self.assertFalse(self.run_contract(start=START, acceptance_months=0).next_acceptance)

    def test_its_list_is_made_on_its_day_once(self):
        self.assertFalse(self.run_job("2031-02-28"))
        acceptance = self.run_job(FIRST)
        self.assertEqual((acceptance.kind, acceptance.state), ("acceptance", "draft"))
        self.assertEqual((acceptance.date, acceptance.acceptance_due), (FIRST, FIRST))
        self.assertEqual(acceptance.line_ids.device_id, self.devices)
        self.assertEqual(acceptance.partner_id, self.customer)
        self.assertEqual(self.contract.next_acceptance, date(2032, 3, 1))
        self.assertEqual(self.run_job("2031-03-02"), acceptance)
        self.assertEqual(acceptance.activity_ids.user_id, self.manager)

    def test_of_several_that_were_missed_only_the_last_is_made(self):
        acceptance = self.run_job("2034-05-05")
        self.assertEqual(acceptance.acceptance_due, date(2034, 3, 1))
        self.assertEqual(self.contract.next_acceptance, date(2035, 3, 1))

    def test_after_the_end_there_is_none(self):
        self.contract._transition("end")
        self.assertFalse(self.contract.next_acceptance)
        self.assertFalse(self.run_job(FIRST))

    def test_both_sides_sign_and_nothing_changes_hands(self):
        acceptance = self.inspected()
        self.sign(acceptance)
        acceptance.action_accept()
        self.assertEqual(acceptance.state, "accepted")
        self.assertFalse(acceptance.sudo().activity_ids)
        self.assertFalse(self.notice("2031-06-01"))
        with self.assertRaisesRegex(UserError, "nothing changes hands"):
            acceptance.action_hand_over()
        self.assertEqual(set(self.devices.mapped("ownership")), {"leased"})

    def test_who_refuses_says_why(self):
        acceptance = self.inspected()
        with self.assertRaisesRegex(UserError, "Say why"):
            acceptance.action_refuse()
        acceptance.refuse_reason = "Two cameras are blind."
        acceptance.action_refuse()
        self.assertEqual(acceptance.state, "refused")
        self.assertIn("Two cameras are blind.", self.notice(FIRST))
        self.assertIn("refused", acceptance.sudo().activity_ids.summary)
        with self.assertRaisesRegex(UserError, "inspect it again"):
            acceptance.refuse_reason = "Nothing."

    def test_what_was_put_right_is_inspected_again(self):
        acceptance = self.inspected()
        acceptance.refuse_reason = "Two cameras are blind."
        acceptance.action_refuse()
        acceptance.action_reopen()
        self.sign(acceptance)
        acceptance.action_accept()
        self.assertFalse(self.notice("2031-06-01"))
        self.assertFalse(acceptance.refused_on)

    def test_only_an_acceptance_is_refused(self):
        transfer = self.env["alarm.transfer.list"].create(
            {"contract_id": self.contract.id, "kind": "hand_back", "refuse_reason": "No."}
        )
        transfer.action_fill()
        transfer.action_inspect()
        with self.assertRaisesRegex(UserError, "Only an acceptance"):
            transfer.action_refuse()

    def test_two_weeks_later_it_is_overdue(self):
        self.run_job(FIRST)
        self.assertFalse(self.notice("2031-03-15"))
        self.assertIn("overdue", self.notice("2031-03-16"))

    def test_fees_go_on(self):
        acceptance = self.inspected()
        acceptance.refuse_reason = "Two cameras are blind."
        acceptance.action_refuse()
        self.assertTrue(self.contract._charge(FIRST))

    def test_its_day_is_the_machinerys_and_who_may_not_write_refuses_nothing(self):
        acceptance = self.inspected()
        with self.assertRaises(UserError):
            acceptance.acceptance_due = START
        stranger = new_test_user(self.env, "t-stranger", "base.group_user")
        with self.assertRaises(AccessError):
            acceptance.with_user(stranger).action_refuse()

    def test_its_paper_says_what_it_is(self):
        acceptance = self.inspected().sudo()
        acceptance.partner_id.lang = "en_US"
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "alarm_settlement.transfer_list", acceptance.ids
        )
        for words in (b"Day of Acceptance", b"Test Recorder 1"):
            self.assertIn(words, html)
