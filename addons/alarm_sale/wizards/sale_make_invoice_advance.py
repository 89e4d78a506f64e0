from odoo import models


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        """A down payment is a part of what the order charges: fees do not count."""
        down_payment = self.advance_payment_method != "delivered"
        wizard = self.with_context(alarm_down_payment=True) if down_payment else self
        return super(SaleAdvancePaymentInv, wizard)._create_invoices(sale_orders)
