from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestFigures(SaleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.quote(cls.make_survey())

    def test_the_total_is_what_is_paid_once(self):
        # Panel 1000, two contacts 100, motion 200, work 600; the camera stays ours.
        self.assertEqual(self.order.amount_untaxed, 1900)
        self.assertEqual(self.order.tax_totals["base_amount_currency"], 1900)

    def test_leased_pieces_cost_the_customer_nothing_but_their_fee(self):
        camera = self.order.order_line.filtered(lambda line: line.product_id == self.camera)
        self.assertEqual(camera.price_unit, 0)
        lease = self.order.order_line.filtered(lambda line: line.product_id == self.lease)
        self.assertEqual(lease.price_subtotal, 30)

    def test_a_piece_that_becomes_leased_loses_its_price_and_gets_it_back(self):
        with Form(self.order) as form:
            with form.order_line.edit(2) as line:
                line.alarm_ownership = "leased"
                self.assertEqual(line.price_unit, 0)
                line.alarm_ownership = "sold"
                self.assertEqual(line.price_unit, 50)

    def test_fees_of_all_periods_count_by_the_month(self):
        self.assertEqual(self.order.monthly_revenue, 130)
        self.order.order_line = [Command.create({"product_id": self.upkeep.id})]
        self.assertEqual(self.order.monthly_revenue, 150)
        self.assertEqual(
            [(row["recurrence"], row["untaxed"]) for row in self.order._fee_totals()],
            [("Monthly", 130), ("Yearly", 240)],
        )

    def test_the_cost_to_create_is_told_in_months_of_fees(self):
        # 600 + 2*20 + 80 + 400 + 2*150 = 1420 of cost, 1900 paid at once: nothing to win back.
        self.assertEqual(self.order.cost_to_create, 1420 - 1900)
        self.assertEqual(self.order.creation_multiple, 0)
        unit = self.order.order_line.filtered(lambda line: line.product_id == self.unit)
        unit.alarm_ownership = "leased"
        self.assertEqual(self.order.cost_to_create, 1420 - 900)
        self.assertAlmostEqual(self.order.creation_multiple, 520 / 130, 1)

    def test_signed_but_not_live_is_counted_by_month(self):
        self.order.action_confirm()
        rows = self.pipeline()
        self.assertEqual(rows[self.month(), "signed"], 130)
        subscriber = self.order.sudo().subscriber_id
        subscriber.with_user(self.office).action_submit()
        subscriber.with_user(self.approver).action_approve()
        self.assertEqual(self.order.live_on, fields.Date.today())
        rows = self.pipeline()
        self.assertNotIn((self.month(), "signed"), rows)
        self.assertEqual(rows[self.month(), "live"], 130)

    def month(self):
        return fields.Date.today().replace(day=1)

    def pipeline(self):
        return {
            (fields.Date.to_date(month), stage): revenue
            for month, stage, revenue in self.env["sale.order"]
            .with_user(self.seller)
            ._read_group(
                [("alarm_stage", "!=", False), ("user_id", "=", self.seller.id)],
                ["date_order:month", "alarm_stage"],
                ["monthly_revenue:sum"],
            )
        }
