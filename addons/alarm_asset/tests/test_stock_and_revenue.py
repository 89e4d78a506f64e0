from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from .common import AssetCase


@tagged("post_install", "-at_install")
class TestStockAndRevenue(AssetCase):
    """What Odoo 19 posts of equipment, and when: stated in the readme, asserted here."""

    def invoice(self, product, price=180):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.context_today(self.env.user),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice

    def test_a_delivery_that_is_sold_posts_nothing_its_invoice_posts_revenue_and_cost(self):
        picking = self.deliver(["DET-1"], "sold")
        self.assertFalse(picking.move_ids.account_move_id)
        self.check_books()
        self.invoice(self.detector)
        self.check_books(Sales=-180, Stock=-100, **{"Cost_of_Sale": 100})

    def test_under_periodic_valuation_neither_posts_a_cost(self):
        self.category.property_valuation = "periodic"
        self.deliver(["DET-1"], "sold")
        self.invoice(self.detector)
        self.check_books(Sales=-180)
        with freeze_time("2027-01-10"):
            self.deliver(["DET-2"], "leased")
        self.check_books(Sales=-180)

    def test_a_delivery_on_lease_posts_at_once_and_its_fee_has_no_cost(self):
        service = self.env["product.product"].create(
            {
                "name": "Test Lease",
                "type": "service",
                "property_account_income_id": self.accounts["Sales"].id,
            }
        )
        with freeze_time("2027-01-10"):
            self.deliver(["DET-1"], "leased")
            self.check_books(Leased_Equipment=100, Stock=-100)
            self.invoice(service, 15)
        self.check_books(Leased_Equipment=100, Stock=-100, Sales=-15)

    def test_cable_that_goes_into_a_leased_installation_is_cost_not_an_asset(self):
        with freeze_time("2027-01-10"):
            self.deliver(["DET-1"], "leased", cable=10)
            self.activate(self.subscriber)
        self.check_books(Leased_Equipment=100, Stock=-120, **{"Cost_of_Sale": 20})
        self.env.flush_all()
        rows = self.env["alarm.asset.check"].search([("company_id", "=", self.company.id)])
        self.assertFalse(
            rows.filtered(lambda row: row.account_id == self.accounts["Leased Equipment"])
        )

    def test_at_standard_price_what_comes_back_is_a_gain(self):
        """A standard price is what a piece is worth in stock, used or not."""
        self.category.property_cost_method = "standard"
        picking = self.lease(["DET-1"])
        with freeze_time("2027-04-05"):
            self.take_back(picking, ["DET-1"])
        self.check_books(Expense=30, Gain=-30)

    def test_first_in_first_out(self):
        self.category.property_cost_method = "fifo"
        picking = self.lease(["DET-1"])
        with freeze_time("2027-04-05"):
            back = self.take_back(picking, ["DET-1"])
        self.assertEqual(back.move_ids.value, 70)
        self.check_books(Stock=-30, Expense=30)
        # And the stock's own value says the same.
        self.assertEqual(self.detector.total_value, 370)
