from odoo import Command, models


class AlarmDevice(models.Model):
    """What the books lack of a leased piece, where it is plain what they should say."""

    _inherit = "alarm.device"

    def _repair_missing(self):
        self._capitalise()

    def _repair_not_posted(self):
        """Post what the stock would have posted under perpetual valuation; in use, it becomes an
        asset."""
        deliveries = self.lot_id._leased_deliveries()
        moves = self.env["stock.move"].browse({line.move_id.id for line in deliveries.values()})
        moves.filtered(lambda move: not move.account_move_id)._post_leased_entry()
        self._in_use()._capitalise()

    def _repair_lost(self):
        self._running_assets()._alarm_dispose(
            self.company_id._alarm_today(), "lost", reason=self.env._("Lost")
        )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _post_leased_entry(self):
        """The entry of a delivery on lease that was not made: valuation was periodic then."""
        for move in self:
            move = move.with_company(move.company_id)
            entry = self.env["account.move"].create(
                {
                    "journal_id": move.company_id.account_stock_journal_id.id,
                    "date": self.company_id._alarm_today(),
                    "line_ids": [
                        Command.create(values) for values in move._get_account_move_line_vals()
                    ],
                }
            )
            move.account_move_id = entry
            entry._post(soft=False)
