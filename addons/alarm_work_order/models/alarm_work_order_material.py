from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.material import Move, tally

# What the crew reports, by the verbs of the order.
USE_FIELDS = frozenset({"quantity_used", "used_lot_ids", "reported_by_id", "reported_at"})


class AlarmWorkOrderMaterial(models.Model):
    """What an order needs of one product, and what became of it: counted from the transfers, so
    that it is true whoever made them."""

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
    tracking = fields.Selection(related="product_id.tracking")
    uom_id = fields.Many2one(related="product_id.uom_id")
    ownership = fields.Selection(
        [("sold", "Sold"), ("leased", "Leased")], required=True, default="sold"
    )
    quantity = fields.Float("Planned", digits="Product Unit", default=1.0)
    quantity_coming = fields.Float("To Issue", compute="_compute_quantities", compute_sudo=True)
    quantity_reserved = fields.Float("Reserved", compute="_compute_quantities", compute_sudo=True)
    quantity_short = fields.Float(
        "Short",
        compute="_compute_quantities",
        compute_sudo=True,
        help="Asked for and not in stock. What the rules of the product say is bought.",
    )
    quantity_issued = fields.Float("Issued", compute="_compute_quantities", compute_sudo=True)
    quantity_returned = fields.Float("Returned", compute="_compute_quantities", compute_sudo=True)
    quantity_leaving = fields.Float(
        "To Take Back", compute="_compute_quantities", compute_sudo=True
    )
    quantity_surplus = fields.Float(
        "Surplus",
        compute="_compute_quantities",
        compute_sudo=True,
        help="Issued, and not used by what the crew reported.",
    )
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Serial Numbers on Site",
        compute="_compute_quantities",
        compute_sudo=True,
        groups="stock.group_stock_user",
    )
    quantity_used = fields.Float("Used", digits="Product Unit", readonly=True, copy=False)
    used_lot_ids = fields.Many2many(
        "stock.lot",
        "alarm_work_order_material_used_lot_rel",
        string="Serial Numbers Used",
        readonly=True,
        copy=False,
        groups="stock.group_stock_user",
    )
    used_serials = fields.Char("Serial Numbers", compute="_compute_used_serials", compute_sudo=True)
    reported_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    reported_at = fields.Datetime(readonly=True, copy=False)

    _once = models.UniqueIndex(
        "(work_order_id, product_id, ownership)",
        "A product is once in the material of an order, sold or leased; change its quantity.",
    )
    _quantities = models.Constraint(
        "CHECK(quantity >= 0 AND quantity_used >= 0)", "Quantities of material are not negative."
    )

    @api.depends(
        "product_id",
        "ownership",
        "quantity_used",
        "reported_at",
        "work_order_id.subscriber_id",
        "work_order_id.move_ids.state",
        "work_order_id.move_ids.quantity",
        "work_order_id.move_ids.product_uom_qty",
    )
    def _compute_quantities(self):
        per_order = {order: order._moves_by_product() for order in self.work_order_id}
        for row in self:
            moves = per_order.get(row.work_order_id, {}).get((row.product_id, row.ownership), [])
            sums = tally(shape for _move, shape in moves)
            row.quantity_coming = sums.coming
            row.quantity_reserved = sums.reserved
            row.quantity_short = sums.short
            row.quantity_issued = sums.issued
            row.quantity_returned = sums.returned
            row.quantity_leaving = sums.leaving
            row.quantity_surplus = sums.surplus(row.quantity_used) if row.reported_at else 0.0
            arrived = [move for move, shape in moves if shape.done and shape.way == "in"]
            left = [move for move, shape in moves if shape.way == "out"]
            lots = self.env["stock.move"].concat(*arrived).move_line_ids.lot_id
            row.lot_ids = lots - self.env["stock.move"].concat(*left).move_line_ids.lot_id

    @api.depends("used_lot_ids")
    def _compute_used_serials(self):
        for row in self:
            row.used_serials = ", ".join(row.used_lot_ids.mapped("name"))

    @api.depends("product_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.product_id.display_name

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_reported(vals)
        rows = super().create(vals_list)
        rows._check_plannable()
        return rows

    def write(self, vals):
        self._check_not_reported(vals)
        self._check_plannable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked_for(self):
        self._check_plannable()
        for row in self:
            if row.quantity_coming or row.quantity_issued:
                raise UserError(
                    self.env._(
                        "%s was asked for already; plan a quantity of 0 instead.",
                        row.display_name,
                    )
                )

    def _check_plannable(self):
        if self.env.su:
            return
        for order in self.work_order_id:
            if order.state not in ("draft", "scheduled", "in_progress", "testing"):
                raise UserError(self.env._("%s needs no more material.", order.name))

    def _check_not_reported(self, vals):
        if not self.env.su and not USE_FIELDS.isdisjoint(vals):
            raise AccessError(self.env._("What was used is reported on the order, not written."))

    def _tally(self):
        self.ensure_one()
        moves = self.work_order_id._moves_by_product()
        found = moves.get((self.product_id, self.ownership), [])
        return tally(shape for _move, shape in found)


class AlarmWorkOrder(models.Model):
    _inherit = "alarm.work.order"

    material_ids = fields.One2many("alarm.work.order.material", "work_order_id", string="Material")
    picking_ids = fields.One2many(
        "stock.picking",
        "work_order_id",
        string="Transfers",
        groups="stock.group_stock_user",
    )
    move_ids = fields.One2many(
        "stock.move", "work_order_id", string="Moves", groups="stock.group_stock_user"
    )

    def _moves_by_product(self):
        """{(product, ownership): [(move, its shape)]} of all transfers of this order to its site
        and from there."""
        self.ensure_one()
        order, found = self.sudo(), defaultdict(list)
        site = order.subscriber_id
        for move in order.move_ids if site else ():
            if move.state == "cancel":
                continue
            source, target = move.location_id, move.location_dest_id
            if move.state != "done":
                target = move.location_final_id or target
            if target.subscriber_id == site and source.subscriber_id != site:
                way, place = "in", target
            elif source.subscriber_id == site and target.subscriber_id != site:
                way, place = "out", source
            else:
                continue
            unit = move.product_id.uom_id
            shape = Move(
                way,
                move.state == "done",
                move.product_uom._compute_quantity(move.product_uom_qty, unit),
                move.product_uom._compute_quantity(move.quantity, unit),
            )
            found[move.product_id, place.equipment_ownership].append((move, shape))
        return found
