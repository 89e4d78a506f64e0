from odoo import fields, models


class AlarmWorkOrderMaterial(models.Model):
    """What an order needs of one product, and what became of it."""

    _name = "alarm.work.order.material"
    _description = "Material of a Work Order"
    _inherit = ["alarm.work.order.part"]
    _order = "work_order_id, sequence, id"

    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('type', '=', 'consu')]",
    )
    ownership = fields.Selection(
        [("sold", "Sold"), ("leased", "Leased")], required=True, default="sold"
    )
    quantity = fields.Float("Planned", digits="Product Unit", default=1.0)

    _once = models.UniqueIndex(
        "(work_order_id, product_id, ownership)",
        "A product is once in the material of an order, sold or leased; change its quantity.",
    )


class AlarmWorkOrder(models.Model):
    _inherit = "alarm.work.order"

    material_ids = fields.One2many("alarm.work.order.material", "work_order_id", string="Material")
    picking_ids = fields.One2many(
        "stock.picking",
        "work_order_id",
        string="Transfers",
        groups="stock.group_stock_user",
    )

    def _prepare_material(self):
        """Values of the material that the source of the order asks for, one dict per product and
        ownership; asked when the order is scheduled and nothing was planned yet."""
        self.ensure_one()
        return []
