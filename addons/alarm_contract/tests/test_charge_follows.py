from datetime import date

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ContractCase

YEAR = date(2026, 1, 1)
JULY = date(2026, 7, 1)


@tagged("post_install", "-at_install")
class TestChargeFollowsInvoice(ContractCase):
    """What becomes of charges when somebody cancels, resets or reverses their invoice."""

    def yearly(self, *more):
        contract = self.run_contract(self.fee(365.0, period_months=12), *more)
        return contract, contract._charge(YEAR)

    def credit_note(self, invoice, post=True):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": YEAR})
        )
        wizard.reverse_moves()
        if post:
            wizard.new_move_ids.action_post()
        return wizard.new_move_ids

    def test_a_cancelled_invoice_that_is_posted_after_all_is_billed_once(self):
        contract, invoice = self.yearly()
        invoice.button_cancel()
        self.assertEqual(contract.charge_ids.state, "credited")
        invoice.button_draft()
        self.assertEqual(contract.charge_ids.state, "charged")
        invoice.action_post()
        self.assertEqual(contract.charge_ids.state, "charged")
        self.assertFalse(contract._charge(fields.Date.today()))
        with self.assertRaises(UserError):
            contract.charge_ids.action_charge_again()

    def test_the_clerk_may_charge_again_what_was_credited_once(self):
        contract, invoice = self.yearly()
        charge = contract.charge_ids
        arch = (
            self.env[charge._name]
            .with_user(self.clerk)
            .get_view(self.env.ref("alarm_contract.alarm_charge_view_form").id)["arch"]
        )
        self.assertIn("action_charge_again", arch)
        invoice.button_cancel()
        charge.with_user(self.clerk).action_charge_again()
        self.assertEqual(charge.repeated_ids.state, "chargeable")
        with self.assertRaises(UserError):
            charge.with_user(self.clerk).action_charge_again()

    def test_a_cancelled_invoice_of_what_was_charged_again_stays_cancelled(self):
        contract, invoice = self.yearly()
        invoice.button_cancel()
        contract.charge_ids.action_charge_again()
        again = contract._charge(fields.Date.today())
        self.assertEqual(again.amount_total, 365.0)
        with self.assertRaisesRegex(UserError, "charged again since"), self.env.cr.savepoint():
            invoice.button_draft()

    def test_what_a_credit_note_by_hand_gives_back_is_not_given_again(self):
        contract, invoice = self.yearly(self.fee(36.5, period_months=12))
        first, second = contract.charge_ids.sorted("amount", reverse=True)
        note = self.credit_note(invoice, post=False)
        note.invoice_line_ids.filtered(lambda line: line.alarm_given_back_id == second).unlink()
        self.assertEqual(first.given_back, 0.0)
        note.invoice_line_ids.price_unit = 84.0
        note.action_post()
        self.assertEqual((first.given_back, second.given_back), (84.0, 0.0))
        unused = contract.contract_line_ids._get_unused(JULY)
        self.assertEqual(sorted(values["amount"] for values in unused), [-100.0, -18.4])
        self.env["alarm.charge"]._add(unused)
        unused = contract.contract_line_ids._get_unused(date(2026, 6, 1))
        self.assertEqual(sorted(values["amount"] for values in unused), [-30.0, -3.0])

    def test_what_an_invoice_gave_back_is_not_given_by_hand_again(self):
        contract, invoice = self.yearly()
        self.env["alarm.charge"]._add(contract.contract_line_ids._get_unused(JULY))
        given = contract.charge_ids.filtered("credits_charge_id")._invoice(JULY)
        self.assertEqual(given.amount_untaxed, 184.0)
        note = self.credit_note(invoice, post=False)
        told = "184.00 of .*365.00 was given back already"
        with self.assertRaisesRegex(UserError, told), self.env.cr.savepoint():
            note.action_post()
        note.invoice_line_ids.price_unit = 181.0
        note.action_post()
        self.assertEqual(note.state, "posted")

    def test_a_whole_credit_note_that_is_taken_back_leaves_it_charged(self):
        contract, invoice = self.yearly()
        note = self.credit_note(invoice)
        self.assertEqual(contract.charge_ids.state, "credited")
        self.assertEqual(contract.charge_ids.given_back, 365.0)
        self.assertFalse(contract.contract_line_ids._get_unused(JULY))
        note.button_draft()
        self.assertEqual(contract.charge_ids.state, "charged")
        note.action_post()
        self.assertEqual(contract.charge_ids.state, "credited")

    def test_the_invoice_that_takes_the_place_of_another_gives_nothing_back(self):
        contract, invoice = self.yearly()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": YEAR})
        )
        wizard.modify_moves()
        new = wizard.new_move_ids
        self.assertFalse(new.invoice_line_ids.alarm_given_back_id)
        old = contract.charge_ids.filtered(lambda charge: charge.state == "credited")
        again = contract.charge_ids - old
        self.assertEqual((old.move_id, old.repeated_ids), (invoice, again))
        self.assertEqual((again.state, again.move_id, again.amount), ("charged", new, 365.0))
        self.assertEqual(new.invoice_line_ids.alarm_charge_id, again)
        self.assertEqual(again.given_back, 0.0)
        return contract, invoice, old, again

    def test_what_was_replaced_is_not_charged_a_third_time(self):
        contract, invoice, old, again = (
            self.test_the_invoice_that_takes_the_place_of_another_gives_nothing_back()
        )
        new = again.move_id
        with self.assertRaisesRegex(UserError, "charged again already"):
            old.action_charge_again()
        new.action_post()
        self.assertFalse(contract._charge(fields.Date.today()))
        unused = contract.contract_line_ids._get_unused(JULY)
        self.assertEqual([values["amount"] for values in unused], [-184.0])
        # Nor is the old one owed as well.
        with self.assertRaisesRegex(UserError, "charged again since"), self.env.cr.savepoint():
            invoice.reversal_move_ids.button_draft()
        # Whoever does not want the new one either charges it with the next invoices.
        new.button_draft()
        new.button_cancel()
        again.action_charge_again()
        self.assertEqual(contract._charge(fields.Date.today()).amount_total, 365.0)

    def test_an_accountant_replaces_an_invoice(self):
        contract, invoice = self.yearly()
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": YEAR})
        )
        wizard.modify_moves()
        self.assertEqual(
            sorted(contract.charge_ids.mapped("state")),
            ["charged", "credited"],
        )

    def test_no_invoice_is_replaced_on_a_day_to_come(self):
        contract, invoice = self.yearly()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": invoice.journal_id.id,
                    "date": fields.Date.add(fields.Date.today(), days=9),
                }
            )
        )
        with self.assertRaisesRegex(UserError, "on a day to come"):
            wizard.modify_moves()

    def test_what_waits_to_be_given_back_is_not_given_twice(self):
        contract, invoice = self.yearly()
        credit = self.env["alarm.charge"]._add(contract.contract_line_ids._get_unused(JULY))
        self.assertEqual(credit.amount, -184.0)
        note = self.credit_note(invoice)
        today = fields.Date.today()
        bill = contract._get_ids_to_bill(contract.company_id, today)
        self.assertNotIn(contract.id, bill)
        self.assertFalse(contract._charge(today))
        self.assertEqual(credit.state, "chargeable")
        # It is owed after all: so is what is to be given back.
        note.button_draft()
        self.assertEqual(contract._charge(today).amount_total, 184.0)
        self.assertEqual(credit.state, "charged")

    def test_a_deposit_of_which_the_invoice_is_reversed_is_not_given_back_as_well(self):
        contract = self.run_contract(self.fee(365.0, period_months=12), deposit_amount=200.0)
        invoice = contract._charge(YEAR)
        self.assertEqual(contract._get_deposit_held(), 200.0)
        self.env["alarm.charge"]._add([contract._prepare_deposit_refund(200.0, JULY)])
        note = self.credit_note(invoice)
        self.assertFalse(contract._charge(fields.Date.today()))
        note.button_draft()
        self.assertEqual(contract._charge(fields.Date.today()).amount_total, 200.0)

    def test_an_invoice_of_nothing_is_given_back_by_a_posted_credit_note_only(self):
        contract, invoice = self.yearly()
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 0.0
        invoice.action_post()
        note = self.credit_note(invoice, post=False)
        self.assertEqual(contract.charge_ids.state, "charged")
        note.button_cancel()
        self.assertEqual(contract.charge_ids.state, "charged")

    def test_nobody_writes_what_an_invoice_line_charges(self):
        contract, invoice = self.yearly()
        line, charge = invoice.invoice_line_ids, contract.charge_ids
        other = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.customer.id}
        )
        values = {"move_id": other.id, "name": "x", "price_unit": 1.0}
        for name in ("alarm_charge_id", "alarm_given_back_id"):
            with self.assertRaises(UserError):
                line.write({name: False})
            with self.assertRaises(UserError):
                self.env["account.move.line"].create({**values, name: charge.id})
            made = line.with_context(**{f"default_{name}": charge.id}).create(values)
            self.assertFalse(made[name])
        with self.assertRaises(UserError):
            line.with_user(self.accountant).write({"alarm_deferral_start": YEAR})

    def edit(self, invoice, **values):
        invoice.button_draft()
        invoice.invoice_line_ids.filtered("alarm_charge_id")[:1].write(values)
        invoice.with_user(self.accountant).action_post()

    def test_the_charge_follows_an_invoice_that_was_edited(self):
        contract, invoice = self.yearly()
        charge = contract.charge_ids
        self.edit(invoice, price_unit=730.0, discount=25.0)
        self.assertEqual(
            (charge.state, charge.quantity, charge.unit_price, charge.discount, charge.amount),
            ("charged", 1.0, 730.0, 25.0, 547.5),
        )
        # From now on that is what was charged.
        unused = contract.contract_line_ids._get_unused(JULY)
        self.assertEqual([values["amount"] for values in unused], [-276.0])
        self.edit(invoice, quantity=2.0, price_unit=100.0, discount=0.0)
        self.assertEqual((charge.quantity, charge.amount), (2.0, 200.0))

    def test_an_invoice_that_is_posted_again_as_it_was_leaves_its_charges(self):
        contract, invoice = self.yearly(self.fee(0.05, quantity=3, period_months=12))
        before = contract.charge_ids.read(["quantity", "unit_price", "discount", "amount"])
        invoice.button_draft()
        invoice.invoice_line_ids.name = "Other words"
        invoice.action_post()
        after = contract.charge_ids.read(["quantity", "unit_price", "discount", "amount"])
        self.assertEqual(after, before)

    def test_a_credit_note_of_charges_that_was_edited(self):
        contract, _invoice = self.yearly()
        self.env["alarm.charge"]._add(contract.contract_line_ids._get_unused(JULY))
        credit = contract.charge_ids.filtered("credits_charge_id")
        given = credit._invoice(JULY)
        given.button_draft()
        given.action_post()
        self.assertEqual(credit.amount, -184.0)
        self.edit(given, quantity=1.0, price_unit=150.0)
        self.assertEqual((credit.quantity, credit.unit_price, credit.amount), (1.0, -150.0, -150.0))
        self.assertEqual(contract.charge_ids.filtered("credit_ids")._get_given(), 150.0)

    def test_less_than_was_given_back_of_it_is_not_charged(self):
        contract, invoice = self.yearly()
        self.env["alarm.charge"]._add(contract.contract_line_ids._get_unused(JULY))
        contract.charge_ids.filtered("credits_charge_id")._invoice(JULY)
        told = "given back already: it cannot become"
        with self.assertRaisesRegex(UserError, told), self.env.cr.savepoint():
            self.edit(invoice, price_unit=100.0)

    def test_the_invoice_that_takes_the_place_of_another_charges_what_it_says(self):
        contract, invoice = self.yearly()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": YEAR})
        )
        wizard.modify_moves()
        new = wizard.new_move_ids
        new.invoice_line_ids.price_unit = 300.0
        new.action_post()
        charges = contract.charge_ids.sorted("id")
        self.assertEqual(charges.mapped("amount"), [365.0, 300.0])

    def test_an_invoice_of_charges_keeps_their_currency(self):
        contract, invoice = self.yearly()
        euro = self.env.ref("base.EUR")
        if euro == contract.currency_id:
            euro = self.env.ref("base.USD")
        euro.active = True
        invoice.button_draft()
        invoice.currency_id = euro
        with self.assertRaisesRegex(UserError, "is charged in"), self.env.cr.savepoint():
            invoice.action_post()

    def test_a_deposit_does_not_become_less_than_was_given_back(self):
        contract = self.run_contract(self.fee(365.0, period_months=12), deposit_amount=200.0)
        invoice = contract._charge(YEAR)
        self.env["alarm.charge"]._add([contract._prepare_deposit_refund(200.0, JULY)])
        contract._charge(fields.Date.today())
        invoice.button_draft()
        invoice.invoice_line_ids.filtered(
            lambda line: line.alarm_charge_id.kind == "deposit"
        ).price_unit = 50.0
        with self.assertRaisesRegex(UserError, "than is held"), self.env.cr.savepoint():
            invoice.action_post()
