from odoo import api, fields, models


class StockMove(models.Model):
    """A move knows the work order that it is for, from the need to the delivery: transfers of two
    orders are never put together."""

    _inherit = "stock.move"

    work_order_id = fields.Many2one(
        "alarm.work.order",
        compute="_compute_work_order_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.depends("picking_id.work_order_id")
    def _compute_work_order_id(self):
        for move in self:
            move.work_order_id = move.picking_id.work_order_id or move.work_order_id

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if self.work_order_id:
            values["work_order_id"] = self.work_order_id.id
        return values

    def _get_new_picking_values(self):
        values = super()._get_new_picking_values()
        if len(self.work_order_id) == 1:
            values["work_order_id"] = self.work_order_id.id
        return values

    def _key_assign_picking(self):
        return (*super()._key_assign_picking(), self.work_order_id)

    def _search_picking_for_assignation_domain(self):
        domain = super()._search_picking_for_assignation_domain()
        return [*domain, ("work_order_id", "=", self.work_order_id.id)]
