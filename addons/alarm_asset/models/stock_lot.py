from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _leased_deliveries(self):
        """{serial number: the line of the transfer that brought it where it is leased now}, of
        those that are leased; read by the set."""
        if not self:
            return {}
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", self.ids),
                    ("state", "=", "done"),
                    # What is under way has none.
                    "|",
                    ("leased_value", ">", 0),
                    ("leased_value", "<", 0),
                ],
                order="date, id",
            )
        )
        last = {line.lot_id: line for line in lines}
        return {lot: line for lot, line in last.items() if line.leased_value > 0}
