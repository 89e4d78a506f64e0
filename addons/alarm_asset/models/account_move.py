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
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """What a shared entry depreciated is to be depreciated again when it is reversed."""
        reversals = super()._reverse_moves(default_values_list, cancel)
        shared = self.filtered("alarm_depreciation")
        if shared:
            lines = (
                self.env["account.asset.line"]
                .sudo()
                .search([("move_id", "in", shared.ids), ("type", "=", "depreciate")])
            )
            for line in lines.with_context(unlink_from_asset=True):
                line.update_asset_line_after_unlink_move()
        return reversals
