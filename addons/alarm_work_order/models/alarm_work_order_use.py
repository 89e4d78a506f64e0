from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class AlarmWorkOrder(models.Model):
    """What the crew reports of its material: what was used, which pieces; what is left goes back
    by a transfer, what is needed beside it is asked for."""

    _inherit = "alarm.work.order"

    material_surplus = fields.Boolean(compute="_compute_material_surplus")

    @api.depends("material_ids.quantity_surplus")
    def _compute_material_surplus(self):
        for order in self:
            order.material_surplus = any(row.quantity_surplus for row in order.material_ids)

    def action_report_material(self, rows):
        """Say what was used.

        :param rows: list of ``{"id": row of the material, "quantity": number,
            "serials": list of serial numbers}``; with serial numbers their count is the quantity
        """
        self.ensure_one()
        self._check_reporter()
        material = {row.id: row for row in self.sudo().material_ids}
        reported = []
        for values in rows:
            row = material.get(values.get("id"))
            if row is None:
                raise UserError(self.env._("%s has no such material.", self.name))
            lots = self._lots_by_serial(row, values.get("serials") or [])
            quantity = len(lots) if row.tracking == "serial" else values.get("quantity")
            reported.append((row, self._quantity(quantity), lots))
        self._report_rows(reported)
        return True

    def action_request_material(self, product_id, quantity, ownership="sold"):
        """The crew needs more than was planned: it is added to the plan and asked for.

        :param ownership: "sold" or "leased", as the rest of the order
        """
        self.ensure_one()
        self._check_reporter()
        quantity = self._quantity(quantity)
        product = self.env["product.product"].search(
            [("id", "=", product_id), ("type", "=", "consu")]
        )
        if not product or ownership not in ("sold", "leased") or not quantity:
            raise UserError(self.env._("Say which product is needed, and how many."))
        order = self.sudo()
        row = order.material_ids.filtered(
            lambda one: one.product_id.id == product.id and one.ownership == ownership
        )
        if row:
            row.quantity += quantity
        else:
            row.create(
                {
                    "work_order_id": order.id,
                    "product_id": product.id,
                    "ownership": ownership,
                    "quantity": quantity,
                }
            )
        self._reserve_material()
        self.message_post(
            body=self.env._(
                "More material is needed: %(quantity)g × %(product)s.",
                quantity=quantity,
                product=product.display_name,
            )
        )
        return True

    def action_return_surplus(self):
        """Make the transfers that bring back what was issued and not used."""
        self._check_actor("accept")
        for order in self._locked():
            if order.state in ("draft", "scheduled"):
                raise UserError(self.env._("%s has not begun; nothing is left over.", order.name))
            order._return_surplus()
        return True

    def _missing(self, verb):
        missing = super()._missing(verb)
        begun = verb == "test" or verb == "finish" and self.state == "in_progress"
        if begun or verb == "accept":
            waiting = self.material_ids.filtered(
                lambda row: not row.reported_at and (row.quantity_issued or row.quantity_coming)
            )
            if waiting:
                missing.append(
                    self.env._(
                        "Say what was used of: %s.", ", ".join(waiting.mapped("display_name"))
                    )
                )
            for row in self.material_ids - waiting:
                lacking = row.sudo()._tally().lacking(row.quantity_used)
                if lacking and self.material_from != "vehicle":
                    missing.append(
                        self.env._(
                            "%(lacking)g × %(product)s were used and never issued.",
                            lacking=lacking,
                            product=row.display_name,
                        )
                    )
        if verb == "accept" or verb == "finish" and self.state == "in_progress":
            surplus = self.material_ids.filtered("quantity_surplus")
            if surplus:
                missing.append(
                    self.env._(
                        "Return what is left of: %s.", ", ".join(surplus.mapped("display_name"))
                    )
                )
        return missing

    def _on_state(self, verb):
        res = super()._on_state(verb)
        if verb in ("test", "accept", "finish") and self.material_from == "vehicle":
            self.sudo()._take_from_vehicle()
        return res

    def _check_reporter(self):
        self._check_actor("start")
        self._locked()
        if self.state not in ("in_progress", "testing"):
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(order)s is “%(state)s”; material is reported while it is “%(busy)s” or "
                    "“%(testing)s”.",
                    order=self.name,
                    state=labels[self.state],
                    busy=labels["in_progress"],
                    testing=labels["testing"],
                )
            )

    def _quantity(self, quantity):
        if isinstance(quantity, bool) or not isinstance(quantity, int | float):
            raise UserError(self.env._("A quantity is a number."))
        # Not a number compares with nothing.
        if not 0 <= quantity < 1e6:
            raise UserError(self.env._("A quantity is not negative, and less than a million."))
        return quantity

    def _lots_by_serial(self, row, serials):
        """The pieces of a row with these serial numbers; refuses what was not issued."""
        names = list(
            dict.fromkeys(str(serial).strip() for serial in serials if str(serial).strip())
        )
        known = row.lot_ids
        if self.material_from == "vehicle":
            known |= self._lots_on_vehicle(row)
        lots = {lot.name.upper(): lot for lot in known}
        unknown = [name for name in names if name.upper() not in lots]
        if unknown:
            raise UserError(
                self.env._(
                    "%(product)s: no piece with the serial number %(unknown)s was issued for "
                    "%(order)s. Issued: %(known)s.",
                    product=row.product_id.display_name,
                    unknown=", ".join(unknown),
                    order=self.name,
                    known=", ".join(sorted(known.mapped("name"))) or "–",
                )
            )
        return self.env["stock.lot"].sudo().concat(*(lots[name.upper()] for name in names))

    def _lots_on_vehicle(self, row):
        vehicle = self.sudo().crew_id.vehicle_location_id
        quants = (
            self.env["stock.quant"]
            .sudo()
            .search(
                [
                    ("location_id", "child_of", vehicle.ids),
                    ("product_id", "=", row.product_id.id),
                    ("lot_id", "!=", False),
                    ("quantity", ">", 0),
                ]
            )
        )
        return quants.lot_id

    def _report_rows(self, reported):
        now = fields.Datetime.now()
        for row, quantity, lots in reported:
            row.sudo().write(
                {
                    "quantity_used": quantity,
                    "used_lot_ids": [Command.set(lots.ids)],
                    "reported_by_id": self.env.uid,
                    "reported_at": now,
                }
            )

    def _return_surplus(self):
        """One transfer back for each that brought something which is left."""
        self.ensure_one()
        order = self.sudo()
        left = {row: row.quantity_surplus for row in order.material_ids if row.quantity_surplus}
        pieces = {row: row.lot_ids - row.used_lot_ids for row in left}
        per_picking = {}
        moves = order._moves_by_product()
        for row in left:
            for move, shape in moves[row.product_id, row.ownership]:
                if shape.way != "in" or not shape.done or not left[row]:
                    continue
                back = sum(
                    move.returned_move_ids.filtered(lambda one: one.state != "cancel").mapped(
                        "product_qty"
                    )
                )
                lots = move.move_line_ids.lot_id & pieces[row]
                amount = min(shape.quantity - back, left[row])
                if row.tracking == "serial":
                    amount = min(amount, len(lots))
                if amount <= 0:
                    continue
                left[row] -= amount
                per_picking.setdefault(move.picking_id, {})[move] = (amount, lots)
        return order.env["stock.picking"].concat(
            *(order._return_picking(picking, amounts) for picking, amounts in per_picking.items())
        )

    def _return_picking(self, picking, amounts):
        """The transfer back of some moves of a transfer.

        :param amounts: {move: (quantity in the product's unit, serial numbers)}
        """
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            amount, _lots = amounts.get(line.move_id, (0.0, None))
            line.quantity = line.product_id.uom_id._compute_quantity(amount, line.uom_id)
        back = wizard._create_return()
        for move, (_amount, lots) in amounts.items():
            if lots and move.has_tracking == "serial":
                back.move_ids.filtered(
                    lambda one, move=move: one.origin_returned_move_id == move
                ).lot_ids = lots
        return back

    def _take_from_vehicle(self):
        """Move what was used from the vehicle to the site, and drop what was reserved for more."""
        self.ensure_one()
        waiting = self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
            and picking.location_id.usage == "internal"
        )
        waiting.action_cancel()
        by_ownership = {}
        for row in self.material_ids:
            lacking = row._tally().lacking(row.quantity_used)
            if lacking:
                by_ownership.setdefault(row.ownership, {})[row] = lacking
        for ownership, amounts in by_ownership.items():
            picking = self.env["stock.picking"].create(self._prepare_picking(ownership, amounts))
            picking.action_confirm()
            for row, amount in amounts.items():
                move = picking.move_ids.filtered(
                    lambda one, row=row: one.product_id == row.product_id
                )
                if row.tracking == "none":
                    move.quantity = amount
                else:
                    move.lot_ids = row.used_lot_ids - row.lot_ids
            picking.move_ids.picked = True
            picking.with_context(skip_backorder=True)._action_done()
