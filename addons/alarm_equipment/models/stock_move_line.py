from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def write(self, vals):
        """Who corrects the serial number or the place of a transfer that is done corrects what
        stands where."""
        if {"lot_id", "location_id", "location_dest_id"}.isdisjoint(vals):
            return super().write(vals)
        done = self.sudo().filtered(lambda line: line.state == "done")
        before = done.lot_id
        res = super().write(vals)
        lots = before | done.lot_id
        if lots:
            lots.invalidate_recordset(["location_id"])
            self.env["alarm.device"]._follow_lots(
                {lot: lot.location_id for lot in lots if lot.location_id}
            )
        return res
