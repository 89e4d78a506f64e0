from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Invoices that are posted, taken back or credited, and entries that released income: what is
    deferred follows."""

    _inherit = "account.move"

    alarm_deferral_month = fields.Date(
        string="Deferred Income Of",
        readonly=True,
        copy=False,
        help="The last month of which this entry made deferred income.",
    )
    alarm_deferral_line_ids = fields.One2many(
        "alarm.deferral.line", "move_id", string="Deferred Income Released", readonly=True
    )

    def _post(self, soft=True):
        for move in self.filtered("alarm_deferral_month"):
            if not move.sudo().alarm_deferral_line_ids:
                raise UserError(
                    self.env._(
                        "What %s released waits to be released again. Delete this entry and "
                        "release the deferred income anew.",
                        move.ref or move.display_name,
                    )
                )
        for release in self.reversed_entry_id.filtered("alarm_deferral_month"):
            if not release.sudo().alarm_deferral_line_ids:
                raise UserError(
                    self.env._("%s is taken back already: it cannot be reversed.", release.name)
                )
        posted = super()._post(soft)
        posted._follow_deferrals()
        # Not before: a reversal that is a draft, or is dated ahead, has taken nothing back.
        posted.reversed_entry_id._free_deferrals()
        return posted

    def button_draft(self):
        self._check_takes_back_no_release()
        result = super().button_draft()
        self._free_deferrals()
        self._follow_deferrals()
        return result

    def button_cancel(self):
        self._check_takes_back_no_release()
        result = super().button_cancel()
        self._free_deferrals()
        self._follow_deferrals()
        return result

    def _reverse_moves(self, default_values_list=None, cancel=False):
        for move in self:
            if move.reversed_entry_id.alarm_deferral_month:
                move._refuse_as_reversal(move.reversed_entry_id)
        return super()._reverse_moves(default_values_list, cancel)

    def _check_takes_back_no_release(self):
        """An entry that released income and the one that reversed it are nothing together: what
        was released waits again, or is released anew. Neither is taken back alone."""
        for move in self.filtered(lambda move: move.state == "posted"):
            if move.reversed_entry_id.alarm_deferral_month:
                move._refuse_as_reversal(move.reversed_entry_id)
            if move.alarm_deferral_month:
                for reversal in move.reversal_move_ids:
                    if reversal.state == "posted":
                        reversal._refuse_as_reversal(move)

    def _refuse_as_reversal(self, release):
        raise UserError(
            self.env._(
                "%(reversal)s took back the deferred income that %(release)s had released, and it "
                "waits to be released again: both entries stay as they are. Release it anew.",
                reversal=self.display_name,
                release=release.display_name,
            )
        )

    def _follow_deferrals(self):
        lines = self.line_ids.filtered("alarm_deferral_start")
        if lines:
            # The machinery's: who posts an invoice need not plan income.
            self.env["alarm.deferral"].sudo()._follow(lines)

    def _free_deferrals(self):
        released = self.filtered("alarm_deferral_month").sudo().alarm_deferral_line_ids
        if released:
            released._free()


class AccountMoveLine(models.Model):
    """Kept on the invoice line itself: so a credit note of it has it too."""

    _inherit = "account.move.line"

    alarm_deferral_start = fields.Date(string="Earned From", readonly=True)
    alarm_deferral_end = fields.Date(string="Earned Until", readonly=True)
    alarm_income_account_id = fields.Many2one(
        "account.account", string="Income Account", readonly=True, ondelete="restrict"
    )
    alarm_income_distribution = fields.Json(readonly=True)
    alarm_deferral_ids = fields.One2many(
        "alarm.deferral", "move_line_id", string="Deferred Income", readonly=True
    )

    def _prepare_deferral(self):
        """Values of the deferral of this invoice line."""
        self.ensure_one()
        line = self.contract_line_id
        return {
            "name": (self.name or self.move_id.name or "").split("\n")[0],
            "company_id": self.company_id.id,
            "move_line_id": self.id,
            "charge_id": self.alarm_charge_id.id,
            "contract_id": (self.alarm_charge_id.contract_id or line.contract_id).id,
            "contract_line_id": line.id,
            "account_id": self.account_id.id,
            "income_account_id": self.alarm_income_account_id.id,
            "analytic_distribution": self.alarm_income_distribution,
            "amount": -self.balance,
            "period_start": self.alarm_deferral_start,
            "period_end": self.alarm_deferral_end,
        }
