from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _reconcile_post_hook(self, data):
        result = super()._reconcile_post_hook(data)
        # Also what was paid in part only, which no hook of the invoice tells.
        (data["not_paid_invoices"] | data["in_payment_invoices"])._tell_dunning()
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._tell_dunning()
        return result

    def write(self, vals):
        result = super().write(vals)
        # A payment without an entry of its own is only linked to what it pays.
        if "matched_payment_ids" in vals:
            self._tell_dunning()
        return result

    def _tell_dunning(self):
        """Something of these invoices was paid."""
        invoices = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        if invoices:
            # As superuser: who books payments need not change contracts; only what the payment
            # itself brings about is done.
            contracts = self.env["contract.contract"].sudo()._of_invoices(invoices)
            contracts._dun_after_payment()


class AccountPayment(models.Model):
    """A payment without an entry of its own pays an invoice, though nothing is reconciled."""

    _inherit = "account.payment"

    def action_post(self):
        result = super().action_post()
        self._tell_dunning()
        return result

    def action_validate(self):
        result = super().action_validate()
        self._tell_dunning()
        return result

    def _tell_dunning(self):
        (self.invoice_ids | self.reconciled_invoice_ids)._tell_dunning()
