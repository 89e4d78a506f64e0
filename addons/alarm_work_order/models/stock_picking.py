from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # Copied: a backorder and a return are of the same order.
    work_order_id = fields.Many2one(
        "alarm.work.order",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
