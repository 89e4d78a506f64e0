from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round


class AlarmWorkOrder(models.Model):
    """Material comes to the site by transfers of Odoo's own, reserved when the order is scheduled:
    from the warehouse as its rules say (so that what is short is bought by them), or from what the
    crew has on its vehicle."""

    _inherit = "alarm.work.order"

    material_from = fields.Selection(
        [("warehouse", "Warehouse"), ("vehicle", "Vehicle of the Crew")],
        string="Material from",
        required=True,
        default="warehouse",
        help="Warehouse: the storekeeper issues it. Vehicle: it is taken from the stock that the "
        "crew carries, when the crew reports what it used.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        check_company=True,
    )
    stock_reference_id = fields.Many2one(
        "stock.reference", copy=False, readonly=True, ondelete="set null"
    )
    picking_count = fields.Integer(
        compute="_compute_picking_count", groups="stock.group_stock_user"
    )
    material_short = fields.Boolean(
        compute="_compute_material_short", help="Something that was asked for is not in stock."
    )

    @api.depends("company_id")
    def _compute_warehouse_id(self):
        warehouses = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "in", self.company_id.ids)], order="sequence, id")
        )
        first = {}
        for warehouse in warehouses:
            first.setdefault(warehouse.company_id, warehouse)
        for order in self:
            if order.warehouse_id.company_id != order.company_id:
                order.warehouse_id = first.get(order.company_id, False)

    @api.depends("picking_ids")
    def _compute_picking_count(self):
        for order in self:
            order.picking_count = len(order.picking_ids)

    @api.depends("material_ids.quantity_short")
    def _compute_material_short(self):
        for order in self:
            order.material_short = any(row.quantity_short for row in order.material_ids)

    def action_reserve(self):
        """Ask for what is planned and was not asked for yet (planners only)."""
        if not self.env.su and not self.env.user.has_group("alarm_work_order.group_planner"):
            raise UserError(self.env._("Only a planner asks for the planned material."))
        self.check_access("read")
        for order in self._locked():
            if order.state not in ("draft", "scheduled", "in_progress", "testing"):
                raise UserError(self.env._("%s needs no more material.", order.name))
            order._reserve_material()
        return True

    def action_view_pickings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        return action | {"domain": [("work_order_id", "=", self.id)], "context": {}}

    def _missing(self, verb):
        missing = super()._missing(verb)
        if verb == "schedule" and self.material_from == "vehicle":
            if self.material_ids and not self.crew_id.sudo().vehicle_location_id:
                missing.append(
                    self.env._("The crew has no vehicle stock; take the material elsewhere.")
                )
        return missing

    def _on_state(self, verb):
        res = super()._on_state(verb)
        if verb == "schedule":
            self._reserve_material()
        elif verb == "cancel":
            # What was issued goes back, what was not is not needed.
            order = self.sudo()
            order.picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            ).action_cancel()
            order._fill_material()
            order._report_rows([(row, 0.0, order.env["stock.lot"]) for row in order.material_ids])
            order._return_surplus()
        return res

    def write(self, vals):
        res = super().write(vals)
        if "planned_start" in vals:
            self._move_transfers()
        return res

    def _move_transfers(self):
        """The material is ready when the crew starts, also when the order is moved."""
        for order in self.sudo():
            waiting = order.picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            )
            if waiting and order.planned_start:
                waiting.scheduled_date = order.planned_start

    def _prepare_material(self):
        """Values of the material rows that this order should have by its source, one dict per
        product and ownership: here what transfers to its site were made for already. Rows that
        are there are left as they are."""
        self.ensure_one()
        values = []
        for (product, ownership), moves in self._moves_by_product().items():
            coming = sum(
                shape.quantity if shape.done else shape.demand
                for _move, shape in moves
                if shape.way == "in"
            )
            if coming:
                values.append(
                    {"product_id": product.id, "ownership": ownership, "quantity": coming}
                )
        return values

    def _fill_material(self):
        """Add the rows of `_prepare_material` that are not there yet."""
        rows = self.env["alarm.work.order.material"].sudo()
        for order in self:
            known = {(row.product_id.id, row.ownership) for row in order.sudo().material_ids}
            rows.create(
                [
                    {"work_order_id": order.id, **values}
                    for values in order._prepare_material()
                    if (values["product_id"], values["ownership"]) not in known
                ]
            )

    def _reserve_material(self):
        """Ask the stock for what is planned and neither issued nor asked for. The rows were
        written by who may plan; the transfers are the machinery's."""
        self.ensure_one()
        self._fill_material()
        order = self.sudo()
        needs = {}
        for row in order.material_ids:
            amount = float_round(
                row._tally().to_reserve(row.quantity), precision_rounding=row.uom_id.rounding
            )
            if amount > 0 and row.product_id.type == "consu":
                needs[row] = amount
        if not needs:
            return
        if not order.stock_reference_id:
            order.stock_reference_id = order.env["stock.reference"].create({"name": order.name})
        if order.material_from == "vehicle":
            order._reserve_from_vehicle(needs)
        else:
            order._reserve_from_warehouse(needs)
        waiting = order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        waiting.action_confirm()
        waiting.action_assign()

    def _reserve_from_warehouse(self, needs):
        self.env["stock.rule"].run(
            [self._prepare_procurement(row, amount) for row, amount in needs.items()]
        )

    def _prepare_procurement(self, row, amount):
        """The need of a row as the stock rules read it."""
        location = self.subscriber_id._equipment_locations(row.ownership)[self.subscriber_id]
        return self.env["stock.rule"].Procurement(
            row.product_id,
            amount,
            row.uom_id,
            location,
            row.product_id.display_name,
            self.name,
            self.company_id,
            {
                "company_id": self.company_id,
                "warehouse_id": self.warehouse_id,
                "date_planned": self.planned_start or fields.Datetime.now(),
                "partner_id": self.address_id.id,
                "reference_ids": self.stock_reference_id,
                "work_order_id": self.id,
            },
        )

    def _reserve_from_vehicle(self, needs):
        by_ownership = {}
        for row, amount in needs.items():
            by_ownership.setdefault(row.ownership, {})[row] = amount
        self.env["stock.picking"].create(
            [
                self._prepare_picking(ownership, amounts)
                for ownership, amounts in by_ownership.items()
            ]
        )

    def _prepare_picking(self, ownership, amounts):
        """Values of a transfer from the vehicle to the site.

        :param amounts: {row: quantity in the product's unit}
        """
        source = self.crew_id.vehicle_location_id
        if not source:
            raise UserError(
                self.env._("%s: the crew has no vehicle stock; choose the warehouse.", self.name)
            )
        location = self.subscriber_id._equipment_locations(ownership)[self.subscriber_id]
        places = {"location_id": source.id, "location_dest_id": location.id}
        return {
            **places,
            "picking_type_id": self.warehouse_id.out_type_id.id,
            "partner_id": self.address_id.id,
            "company_id": self.company_id.id,
            "origin": self.name,
            "work_order_id": self.id,
            "scheduled_date": self.planned_start or fields.Datetime.now(),
            "move_ids": [
                Command.create(
                    {
                        **places,
                        "product_id": row.product_id.id,
                        "product_uom": row.uom_id.id,
                        "product_uom_qty": amount,
                        "reference_ids": [Command.set(self.stock_reference_id.ids)],
                        "company_id": self.company_id.id,
                    }
                )
                for row, amount in amounts.items()
            ],
        }
