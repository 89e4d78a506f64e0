from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_payment_words(self):
        """(colour, words): how it stands with the payment, for the customer."""
        self.ensure_one()
        if self.currency_id.is_zero(self.amount_residual):
            if self.payment_state == "reversed":
                return "secondary", self.env._("Cancelled by a credit note")
            return "success", self.env._("Paid")
        if self.payment_state == "in_payment":
            return "info", self.env._("Payment in progress")
        due = self.invoice_date_due
        if due and due < fields.Date.context_today(self):
            return "danger", self.env._("Overdue")
        if self.payment_state == "partial":
            return "warning", self.env._("Partly paid")
        return "info", self.env._("To be paid")
