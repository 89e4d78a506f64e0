from odoo import fields, models
from odoo.exceptions import UserError

from ..models.account_move_line import BY_CHARGES


class AccountMoveReversal(models.TransientModel):
    """“Reverse and Create Invoice”: the invoice that takes the place of another one charges again
    what that one did, so that nobody charges it a third time."""

    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        charged = self.move_ids.line_ids.filtered("alarm_charge_id")
        if not is_modify or not charged:
            return super().reverse_moves(is_modify)
        if self.date > fields.Date.context_today(self):
            # Until that day both invoices would be owed.
            raise UserError(
                self.env._(
                    "An invoice of a contract is replaced today, not on a day to come: %s.",
                    ", ".join(charged.move_id.mapped("display_name")),
                )
            )
        by_charges = self.with_context(alarm_links=BY_CHARGES, alarm_instead=BY_CHARGES)
        action = super(AccountMoveReversal, by_charges).reverse_moves(is_modify)
        self.new_move_ids.invoice_line_ids._charge_instead()
        return action
