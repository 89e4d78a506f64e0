from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_account_move_line_vals(self):
        """Cable and screws that go into an installation on lease have no serial number and no
        card: they are used up there, and so cost, not an asset."""
        values = super()._get_account_move_line_vals()
        places = self.location_id | self.location_dest_id
        leased = places.filtered(lambda place: place.equipment_ownership == "leased")
        if not leased or self.product_id.tracking == "serial":
            return values
        cost = self.product_id.product_tmpl_id.get_product_accounts()["expense"]
        for line in values:
            if cost and line["account_id"] in leased.valuation_account_id.ids:
                line["account_id"] = cost.id
        return values
