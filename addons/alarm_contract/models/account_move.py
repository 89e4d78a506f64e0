from odoo import api, fields, models


class AccountMove(models.Model):
    """What becomes of a charge when its invoice is cancelled or given back."""

    _inherit = "account.move"

    alarm_charge_ids = fields.One2many("alarm.charge", "move_id", string="Charges", readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self.line_ids._check_not_charged()

    def button_cancel(self):
        result = super().button_cancel()
        self._mark_charges_credited()
        return result

    def _post(self, soft=True):
        posted = super()._post(soft)
        refunds = posted.filtered(
            lambda move: move.move_type == "out_refund" and move.reversed_entry_id
        )
        for refund in refunds:
            invoice = refund.reversed_entry_id
            given_back = sum(
                other.amount_total for other in invoice.reversal_move_ids if other.state == "posted"
            )
            if invoice.currency_id.compare_amounts(given_back, invoice.amount_total) >= 0:
                invoice._mark_charges_credited()
        return posted

    def _mark_charges_credited(self):
        # As superuser: who keeps invoices only need not keep contracts. What was on the invoice
        # is not chosen by him.
        self.sudo().alarm_charge_ids._mark_credited()
