from odoo import api, fields, models

from .account_move_line import BY_CHARGES


class AccountMove(models.Model):
    """What becomes of a charge when its invoice is cancelled or given back."""

    _inherit = "account.move"

    alarm_charge_ids = fields.One2many("alarm.charge", "move_id", string="Charges", readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self.line_ids._check_not_charged()

    def button_cancel(self):
        result = super().button_cancel()
        (self | self.reversed_entry_id)._follow_charges()
        return result

    def button_draft(self):
        result = super().button_draft()
        (self | self.reversed_entry_id)._follow_charges()
        return result

    def _post(self, soft=True):
        posted = super()._post(soft)
        if self.env.context.get("alarm_as_charged") is not BY_CHARGES:
            # As superuser: who keeps invoices only need not keep contracts.
            posted.sudo().alarm_charge_ids._follow_lines()
        posted.line_ids.alarm_given_back_id._check_given_once()
        posted.reversed_entry_id._follow_charges()
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        by_charges = self.with_context(alarm_links=BY_CHARGES)
        reversals = super(AccountMove, by_charges)._reverse_moves(default_values_list, cancel)
        return reversals.with_env(self.env)

    def _follow_charges(self):
        """What is on an invoice that is cancelled, or given back on the whole, is credited; when
        that is taken back, it is charged again."""
        # As superuser: who keeps invoices only need not keep contracts. What was on the invoice
        # is not chosen by him.
        for move in self.sudo().filtered("alarm_charge_ids"):
            if move.state == "cancel" or move._is_given_back():
                move.alarm_charge_ids._mark_credited()
            else:
                move.alarm_charge_ids._mark_charged()

    def _is_given_back(self):
        self.ensure_one()
        reversals = self.reversal_move_ids.filtered(lambda other: other.state == "posted")
        given_back = sum(reversals.mapped("amount_total"))
        return bool(reversals) and (
            self.currency_id.compare_amounts(given_back, self.amount_total) >= 0
        )

    def _get_open_receivables(self):
        """What is still owed of these, or to be given by them: items of posted entries."""
        return self.line_ids.filtered(
            lambda item: (
                item.account_type == "asset_receivable"
                and item.parent_state == "posted"
                and not item.reconciled
            )
        )
