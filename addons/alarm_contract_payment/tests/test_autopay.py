from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import Command, api, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DAY, DUE, AutopayCase


@tagged("post_install", "-at_install")
class TestAutopay(AutopayCase):
    """An invoice is collected once, from its payer."""

    def test_it_is_announced_and_collected_when_it_is_due(self):
        self.switch_on()
        move, collection = self.charge()
        self.assertEqual((collection.state, collection.due_on), ("to_collect", DUE))
        announcement = move._get_payment_announcement()
        self.assertIn("03/11/2026", announcement)
        self.assertIn(self.token.display_name, announcement)
        template = self.env.ref("alarm_contract.mail_template_invoice")
        body = template._render_field("body_html", move.ids, set_lang="en_US")[move.id]
        self.assertIn(self.token.display_name, body)
        printed, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.account_invoices", move.ids
        )
        self.assertIn("03/11/2026 by", printed.decode())
        with self.answers() as asked:
            self.collect(DUE - timedelta(days=1))
            self.assertFalse(asked)
            self.collect()
        self.assertEqual((asked[0].amount, asked[0].operation), (100.0, "offline"))
        self.assertEqual(collection.state, "collected")
        self.assertFalse(move.amount_residual)
        self.assertEqual(collection.transaction_id.payment_id.payment_token_id, self.token)

    def test_whoever_runs_the_job_again_collects_nothing_again(self):
        self.switch_on()
        self.charge()
        with self.answers() as asked:
            for day in range(30):
                self.collect(DUE + timedelta(days=day))
        self.assertEqual(len(asked), 1)

    def test_nothing_is_collected_without_being_switched_on(self):
        _move, collection = self.charge()
        self.assertFalse(collection)

    def test_the_payer_knows_it_some_days_before(self):
        self.contract.payment_term_id = False
        self.switch_on()
        _move, collection = self.charge()
        self.assertEqual(collection.due_on, DAY + timedelta(days=3))

    def test_nobody_pays_by_what_somebody_else_has_stored(self):
        stranger = self.env["res.partner"].create({"name": "Sam Stranger"})
        token = self._create_token(partner_id=stranger.id, payment_details="9999")
        with self.assertRaisesRegex(UserError, "is of Sam Stranger, not of the payer"):
            self.switch_on(token=token)
        # Nor when it came there by another way.
        self.switch_on()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE contract_contract SET autopay_token_id = %s WHERE id = %s",
            [token.id, self.contract.id],
        )
        self.env.invalidate_all()
        _move, collection = self.charge()
        self.assertEqual((collection.state, collection.due_on), ("failed", False))
        self.assertIn("is of Sam Stranger, not of the payer", collection.reason)
        collection.write({"due_on": DUE})
        with self.answers() as asked:
            self.collect()
        self.assertFalse(asked)
        self.assertIn("is of Sam Stranger, not of the payer", collection.reason)

    def test_a_colleague_of_the_payer_pays_by_what_he_has_stored(self):
        person = self.env["res.partner"].create({"name": "Ada", "parent_id": self.customer.id})
        self.switch_on(token=self._create_token(partner_id=person.id))
        move, _collection = self.charge()
        with self.answers() as asked:
            self.collect()
        self.assertTrue(asked)
        self.assertFalse(move.amount_residual)

    def test_a_new_payer_does_not_pay_what_the_old_one_owes(self):
        self.switch_on()
        move, collection = self.charge()
        heir = self.env["res.partner"].create({"name": "Heir"})
        self.contract.invoice_partner_id = heir
        self.assertFalse(self.contract.autopay)
        self.assertEqual(collection.state, "void")
        token = self._create_token(partner_id=heir.id, payment_details="7777")
        self.switch_on(token=token)
        collection.write({"state": "failed", "due_on": DUE})
        with self.answers() as asked:
            self.collect()
        self.assertFalse(asked)
        self.assertEqual(collection.state, "failed")
        self.assertIn("is of Heir, not of the payer", collection.reason)
        self.assertEqual(move.amount_residual, 100)

    def test_what_is_refused_says_why_is_told_and_tried_again_by_its_schedule(self):
        self.switch_on()
        move, collection = self.charge()
        with self.answers("error") as asked:
            self.collect()
            self.assertEqual((collection.state, collection.reason), ("failed", "No money"))
            self.assertEqual(collection.due_on, DUE + timedelta(days=3))
            for day in range(1, 40):
                self.collect(DUE + timedelta(days=day))
        self.assertEqual(len(asked), 4)
        self.assertEqual((collection.state, collection.due_on), ("failed", False))
        told = move.message_ids.filtered(lambda message: self.customer in message.partner_ids)
        self.assertEqual(len(told), 4)
        self.assertIn("could not be collected", told[0].subject)
        self.assertIn("No money", told[0].body)

    def test_it_is_dunned_once_it_failed_and_not_before(self):
        self.switch_on()
        _move, collection = self.charge()
        late = DUE + timedelta(days=2)
        overdue = self.contract._overdue_items
        self.assertFalse(overdue(late, self.contract))
        collection._fail("No money")
        self.assertTrue(overdue(late, self.contract))
        # Nor does a job that stands still keep it quiet.
        collection.write({"state": "to_collect", "due_on": DUE})
        self.assertFalse(overdue(late, self.contract))
        self.assertTrue(overdue(DUE + timedelta(days=6), self.contract))

    def test_a_new_payment_method_pays_what_failed(self):
        self.switch_on()
        move, collection = self.charge()
        with self.answers("error"):
            self.collect()
        token = self._create_token(partner_id=self.customer.id, payment_details="8888")
        later = DUE + timedelta(days=1)
        with freeze_time(later), self.answers() as asked:
            self.switch_on(token=token)
            self.env["alarm.collection"]._collect_due()
        self.assertEqual(asked[0].token_id, token)
        self.assertEqual(collection.state, "collected")
        self.assertFalse(move.amount_residual)

    def test_who_is_paying_on_the_portal_is_not_collected_from(self):
        self.switch_on()
        move, collection = self.charge()
        with freeze_time(f"{DUE} 10:00:00"):
            paying = self._create_transaction(
                "redirect", invoice_ids=[Command.set(move.ids)], currency_id=move.currency_id.id
            )
            with self.answers() as asked:
                self.env["alarm.collection"]._collect_due()
        self.assertFalse(asked)
        self.assertEqual((collection.state, collection.transaction_id), ("on_way", paying))
        # He has left the page.
        with freeze_time(f"{DUE} 12:00:00"), self.answers() as asked:
            self.env["alarm.collection"]._collect_due()
        self.assertEqual(len(asked), 1)
        self.assertEqual(collection.state, "collected")

    def test_who_has_just_paid_on_the_portal_is_not_asked_again(self):
        self.switch_on()
        move, collection = self.charge()
        paid = self._create_transaction(
            "redirect",
            invoice_ids=[Command.set(move.ids)],
            amount=100.0,
            currency_id=move.currency_id.id,
        )
        paid._set_done()
        with self.answers() as asked:
            self.collect()
            paid._post_process()
            self.collect(DUE + timedelta(days=1))
        self.assertFalse(asked)
        self.assertEqual(collection.state, "collected")
        self.assertFalse(move.amount_residual)

    def test_nobody_pays_on_the_portal_what_is_being_collected(self):
        self.switch_on()
        move, collection = self.charge()
        with self.answers("pending"):
            self.collect()
        self.assertEqual((collection.state, collection.due_on), ("on_way", False))
        self.assertFalse(move._has_to_be_paid())
        with self.assertRaisesRegex(ValidationError, "being collected"), self.env.cr.savepoint():
            self._create_transaction("redirect", invoice_ids=[Command.set(move.ids)])
        # The answer comes later.
        collection.transaction_id._set_done()
        self.assertEqual(collection.state, "collected")

    @mute_logger("odoo.addons.alarm_contract_payment.models.alarm_collection_work")
    def test_what_nobody_answers_is_not_sent_again(self):
        self.switch_on()
        _move, collection = self.charge()
        with self.answers("bug") as asked:
            for day in range(20):
                self.collect(DUE + timedelta(days=day))
        self.assertEqual(len(asked), 1)
        self.assertEqual((collection.state, collection.due_on), ("failed", False))
        self.assertIn("Look up there", collection.reason)
        # A clerk has looked it up.
        with freeze_time(DUE + timedelta(days=20)), self.answers() as asked:
            collection.with_user(self.clerk).action_retry()
            self.env["alarm.collection"]._collect_due()
        self.assertEqual(len(asked), 1)
        self.assertEqual(collection.state, "collected")

    def test_the_day_is_that_of_the_company_that_is_owed(self):
        self.switch_on()
        _move, collection = self.charge()
        self.company.partner_id.tz = "Pacific/Honolulu"
        with self.answers() as asked, freeze_time(f"{DUE} 05:00:00"):
            other = self.env["res.company"].create({"name": "Early"})
            other.partner_id.tz = "Asia/Shanghai"
            self.env.user.company_ids |= other
            self.env["alarm.collection"].with_company(other)._collect_due()
        self.assertFalse(asked)
        self.assertEqual(collection.state, "to_collect")

    @mute_logger("odoo.addons.alarm_contract_payment.models.alarm_collection_work")
    def test_an_unanswered_one_that_cannot_be_told_keeps_no_other(self):
        self.switch_on()
        _move, first = self.charge()
        with self.answers("pending"):
            self.collect()
        other = self.run_contract(start=DAY, payment_term_id=self.term.id)
        self.switch_on(other)
        _move, second = self.charge(other)
        later = DUE + timedelta(days=9)
        with (
            self.answers() as asked,
            patch.object(type(first), "_tell_failed", side_effect=TypeError("bad template")),
        ):
            self.collect(later)
        self.assertEqual(len(asked), 1)
        self.assertEqual((first.state, second.state), ("on_way", "collected"))

    @mute_logger("odoo.addons.alarm_contract_payment.models.alarm_collection_work")
    def test_one_at_which_somebody_else_was_keeps_no_other(self):
        other = self.run_contract(start=DAY, payment_term_id=self.term.id)
        for contract in (self.contract, other):
            self.switch_on(contract)
        _move, first = self.charge()
        _move, second = self.charge(other)
        collections = type(first)
        begin = collections._begin

        def busy(collection):
            if collection == first:
                raise SerializationFailure
            return begin(collection)

        with self.answers(), patch.object(collections, "_begin", busy):
            self.collect()
        self.assertEqual((first.state, second.state), ("to_collect", "collected"))

    def test_an_invoice_of_several_contracts_is_collected_where_all_are_paid_so(self):
        other = self.run_contract(start=DAY, payment_term_id=self.term.id)
        both = self.contract | other
        both.write({"invoice_grouping": "customer"})
        self.switch_on()
        move, collection = self.charge(both)
        self.assertEqual(len(move), 1)
        self.assertFalse(collection)
        self.switch_on(other)
        day = DAY + timedelta(days=31)
        move, collection = self.charge(both, day)
        self.assertEqual(collection.contract_ids, both)
        with self.answers() as asked:
            self.collect(day + timedelta(days=10))
        self.assertEqual([one.amount for one in asked], [200.0])

    def test_instalments_are_collected_each_on_its_day(self):
        self.contract.payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (10, 40)
                ],
            }
        )
        self.switch_on()
        move, collection = self.charge()
        second = DAY + timedelta(days=40)
        with self.answers() as asked:
            self.collect()
            self.assertEqual((collection.state, collection.due_on), ("to_collect", second))
            self.collect(second)
        self.assertEqual([one.amount for one in asked], [50.0, 50.0])
        self.assertEqual(collection.state, "collected")
        self.assertFalse(move.amount_residual)

    def test_who_switches_off_or_deletes_what_he_stored_is_not_collected_from(self):
        self.switch_on()
        _move, collection = self.charge()
        self.contract.with_user(self.clerk).action_autopay_off()
        self.assertEqual(collection.state, "void")
        self.switch_on()
        self.token.active = False
        self.assertFalse(self.contract.autopay)

    def test_what_was_paid_otherwise_is_not_collected(self):
        self.switch_on()
        move, collection = self.charge()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"payment_date": fields.Date.to_string(DAY)})._create_payments()
        with self.answers() as asked:
            self.collect()
        self.assertFalse(asked)
        self.assertEqual(collection.state, "void")

    def give_back(self, amount, **values):
        """A credit note that nobody has allocated."""
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": DAY,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goodwill", "price_unit": amount, "tax_ids": [Command.clear()]}
                    )
                ],
                **values,
            }
        )
        note.action_post()
        return note

    def test_what_was_given_back_is_not_collected(self):
        contract = self.run_contract(
            self.fee(1200.0, period_months=12), start=DAY, payment_term_id=self.term.id
        )
        self.switch_on(contract)
        move, collection = self.charge(contract)
        day = DAY + timedelta(days=5)
        charge = contract.charge_ids
        self.env["alarm.charge"]._add(
            [{**charge._prepare_credit(day, charge.period_end, 1000.0), "date_due": day}]
        )
        note, _none = self.charge(contract, day)
        self.assertEqual((note.move_type, note.amount_residual), ("out_refund", 0.0))
        self.assertEqual(move.amount_residual, 200.0)
        with self.answers() as asked:
            self.collect()
        self.assertEqual([one.amount for one in asked], [200.0])
        self.assertEqual(collection.state, "collected")
        self.assertFalse(move.amount_residual)

    def test_what_was_given_back_on_the_whole_needs_no_collection(self):
        self.switch_on()
        move, collection = self.charge()
        charge = self.contract.charge_ids
        self.env["alarm.charge"]._add(
            [{**charge._prepare_credit(DAY, charge.period_end, 100.0), "date_due": DAY}]
        )
        self.charge()
        self.assertFalse(move.amount_residual)
        with self.answers() as asked:
            self.collect()
        self.assertFalse(asked)
        self.assertEqual(collection.state, "void")

    def test_what_the_payer_has_unallocated_is_not_collected(self):
        self.switch_on()
        move, collection = self.charge()
        note = self.give_back(30.0)
        with self.answers() as asked:
            self.collect()
        self.assertEqual([one.amount for one in asked], [70.0])
        self.assertEqual(move.amount_residual, 30.0)
        # What is left of it waits for accounts.
        with self.answers() as asked:
            for day in range(1, 20):
                self.collect(DUE + timedelta(days=day))
        self.assertFalse(asked)
        self.assertEqual(collection.state, "to_collect")
        self.assertIn("Allocate it", collection.reason)
        (move | note)._get_open_receivables().reconcile()
        self.assertEqual(collection.state, "void")

    def test_a_payment_that_has_no_entry_yet_is_unallocated_too(self):
        self.switch_on()
        self.charge()
        journal = self.env["account.journal"].create(
            {"name": "Test Bank", "code": "TBNK", "type": "bank"}
        )
        journal.inbound_payment_method_line_ids.payment_account_id = False
        values = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.customer.id,
            "amount": 40.0,
            "journal_id": journal.id,
        }
        # As where statements of the bank are matched with payments.
        moves = type(self.env["account.move"])
        with patch.object(
            moves, "_get_invoice_in_payment_state", api.model(lambda self: "in_payment")
        ):
            payment = self.env["account.payment"].create(values)
            payment.action_post()
        self.assertEqual((payment.state, bool(payment.move_id)), ("in_process", False))
        with self.answers() as asked:
            self.collect()
        self.assertEqual([one.amount for one in asked], [60.0])

    def test_what_was_paid_out_after_all_is_collected(self):
        self.switch_on()
        _move, collection = self.charge()
        note = self.give_back(100.0)
        with self.answers() as asked:
            self.collect()
            self.assertFalse(asked)
            note.button_draft()
            note.button_cancel()
            self.collect(DUE + timedelta(days=1))
        self.assertEqual([one.amount for one in asked], [100.0])
        self.assertEqual((collection.state, collection.reason), ("collected", False))

    def test_what_the_payer_has_pays_one_invoice_only_the_oldest_first(self):
        other = self.run_contract(start=DAY, payment_term_id=self.term.id)
        for contract in (self.contract, other):
            self.switch_on(contract)
        _move, first = self.charge()
        _move, second = self.charge(other)
        self.give_back(130.0)
        with self.answers() as asked:
            self.collect()
        self.assertEqual([(one.invoice_ids, one.amount) for one in asked], [(second.move_id, 70)])
        self.assertEqual(first.state, "to_collect")

    def test_what_somebody_else_has_pays_nothing(self):
        self.switch_on()
        self.charge()
        self.give_back(50.0, partner_id=self.env["res.partner"].create({"name": "Sam"}).id)
        with self.answers() as asked:
            self.collect()
        self.assertEqual([one.amount for one in asked], [100.0])

    def test_who_pays_a_part_of_what_was_called_off_sets_nothing_going(self):
        self.switch_on()
        move, collection = self.charge()
        collection.with_user(self.clerk).action_void()
        paid = self._create_transaction(
            "redirect",
            invoice_ids=[Command.set(move.ids)],
            amount=40.0,
            currency_id=move.currency_id.id,
        )
        paid._set_done()
        paid._post_process()
        self.assertEqual(move.amount_residual, 60)
        self.assertEqual((collection.state, collection.transaction_id), ("void", paid))
        with self.answers() as asked:
            for day in range(30):
                self.collect(DUE + timedelta(days=day))
        self.assertFalse(asked)

    def test_only_the_buttons_switch_it(self):
        contract = self.contract.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "by its buttons"):
            contract.write({"autopay": True, "autopay_token_id": self.token.id})
        with self.assertRaisesRegex(UserError, "by its buttons"):
            self.make_contract().with_user(self.clerk).copy({"autopay": True})
        made = (
            self.env["contract.contract"]
            .with_user(self.clerk)
            .with_context(default_autopay=True, default_autopay_token_id=self.token.id)
            .create({"partner_id": self.customer.id, "business_model_id": self.model.id})
        )
        self.assertFalse(made.autopay)
        action = contract.action_autopay()
        wizard = (
            self.env["alarm.autopay.switch"]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({"token_id": self.token.id, "consent": "Ada, by letter"})
        )
        wizard.action_apply()
        self.assertEqual(self.contract.autopay_consent, "Ada, by letter (Cleo)")

    def test_nobody_writes_a_collection_and_only_clerks_say_what_becomes_of_it(self):
        self.switch_on()
        _move, collection = self.charge()
        for user in (self.clerk, self.accountant):
            with self.assertRaises(AccessError):
                collection.with_user(user).write({"state": "collected"})
        with self.assertRaises(AccessError):
            collection.with_user(self.accountant).action_void()
        with self.assertRaises(AccessError):
            collection.with_user(self.dispatcher).read(["state"])
        collection.with_user(self.clerk).action_void()
        self.assertEqual(collection.state, "void")
