from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import format_date, mute_logger

from .common import ContractCase

START = date(2026, 1, 1)


class DunningCase(ContractCase):
    """A contract of one subscriber whose first invoice of 100 was due on 1 January 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"email": "customer@example.com", "lang": "en_US"})
        cls.contract = cls.run_contract(user_id=cls.clerk.id, start=START)
        cls.invoice = cls.contract._charge(START)

    @classmethod
    def make_contract(cls, *lines, **values):
        # Without a term an invoice is due on the day it is made, whatever its date.
        term = cls.env.ref("account.account_payment_term_immediate")
        return super().make_contract(*lines, **{"payment_term_id": term.id, **values})

    @classmethod
    def pay(cls, invoices, amount=None, date=None):
        values = {"payment_date": date or fields.Date.today()}
        if amount:
            values["amount"] = amount
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(values)
        )
        return wizard._create_payments()

    def dun(self, first, last=None, contract=None):
        """What the job does on each of these days of 2026, counted from 1 January as 0."""
        contract = contract or self.contract
        for number in range(first, (first if last is None else last) + 1):
            contract._dun(START + timedelta(days=number))
            self.send()

    def run_job(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60):
            self.env["contract.contract"]._dun_daily()

    def send(self):
        """The mail server has taken everything: what Odoo notes then."""
        mails = self.env["mail.mail"].search(
            [("state", "=", "outgoing"), ("model", "=", "contract.contract")]
        )
        mails.mail_message_id.notification_ids.notification_status = "sent"
        mails.state = "sent"

    def steps(self, contract=None):
        steps = (contract or self.contract).dunning_step_ids.sorted("id")
        return [((step.on - START).days, step.action, step.state) for step in steps]

    def bring_to_log_only(self):
        self.dun(1, 52)
        self.assertEqual(self.contract.fee_state, "log_only")
        self.assertEqual(self.subscriber.state, "suspended")


@tagged("post_install", "-at_install")
class TestDunning(DunningCase):
    def test_steps_from_reminder_to_log_only(self):
        self.dun(1, 60)
        self.assertEqual(
            self.steps(),
            [(7, "remind", "done"), (21, "call", "waiting"), (35, "notice", "done"),
             (51, "log_only", "done")],
        )  # fmt: skip
        self.assertEqual(self.contract.fee_state, "log_only")
        self.assertEqual(self.contract.overdue_amount, 100.0)
        self.assertEqual(self.contract.overdue_since, START)

    def test_nothing_is_overdue_on_the_day_it_is_due(self):
        self.dun(0)
        self.assertFalse(self.contract.overdue_since)
        self.assertEqual(self.contract.fee_state, "ok")
        self.dun(1)
        self.assertEqual(self.contract.overdue_since, START)

    def test_banners_are_whole_sentences(self):
        contract = self.contract
        self.assertFalse(contract.overdue_notice)
        self.assertFalse(contract.dunning_pause_notice)
        self.assertFalse(self.subscriber.fee_notice)
        self.dun(1, 8)
        since = format_date(self.env, START)
        amount = contract.currency_id.format(100.0)
        self.assertEqual(contract.overdue_notice, f"{amount} overdue since {since}: Reminded.")
        self.assertEqual(self.subscriber.fee_notice, "Fees are overdue: Reminded.")
        contract.sudo().write({"dunning_paused_until": START, "dunning_pause_reason": "Illness"})
        self.assertEqual(contract.dunning_pause_notice, f"Dunning is paused until {since}: Illness")

    def test_reminder_is_a_mail_in_the_words_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        self.env.ref("alarm_contract.mail_template_reminder").with_context(
            lang="zh_CN"
        ).subject = "催款：{{ object.contract_id.code }}"
        self.dun(1, 8)
        message = self.contract.dunning_step_ids.message_id
        self.assertEqual(message.partner_ids, self.customer)
        self.assertIn("催款", message.subject)
        self.assertIn(self.contract.code, message.subject)
        self.assertIn(self.invoice.name, message.body)

    def test_call_is_a_task_of_the_clerk(self):
        self.dun(1, 22)
        activity = self.contract.activity_ids
        self.assertEqual(activity.user_id, self.clerk)
        self.assertIn("100", activity.note)
        self.pay(self.invoice)
        self.assertFalse(self.contract.activity_ids)
        # Nobody has called: it was not needed any more.
        self.assertEqual(self.steps()[-1][1:], ("call", "void"))

    def test_call_is_done_when_its_task_is_done(self):
        self.dun(1, 22)
        step = self.contract.dunning_step_ids.filtered(lambda one: one.action == "call")
        self.assertEqual(step.state, "waiting")
        self.assertEqual(self.contract.fee_state, "call")
        step.activity_id.with_user(self.clerk).action_feedback(feedback="will pay")
        self.assertEqual((step.state, step.delivery_note), ("done", "will pay"))

    def test_call_whose_task_was_deleted_is_asked_for_again(self):
        self.dun(1, 22)
        self.contract.activity_ids.unlink()
        self.dun(23)
        step = self.contract.dunning_step_ids.filtered(lambda one: one.action == "call")
        self.assertEqual(step.state, "waiting")
        self.assertEqual(step.activity_id, self.contract.activity_ids)
        self.assertTrue(step.activity_id)

    def test_note_of_the_call_writes_the_day_as_the_clerk_does(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.clerk.lang = "zh_CN"
        self.dun(1, 22)
        note = self.contract.activity_ids.note
        self.assertNotIn("2026-01-01", note)
        self.assertIn(format_date(self.env, START, lang_code="zh_CN"), note)

    def test_who_has_no_address_is_called_instead_of_reminded(self):
        self.customer.email = False
        self.dun(1, 8)
        step = self.contract.dunning_step_ids
        activity = self.contract.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.clerk))
        self.assertEqual((step.state, step.activity_id), ("failed", activity))
        activity.with_user(self.clerk).action_feedback(feedback="told")
        self.assertEqual((step.state, step.error), ("done", False))
        self.assertEqual(self.contract.fee_state, "reminded")

    def test_reminder_that_came_back_becomes_a_call(self):
        self.dun(1, 8)
        step = self.contract.dunning_step_ids
        step.message_id.notification_ids.notification_status = "bounce"
        self.dun(9)
        self.assertEqual(self.contract.activity_ids, step.activity_id)
        self.assertTrue(step.activity_id)
        self.dun(10, 12)
        self.assertEqual((step.state, step.message_id.ids), ("failed", []))
        step.activity_id.with_user(self.clerk).action_feedback(feedback="told")
        self.assertEqual(step.state, "done")

    def test_notice_that_cannot_be_mailed_is_a_task_until_its_delivery_is_noted(self):
        self.dun(1, 34)
        self.contract.activity_ids.action_feedback()
        self.customer.email = False
        self.dun(35)
        notice = self.contract.dunning_step_ids.filtered(lambda one: one.action == "notice")
        activity = self.contract.activity_ids
        self.assertEqual((notice.state, notice.activity_id), ("waiting", activity))
        self.assertTrue(activity)
        activity.with_user(self.clerk).action_feedback(feedback="posted")
        self.assertEqual((notice.state, notice.delivered_on), ("waiting", False))
        notice.with_user(self.clerk)._note_delivery(START + timedelta(days=36), "letter")
        self.assertEqual(notice.state, "done")

    def test_a_job_writes_the_call_in_the_clerk_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.clerk.lang = "zh_CN"
        self.dun(1, 22)
        activity = self.contract.activity_ids
        self.assertNotIn("overdue", activity.summary)
        due = format_date(self.env, self.invoice.invoice_date_due, lang_code="zh_CN")
        self.assertIn(due, activity.note)

    def test_notice_is_a_letter_with_legal_text_and_period(self):
        self.dun(1, 37)
        notice = self.contract.dunning_step_ids.filtered(lambda step: step.action == "notice")
        letter = notice.letter_id.raw.decode()
        self.assertIn(self.invoice.name, letter)
        self.assertIn("nobody calls you", letter)
        self.assertEqual(notice.notice_until, notice.delivered_on + timedelta(days=14))
        self.assertIn(notice.letter_id.id, notice.message_id.attachment_ids.ids)
        self.assertEqual(self.contract.log_only_on, notice.notice_until + timedelta(days=1))
        with self.assertRaises(UserError):
            notice.unlink()

    def test_subscriber_is_suspended_by_the_machinery_with_the_reason_in_its_history(self):
        self.bring_to_log_only()
        revision = self.env["alarm.revision"].search(
            [("subscriber_key", "=", self.subscriber.id)], order="id desc", limit=2
        )
        self.assertEqual(set(revision.mapped("field_name")), {"state", "suspension_reason"})
        reason = revision.filtered(lambda one: one.field_name == "suspension_reason")
        self.assertIn("overdue", reason.new_json)
        self.assertNotIn(self.contract.code, reason.new_json)
        self.assertEqual(reason.user_key, self.env.ref("base.user_root").id)

    def test_signals_of_who_is_log_only_are_stored_and_raise_nothing(self):
        self.bring_to_log_only()
        self.ingest(self.signal())
        stored = self.env["alarm.signal"].search([], order="id desc", limit=1)
        self.assertEqual(stored.subscriber_id, self.subscriber)
        self.assertFalse(
            self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])
        )

    def test_payment_ends_log_only_at_once(self):
        self.bring_to_log_only()
        self.pay(self.invoice)
        self.assertEqual(self.subscriber.state, "active")
        self.assertEqual(self.contract.fee_state, "ok")
        self.assertFalse(self.subscriber.suspension_reason)
        self.assertEqual(self.contract.dunning_step_ids.switch_ids.state, "back")
        self.assertFalse(self.contract._open_steps())

    def test_who_books_the_payment_answers_for_it_in_the_history(self):
        self.bring_to_log_only()
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({})._create_payments()
        self.assertEqual(self.subscriber.state, "active")
        revision = self.env["alarm.revision"].search(
            [("subscriber_key", "=", self.subscriber.id), ("field_name", "=", "state")],
            order="id desc",
            limit=1,
        )
        self.assertEqual(revision.authoriser_key, self.accountant.id)
        self.assertEqual(revision.user_key, self.env.ref("base.user_root").id)

    def test_credit_note_ends_log_only_at_once(self):
        self.bring_to_log_only()
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({"journal_id": self.invoice.journal_id.id}).refund_moves()
        self.invoice.reversal_move_ids.action_post()
        self.assertEqual(self.subscriber.state, "active")

    def test_job_leads_back_what_no_hook_saw(self):
        self.bring_to_log_only()
        with patch.object(type(self.contract), "_dun_after_payment"):
            self.pay(self.invoice)
        self.assertEqual(self.subscriber.state, "suspended")
        self.run_job()
        self.assertEqual(self.subscriber.state, "active")

    @mute_logger("odoo.addons.alarm_contract.models.contract_contract_dunning")
    def test_one_bad_contract_never_stops_the_others(self):
        other = self.run_contract(start=START)
        other._charge(START)
        original = type(other)._settle_dunning

        def fail(contracts, date, items):
            if self.contract in contracts:
                raise ValueError("broken")
            return original(contracts, date, items)

        with patch.object(type(other), "_settle_dunning", fail):
            self.run_job()
        self.assertEqual(other.fee_state, "reminded")
        self.assertEqual(self.contract.fee_state, "ok")
        self.assertEqual(self.contract.dunning_error, "broken")
        self.run_job()
        self.assertEqual(self.contract.fee_state, "reminded")
        self.assertFalse(self.contract.dunning_error)

    def test_part_of_the_payment_leaves_it_as_it_is(self):
        self.bring_to_log_only()
        self.pay(self.invoice, 60.0)
        self.assertEqual(self.subscriber.state, "suspended")
        self.assertEqual(self.contract.overdue_amount, 40.0)

    def test_paying_what_the_notice_named_ends_it_though_something_newer_is_overdue(self):
        self.bring_to_log_only()
        newer = self.contract._charge(date(2026, 3, 1))
        self.pay(self.invoice)
        self.assertEqual(self.subscriber.state, "active")
        self.contract._dun(date(2026, 3, 10))
        self.assertEqual(self.contract.fee_state, "reminded")
        self.assertEqual(self.contract.overdue_amount, newer.amount_total)

    def test_a_refused_way_back_stops_no_payment_and_is_tried_again(self):
        self.bring_to_log_only()
        target = type(self.subscriber)
        with patch.object(target, "_resume_because", side_effect=UserError("no")):
            self.pay(self.invoice)
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertEqual(self.subscriber.state, "suspended")
        switch = self.contract.dunning_step_ids.switch_ids
        self.assertEqual((switch.state, switch.reason), ("on", "no"))
        self.assertEqual(self.subscriber.fee_state, "log_only")
        self.run_job()
        self.assertEqual(self.subscriber.state, "active")


@tagged("post_install", "-at_install")
class TestLogOnlyIsCareful(DunningCase):
    """Lives hang on it: who is not to be cut off."""

    def test_not_without_a_letter_that_was_delivered(self):
        self.customer.email = False
        self.dun(1, 30)
        # The reminder cannot be sent; nothing graver follows by itself.
        self.assertEqual(self.steps(), [(7, "remind", "failed")])
        # In the language of the clerk who reads it.
        self.assertIn(self.customer.name, self.contract.dunning_step_ids.error)
        self.contract.dunning_step_ids.with_user(self.clerk)._note_delivery(
            START + timedelta(days=30), "by telephone"
        )
        self.dun(31, 200)
        notice = self.contract.dunning_step_ids.filtered(lambda step: step.action == "notice")
        self.assertEqual(notice.state, "waiting")
        self.assertTrue(notice.letter_id)
        self.assertEqual(self.subscriber.state, "active")
        self.assertEqual(self.contract.fee_state, "notice")
        notice.with_user(self.clerk)._note_delivery(START + timedelta(days=200), "letter 4711")
        self.dun(201, 214)
        self.assertEqual(self.subscriber.state, "active")
        self.dun(215)
        self.assertEqual(self.subscriber.state, "suspended")

    def test_a_notice_that_came_back_counts_for_nothing(self):
        self.dun(1, 37)
        notice = self.contract.dunning_step_ids.filtered(lambda step: step.action == "notice")
        self.assertEqual(notice.state, "done")
        notice.message_id.notification_ids.notification_status = "bounce"
        self.customer.email = False
        self.dun(38, 100)
        self.assertEqual(self.subscriber.state, "active")
        self.assertNotEqual(notice.state, "done")
        self.assertFalse(notice.delivered_on)

    def test_not_under_a_legal_hold_and_when_it_is_lifted_it_follows(self):
        hold = self.env["alarm.legal.hold"].create(
            {"subscriber_id": self.subscriber.id, "reason": "court"}
        )
        self.dun(1, 60)
        switch = self.contract.dunning_step_ids.switch_ids
        self.assertEqual(switch.state, "exempt")
        self.assertIn("court", switch.reason)
        self.assertEqual(self.subscriber.state, "active")
        self.assertEqual(self.subscriber.fee_state, "notice")
        hold.lift_reason = "over"
        hold.action_lift()
        self.dun(61)
        self.assertEqual(self.subscriber.state, "suspended")

    def exempt_while_something_newer_is_overdue(self):
        """A legal hold keeps the subscriber monitored; it is lifted with the notice still open."""
        hold = self.env["alarm.legal.hold"].create(
            {"subscriber_id": self.subscriber.id, "reason": "court"}
        )
        self.dun(1, 40)
        self.contract._charge(date(2026, 2, 8))
        self.dun(41, 60)
        self.assertEqual(self.contract.dunning_step_ids.switch_ids.state, "exempt")
        hold.lift_reason = "over"
        hold.action_lift()

    def test_not_on_a_later_day_when_what_the_notice_named_is_paid_by_then(self):
        self.exempt_while_something_newer_is_overdue()
        self.pay(self.invoice)
        self.dun(61, 63)
        self.assertEqual(self.subscriber.state, "active")
        step = self.contract.dunning_step_ids.filtered(lambda one: one.action == "log_only")
        self.assertIn("notice", step.error)

    def test_not_on_a_later_day_when_somebody_else_pays_by_then(self):
        self.exempt_while_something_newer_is_overdue()
        self.contract.may_go_log_only = False
        self.dun(61, 63)
        self.assertEqual(self.subscriber.state, "active")

    def change_payer(self):
        new = self.env["res.partner"].create({"name": "New Payer", "email": "new@example.com"})
        self.contract.invoice_partner_id = new
        return new

    def test_who_was_warned_stays_log_only_though_somebody_else_pays_from_now_on(self):
        self.bring_to_log_only()
        self.change_payer()
        self.dun(53, 60)
        notice = self.contract.dunning_step_ids.filtered(lambda step: step.action == "notice")
        self.assertEqual((notice.state, notice.payer_id), ("done", self.customer))
        self.assertEqual(self.subscriber.state, "suspended")
        self.pay(self.invoice)
        self.assertEqual(self.subscriber.state, "active")

    def test_nobody_stays_log_only_for_what_the_next_payer_owes(self):
        self.bring_to_log_only()
        new = self.change_payer()
        self.contract._charge(date(2026, 2, 1))
        steps = self.env["alarm.dunning.step"]
        warned = [("contract_id", "=", self.contract.id), ("payer_id", "=", new.id)]
        warned += [("action", "=", "notice"), ("state", "=", "done")]
        day = 53
        while not steps.search(warned) and day < 90:
            self.dun(day, day)
            day += 1
        self.assertLess(day, 90)
        self.assertEqual(self.subscriber.state, "suspended")
        self.pay(self.invoice)
        self.assertEqual(self.subscriber.state, "active")
        self.assertEqual(self.contract.fee_state, "notice")

    def test_what_one_payer_owes_is_asked_of_him_and_not_of_the_next_one(self):
        self.dun(1, 30)
        new = self.change_payer()
        later = self.contract._charge(date(2026, 2, 1))
        self.dun(31, 60)
        self.env.flush_all()
        steps = self.contract.dunning_step_ids
        for payer, invoice, actions in (
            (self.customer, self.invoice, {"remind", "call", "notice", "log_only"}),
            (new, later, {"remind", "call"}),
        ):
            mine = steps.filtered(lambda step, payer=payer: step.payer_id == payer)
            self.assertEqual(set(mine.mapped("action")), actions)
            self.assertEqual(mine.item_ids.move_id, invoice)
            self.assertEqual(mine.message_id.partner_ids, payer)
            self.assertEqual(set(mine.mapped("amount")), {100.0})

    def test_payments_of_the_next_payer_keep_nobody_from_being_warned(self):
        new = self.change_payer()
        self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": new.id,
                "amount": 100.0,
            }
        ).action_post()
        self.dun(1, 52)
        self.assertEqual(self.contract.fee_state, "log_only")

    def test_another_contact_of_the_payer_is_written_to_from_now_on(self):
        self.dun(1, 8)
        contact = self.env["res.partner"].create(
            {"name": "Books", "email": "books@example.com", "parent_id": self.customer.id}
        )
        self.contract.invoice_partner_id = contact
        self.dun(9, 36)
        notice = self.contract.dunning_step_ids.filtered(lambda step: step.action == "notice")
        self.assertEqual(notice.message_id.partner_ids, contact)
        self.assertEqual(self.steps()[0][1:], ("remind", "done"))

    def test_back_though_the_contract_is_over_when_another_covers_monitoring(self):
        self.bring_to_log_only()
        self.run_contract(start=START)
        self.contract._write_by_verb({"alarm_state": "suspended"})
        self.pay(self.invoice)
        self.assertEqual(self.subscriber.state, "active")

    def test_not_back_when_the_contract_is_over_and_none_covers_monitoring(self):
        self.bring_to_log_only()
        self.contract._write_by_verb({"alarm_state": "suspended"})
        self.pay(self.invoice)
        self.assertEqual(self.subscriber.state, "suspended")

    def test_not_back_at_premises_that_have_left_the_contract(self):
        self.bring_to_log_only()
        new = self.env["alarm.subscriber"].create(
            {"name": "New Premises", "partner_id": self.customer.id}
        )
        self.contract._action_change(
            "move",
            date(2026, 4, 1),
            subscriber_id=self.subscriber.id,
            to_subscriber_id=new.id,
            removal=False,
        )
        self.pay(self.invoice)
        self.assertEqual(self.subscriber.state, "suspended")
        switch = self.contract.dunning_step_ids.switch_ids
        self.assertEqual(switch.state, "by_hand")
        self.assertIn("left the contract", switch.reason)

    def test_not_when_another_contract_covers_monitoring_and_is_paid(self):
        other = self.run_contract(start=START)
        self.dun(1, 60)
        self.assertEqual(self.subscriber.state, "active")
        self.assertIn(other.code, self.contract.dunning_step_ids.switch_ids.reason)

    def test_another_contract_for_maintenance_keeps_nobody_monitored(self):
        self.run_contract(self.fee(product=self.maintenance), start=START)
        self.dun(1, 60)
        self.assertEqual(self.subscriber.state, "suspended")

    def test_a_contract_for_maintenance_cuts_nobody_off(self):
        covering = self.run_contract(start=START)
        self.contract.contract_line_ids.covers_monitoring = False
        self.dun(1, 60)
        self.assertEqual(self.subscriber.state, "active")
        self.assertFalse(self.contract.dunning_step_ids.switch_ids)
        self.assertTrue(covering)

    def test_not_in_the_middle_of_an_alarm(self):
        self.dun(1, 50)
        self.ingest(self.signal())
        self.dun(51, 60)
        self.assertEqual(self.subscriber.state, "active")
        incident = self.env["alarm.incident"].search([("subscriber_id", "=", self.subscriber.id)])
        incident.with_user(self.supervisor).action_cancel("test")
        self.dun(61)
        self.assertEqual(self.subscriber.state, "suspended")

    def test_not_where_a_carrier_pays(self):
        self.contract.payer = "carrier"
        self.dun(1, 200)
        self.assertEqual(self.contract.fee_state, "notice")
        self.assertEqual(self.subscriber.state, "active")
        self.assertFalse(self.contract.log_only_on)

    def test_not_for_who_has_paid_and_accounts_has_not_allocated_it(self):
        self.dun(1, 34)
        self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 100.0,
            }
        ).action_post()
        self.dun(35, 100)
        self.assertEqual(self.subscriber.state, "active")
        notice = self.contract.dunning_step_ids.filtered(lambda step: step.action == "notice")
        self.assertEqual(notice.state, "failed")
        self.assertIn("allocated", notice.error)

    def test_not_for_an_invoice_in_dispute(self):
        self.dun(1, 30)
        self.invoice.action_toggle_block_payment()
        self.dun(31, 100)
        self.assertEqual(self.contract.fee_state, "ok")

    def test_not_while_dunning_is_paused(self):
        self.dun(1, 40)
        self.contract.sudo().write(
            {"dunning_paused_until": date(2026, 3, 31), "dunning_pause_reason": "dispute"}
        )
        self.dun(41, 89)
        self.assertEqual(self.subscriber.state, "active")
        self.dun(90)
        self.assertEqual(self.subscriber.state, "suspended")

    def test_who_was_suspended_by_hand_is_not_reactivated_by_a_payment(self):
        self.subscriber.action_suspend()
        self.dun(1, 60)
        self.assertEqual(self.contract.dunning_step_ids.switch_ids.state, "other")
        self.pay(self.invoice)
        self.assertEqual(self.subscriber.state, "suspended")

    def test_who_was_reactivated_by_hand_is_neither_cut_off_again_nor_touched_by_a_payment(self):
        self.bring_to_log_only()
        self.subscriber.action_reactivate()
        self.dun(53, 70)
        self.assertEqual(self.subscriber.state, "active")
        self.subscriber.action_suspend()
        self.pay(self.invoice)
        self.assertEqual(self.subscriber.state, "suspended")

    def test_back_only_when_every_contract_that_cut_it_off_is_paid(self):
        other = self.run_contract(start=START)
        invoice = other._charge(START)
        for number in range(1, 60):
            (self.contract | other)._dun(START + timedelta(days=number))
            self.send()
        self.assertEqual(self.subscriber.state, "suspended")
        self.pay(self.invoice)
        self.pay(invoice)
        self.assertEqual(self.subscriber.state, "active")

    @mute_logger("odoo.addons.alarm_contract.models.alarm_dunning_switch")
    def test_one_subscriber_that_cannot_be_switched_is_listed_while_the_others_are(self):
        second = self.make_panel("7002").subscriber_id
        self.contract.subscriber_ids += second
        self.dun(1, 50)
        original = type(second)._suspend_because

        def refuse(records, reason):
            if records == second:
                raise ValueError("locked")
            return original(records, reason)

        with patch.object(type(second), "_suspend_because", refuse):
            self.dun(51, 52)
        self.assertEqual((self.subscriber.state, second.state), ("suspended", "active"))
        step = self.contract.dunning_step_ids.filtered(lambda one: one.action == "log_only")
        self.assertIn("locked", step.error)
        self.dun(53)
        self.assertEqual(second.state, "suspended")
        self.assertFalse(step.error)

    @mute_logger("odoo.addons.alarm_contract.models.alarm_dunning_step")
    def test_a_step_that_fails_is_listed_and_tried_again_and_nothing_follows_it(self):
        step_type = type(self.env["alarm.dunning.step"])
        with patch.object(step_type, "_print_letter", side_effect=ValueError("no browser")):
            self.dun(1, 60)
        notice = self.contract.dunning_step_ids.filtered(lambda step: step.action == "notice")
        self.assertEqual((notice.state, notice.error), ("failed", "no browser"))
        self.assertGreater(notice.tries, 10)
        self.assertEqual(self.contract.fee_state, "call")
        self.dun(61, 62)
        self.assertEqual(notice.state, "done")
        self.assertEqual(self.contract.fee_state, "notice")
        self.assertEqual(self.subscriber.state, "active")


@tagged("post_install", "-at_install")
class TestDunningRights(DunningCase):
    def test_pause_needs_a_reason_and_an_end(self):
        today = fields.Date.today()
        wizard = self.env["alarm.dunning.pause"].with_user(self.clerk)
        for values in (
            {"until": today, "reason": "  "},
            {"until": today - timedelta(days=1), "reason": "dispute"},
            {"until": today + timedelta(days=1000), "reason": "dispute"},
        ):
            with self.assertRaises(UserError):
                wizard.create({"contract_ids": self.contract.ids, **values}).action_apply()
        wizard.create(
            {"contract_ids": self.contract.ids, "until": today, "reason": "dispute"}
        ).action_apply()
        self.assertEqual(self.contract.dunning_pause_reason, "dispute")

    def test_nobody_says_what_the_machinery_finds_out(self):
        contract = self.contract.with_user(self.clerk)
        contract.write({"fee_state": "ok", "overdue_since": False, "note": "x"})
        self.dun(1, 10)
        contract.write({"fee_state": "ok"})
        self.assertEqual(self.contract.fee_state, "reminded")
        step = self.contract.dunning_step_ids.with_user(self.clerk)
        with self.assertRaises(AccessError):
            step.write({"delivered_on": START})
        with self.assertRaises(UserError):
            self.subscriber.write({"suspension_reason": "because"})

    def test_everybody_who_reads_the_subscriber_sees_the_state_and_no_contract(self):
        self.dun(1, 10)
        mine = self.subscriber.with_user(self.dispatcher)
        self.assertEqual(mine.fee_state, "reminded")
        found = mine.search([("fee_state", "=", "reminded")])
        self.assertIn(self.subscriber, found)
        self.assertNotIn(self.subscriber, mine.search([("fee_state", "in", ("ok", "none"))]))
        with self.assertRaises(AccessError):
            self.contract.with_user(self.dispatcher).read(["name"])
        with self.assertRaises(AccessError):
            self.contract.dunning_step_ids.with_user(self.dispatcher).read(["amount"])

    def test_without_a_contract_there_are_no_fees(self):
        other = self.make_panel("7003").subscriber_id
        self.assertEqual(other.fee_state, "none")
        self.assertIn(other, other.search([("fee_state", "=", "none")]))
        self.assertNotIn(self.subscriber, other.search([("fee_state", "=", "none")]))

    def test_a_ladder_gives_notice_before_log_only(self):
        level = self.env["alarm.dunning.level"]
        company = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(ValidationError):
            level.create({"name": "Cut", "days": 5, "action": "log_only", "company_id": company.id})
        with self.assertRaises(ValidationError):
            level.create(
                {
                    "name": "Notice",
                    "days": 5,
                    "action": "notice",
                    "notice_days": 14,
                    "company_id": company.id,
                }
            )

    def test_an_invoice_of_several_contracts_is_overdue_for_each_with_its_part(self):
        both = self.contract.browse()
        for price in (30.0, 70.0):
            both |= self.run_contract(self.fee(price), start=START, invoice_grouping="customer")
        both._charge(START)
        self.assertEqual(len(both.charge_ids.move_id), 1)
        items = both._overdue_items(date(2026, 2, 1), both)
        self.assertEqual([items[one.id][0].amount for one in both], [30.0, 70.0])

    def test_overdue_is_found_with_the_same_queries_for_many(self):
        more = self.contract
        for _number in range(8):
            more |= self.run_contract(start=START)
        more._charge(START)
        day = date(2026, 2, 1)
        self.contract._overdue_items(day, self.contract)
        with self.assertQueryCount(1):
            self.assertEqual(len(more._overdue_items(day, more)), 9)

    def test_devices_without_a_panel_are_dunned_and_nobody_is_switched(self):
        device = self.env["alarm.device"].create(
            {"product_id": self.monitoring.id, "company_id": self.company.id}
        )
        contract = self.run_contract(
            start=START,
            subscriber_ids=[Command.clear()],
            device_ids=[Command.set(device.ids)],
        )
        contract._charge(START)
        self.dun(1, 60, contract)
        self.assertEqual(contract.fee_state, "log_only")
        self.assertFalse(contract.dunning_step_ids.switch_ids)
