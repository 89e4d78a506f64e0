from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_new_picking_values(self):
        """The delivery that the sale makes is the delivery of the work order: there is no second
        one."""
        values = super()._get_new_picking_values()
        order = self.sale_line_id.order_id
        if len(order) == 1 and order._of_alarm():
            values["work_order_id"] = order.sudo()._open_work_order().id
        return values
