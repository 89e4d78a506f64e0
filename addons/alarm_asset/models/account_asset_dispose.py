from odoo import models
from odoo.exceptions import UserError


class AccountAsset(models.Model):
    """A piece of equipment that is no asset any more: it is depreciated until then, what is left
    is set against what it brought, and the difference is gain or loss."""

    _inherit = "account.asset"

    def _alarm_dispose(self, day, end, proceeds=None, account=None, reason=None):
        """Remove these assets from the books.

        The machinery's: who may let a piece of equipment go, the caller has checked.

        :param end: why, one of account_asset.ENDS
        :param proceeds: {asset: what it brought}, in the company's currency; nothing else
        :param account: where what it brought was posted, which the removal takes from there:
            leased equipment for what came back to the stock, that of disposals for what was sold
        :param reason: in words
        :return: the entries, posted
        """
        entries = self.env["account.move"].sudo()
        for asset in self.sudo().filtered(lambda asset: asset.state != "removed"):
            asset = asset.with_company(asset.company_id)
            brought = (proceeds or {}).get(asset, 0)
            entries |= asset._alarm_remove(day, end, brought, account, reason)
        return entries

    def _alarm_remove(self, day, end, brought, account, reason):
        self.ensure_one()
        if self.state == "draft":
            self.validate()
        self._alarm_depreciate_until(day)
        self._alarm_drop_plan(day)
        wizard = (
            self.env["account.asset.remove"]
            .with_context(active_id=self.id, active_ids=self.ids, alarm_removal=True)
            .create(
                {
                    "date_remove": day,
                    "sale_value": brought,
                    "account_sale_id": account.id if account and brought else False,
                    "account_plus_value_id": self.profile_id.account_plus_value_id.id,
                    "account_min_value_id": self.profile_id.account_min_value_id.id,
                    "posting_regime": "gain_loss_on_sale",
                    "note": reason,
                }
            )
        )
        wizard.remove()
        entry = self.depreciation_line_ids.filtered(lambda line: line.type == "remove").move_id
        entry._post(soft=False)
        self.write({"alarm_end": end, "alarm_end_reason": reason})
        return entry

    def _alarm_depreciate_until(self, day):
        """Book what is due until it goes. What belongs to a month that is closed is booked the
        day it goes."""
        lines = self._alarm_due_lines(day)
        closed = self.company_id._get_user_fiscal_lock_date(self.profile_id.journal_id)
        for line in lines:
            if line.line_date <= closed or line.line_date > day:
                line.line_date = day
        lines.create_move()

    def _alarm_drop_plan(self, day):
        """What would have been depreciated later, is not."""
        self.depreciation_line_ids.filtered(
            lambda line: line.type == "depreciate" and not line.move_check and not line.init_entry
        ).unlink()
        if self.date_start > day:
            # It goes before its depreciation would have begun.
            self.depreciation_line_ids.filtered(lambda line: line.type == "create").line_date = day
            self.date_start = day

    def _alarm_day_after_board(self, day):
        """The first day from `day` on by which nothing later is depreciated already."""
        self.ensure_one()
        booked = self.depreciation_line_ids.filtered("move_check").mapped("line_date")
        return max(day, *booked) if booked else day

    def _alarm_undo_removal(self, day=None):
        """It is there after all, or ours after all: the entry of its removal is reversed on a day,
        and it goes on being depreciated.

        :param day: today
        """
        for asset in self.sudo().filtered(lambda asset: asset.state == "removed"):
            line = asset.depreciation_line_ids.filtered(lambda line: line.type == "remove")
            if asset._alarm_running_of(asset.lot_id):
                raise UserError(
                    self.env._("%s has become another asset since.", asset.display_name)
                )
            entry = line.move_id
            entry.with_context(allow_asset=True)._reverse_moves(
                [{"date": max(day or asset.company_id._alarm_today(), entry.date)}], cancel=True
            )
            line.with_context(unlink_from_asset=True).update_asset_line_after_unlink_move()
            asset.write({"state": "open", "alarm_end": False, "alarm_end_reason": False})
            asset.compute_depreciation_board()
            asset.validate()
