from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    alarm_depreciation = fields.Boolean(
        string="Depreciation of Leased Equipment", readonly=True, copy=False
    )

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
