from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestInvoicing(SaleCase):
    """The order invoices what is paid once; fees are the contract's, leased pieces nobody's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.quote(cls.make_survey()).sudo()
        cls.order.action_confirm()
        cls.fees = cls.order._fee_lines()
        cls.leased = cls.order.order_line.filtered(lambda line: line.alarm_ownership == "leased")

    def test_fees_and_leased_pieces_are_never_invoiced_by_the_order(self):
        invoice = self.order._create_invoices()
        self.assertEqual(
            set(invoice.invoice_line_ids.product_id),
            {self.unit, self.contact, self.motion, self.work},
        )
        self.assertEqual(invoice.amount_untaxed, self.order.amount_untaxed)
        self.assertFalse((self.fees | self.leased).invoice_lines)
        with self.assertRaises(UserError):
            self.order._create_invoices()

    def test_a_leased_piece_has_no_price(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.leased.price_unit = 5

    def test_nothing_is_left_to_invoice_afterwards(self):
        self.assertEqual(self.order.invoice_status, "to invoice")
        self.order._create_invoices().action_post()
        self.assertEqual(self.order.invoice_status, "invoiced")
        self.assertEqual(self.order.amount_to_invoice, 0)

    def test_fees_wait_for_nothing(self):
        for line in self.fees | self.leased:
            self.assertEqual(
                (line.qty_to_invoice, line.amount_to_invoice, line.untaxed_amount_to_invoice),
                (0, 0, 0),
            )
            self.assertEqual(line.invoice_status, "invoiced")

    def test_an_order_of_fees_alone_invoices_nothing(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.order.partner_id.id,
                "subscriber_id": self.order.subscriber_id.id,
                "order_line": [Command.create({"product_id": self.upkeep.id})],
            }
        )
        order.action_confirm()
        self.assertEqual((order.amount_total, order.monthly_revenue), (0, 20))
        with self.assertRaises(UserError):
            order._create_invoices()

    def test_delivered_goods_invoice_neither(self):
        (self.camera | self.motion).invoice_policy = "delivery"
        self.stock_up(self.order)
        self.deliver(self.order)
        invoice = self.order._create_invoices()
        self.assertNotIn(self.camera, invoice.invoice_line_ids.product_id)
        self.assertIn(self.motion, invoice.invoice_line_ids.product_id)

    def test_a_down_payment_is_a_part_of_what_is_paid_once(self):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": self.order.ids,
                "advance_payment_method": "percentage",
                "amount": 50,
            }
        )
        invoice = wizard._create_invoices(self.order)
        self.assertAlmostEqual(invoice.amount_untaxed, self.order.amount_untaxed / 2, 2)
