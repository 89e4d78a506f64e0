from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import AssetCase


@tagged("post_install", "-at_install")
class TestSaleTakenBack(AssetCase):
    """A leased piece that the customer bought, and what becomes of it with its invoice."""

    def setUp(self):
        super().setUp()
        self.env["account.tax"].search([]).active = False
        self.company.account_sale_tax_id = False
        model = self.env["alarm.business.model"].create(
            {"name": "Test", "code": "T-BACK", "period_months": 1, "term_months": 10}
        )
        self.contract = self.env["contract.contract"].create(
            {
                "partner_id": self.customer.id,
                "business_model_id": model.id,
                "subscriber_ids": [Command.set(self.subscriber.ids)],
            }
        )
        self.contract.action_sign()
        self.lease(["DET-1"])
        self.device = self.card("DET-1")
        self.the_asset = self.asset("DET-1")

    def sell(self, price=100, day=date(2027, 4, 10)):
        with freeze_time(day):
            return self.device._buy_out(self.contract, {self.device: price}, day)

    def credit(self, invoice, day=date(2027, 6, 20), modify=False):
        """By whoever keeps invoices only, in the form of an invoice."""
        clerk = new_test_user(self.env, f"t-clerk-{day}", "account.group_account_invoice")
        with freeze_time(day):
            wizard = (
                self.env["account.move.reversal"]
                .with_user(clerk)
                .with_context(
                    active_model="account.move",
                    active_ids=invoice.ids,
                    default_move_type="out_invoice",
                )
                .create({"journal_id": invoice.journal_id.id, "date": day})
            )
            wizard.reverse_moves(is_modify=modify)
            if not modify:
                wizard.new_move_ids.action_post()
        return wizard.new_move_ids.sudo()

    def check_leased(self):
        self.assertEqual(self.the_asset.state, "open")
        self.assertFalse(self.the_asset.alarm_end)
        self.assertEqual(self.device.ownership, "leased")
        self.assertEqual(self.device.owner_id, self.company.partner_id)
        self.assertEqual(self.lot("DET-1").location_id, self.location("leased"))
        self.assertEqual(self.asset("DET-1"), self.the_asset)

    def check_sold(self):
        self.assertEqual((self.the_asset.state, self.the_asset.alarm_end), ("removed", "sold"))
        self.assertEqual((self.device.ownership, self.device.owner_id), ("sold", self.customer))
        self.assertEqual(self.lot("DET-1").location_id, self.location("sold"))

    def test_credited_on_the_whole_it_is_leased_again_and_depreciated_on(self):
        invoice = self.sell()
        self.check_sold()
        self.check_books(Stock=-100, Expense=30, Gain=-30)
        self.credit(invoice)
        self.check_leased()
        self.assertEqual(self.contract.charge_ids.state, "credited")
        self.check_books(Leased_Equipment=100, Stock=-100, Expense=30, Depreciation=-30)
        self.depreciate(date(2027, 6, 30))
        self.check_books(Leased_Equipment=100, Stock=-100, Expense=60, Depreciation=-60)
        undone = self.env["account.move"].search(
            [("reversed_entry_id.line_ids.asset_id", "=", self.the_asset.id)]
        )
        self.assertEqual(undone.mapped("date"), [date(2027, 6, 20)])

    def test_it_can_be_sold_again(self):
        self.credit(self.sell())
        again = self.sell(80, date(2027, 6, 25))
        self.check_sold()
        self.assertEqual(self.contract.charge_ids.mapped("state"), ["charged", "credited"])
        self.assertEqual(again.amount_untaxed, 80)
        # Worth 50 after five months.
        self.check_books(Stock=-100, Expense=50, Gain=-30)

    def test_charged_again_it_is_sold_again(self):
        self.credit(self.sell())
        charge = self.contract.charge_ids
        charge.action_charge_again()
        self.check_leased()
        with freeze_time("2027-06-25"):
            charge.repeated_ids._invoice(date(2027, 6, 25))
        self.check_sold()

    def test_the_invoice_that_takes_the_place_of_another_sells_at_its_own_price(self):
        new = self.credit(self.sell(), modify=True)
        self.check_leased()
        new.invoice_line_ids.price_unit = 60
        with freeze_time("2027-06-20"):
            new.action_post()
        self.check_sold()
        self.check_books(Stock=-100, Expense=50, Gain=-10)
        self.assertEqual(new.alarm_charge_ids.amount, 60)

    def test_cancelled_it_is_leased_again_and_sold_when_it_is_posted_again(self):
        invoice = self.sell()
        invoice.button_draft()
        self.check_sold()
        invoice.button_cancel()
        self.check_leased()
        invoice.button_draft()
        self.check_leased()
        invoice.action_post()
        self.check_sold()
        self.check_books(Stock=-100, Expense=30, Gain=-30)

    def test_a_credit_note_that_is_taken_back_sells_it_again(self):
        credit = self.credit(self.sell())
        self.check_leased()
        credit.button_draft()
        self.check_sold()
        self.check_books(Stock=-100, Expense=30, Gain=-30)

    def test_what_is_not_with_the_customer_any_more_is_not_leased_to_him_again(self):
        invoice = self.sell()
        self.device.state = "lost"
        with self.assertRaisesRegex(UserError, "cannot be leased again"), self.env.cr.savepoint():
            self.credit(invoice)
        self.assertEqual(self.the_asset.state, "removed")

    def test_the_price_of_what_is_sold_is_not_edited(self):
        invoice = self.sell()
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 90
        with self.assertRaisesRegex(UserError, "DET-1"), self.env.cr.savepoint():
            invoice.action_post()
        invoice.invoice_line_ids.price_unit = 100
        invoice.action_post()
        self.check_sold()
