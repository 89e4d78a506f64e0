from odoo import fields, models

from .alarm_charge import BUY_OUT


class AccountMove(models.Model):
    _inherit = "account.move"

    alarm_depreciation = fields.Boolean(
        string="Depreciation of Leased Equipment", readonly=True, copy=False
    )

    def _post(self, soft=True):
        """A leased piece is sold when its invoice is posted."""
        posted = super()._post(soft)
        if posted:
            self.env["alarm.charge"].sudo().search(
                [("move_id", "in", posted.ids), ("source_ref", "=like", f"{BUY_OUT}:%")]
            )._sell_pieces()
            posted._take_back_depreciation()
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """What was booked for a piece is taken back for it, so that its account is known."""
        assets = self.filtered(
            lambda move: move.move_type == "entry" and move.sudo().line_ids.asset_id.lot_id
        )
        if not assets:
            return super()._reverse_moves(default_values_list, cancel)
        moves = self.with_context(allow_asset=True, alarm_keeps_asset=True)
        reversals = super(AccountMove, moves)._reverse_moves(default_values_list, cancel)
        return reversals.with_env(self.env)

    def _take_back_depreciation(self):
        """What a shared entry depreciated is depreciated again when its reversal is posted: by the
        job, or at once where the piece is no asset any more. What left the books with it was
        reckoned with all that was depreciated by then."""
        for reversal in self:
            entry = reversal.reversed_entry_id
            if not entry.alarm_depreciation:
                continue
            lines = (
                self.env["account.asset.line"]
                .sudo()
                .search([("move_id", "=", entry.id), ("type", "=", "depreciate")])
            )
            gone = lines.filtered(lambda line: line.asset_id.state == "removed")
            for (profile, day), group in gone.grouped(
                lambda line: (line.asset_id.profile_id, line.line_date)
            ).items():
                group._create_shared_move(profile, day, reversal.date)
            for line in (lines - gone).with_context(unlink_from_asset=True):
                line.update_asset_line_after_unlink_move()
