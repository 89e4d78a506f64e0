from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_payment_announcement(self):
        """How it will be paid without the payer doing anything, as he reads it in the mail and on
        the invoice; empty where he has to pay it himself."""
        self.ensure_one()
        return ""

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
        if due and due < self.company_id._alarm_today():
            return "danger", self.env._("Overdue")
        if self.payment_state == "partial":
            return "warning", self.env._("Partly paid")
        return "info", self.env._("To be paid")
