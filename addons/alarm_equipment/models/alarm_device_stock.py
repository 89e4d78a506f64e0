from odoo import api, fields, models


class AlarmDevice(models.Model):
    """A card follows its serial number through the stock."""

    _inherit = "alarm.device"

    @api.model
    def _follow_stock(self, move_lines):
        """Bring the cards of what these move lines moved to where it is now.

        A storekeeper may move equipment to premises whose record he may not change, so this is the
        machinery's work: it takes nothing but done moves, and writes nothing but cards.

        :param move_lines: stock.move.line, done
        """
        lines = move_lines.sudo().filtered(
            lambda line: line.lot_id and line.product_id.tracking == "serial"
        )
        # What moved twice at once is where it came to last.
        last = {line.lot_id: line for line in lines.sorted(lambda line: (line.date, line.id))}
        if not last:
            return
        Device = self.sudo().with_context(active_test=False)
        cards = {
            card.lot_id: card
            for card in Device.search([("lot_id", "in", [lot.id for lot in last])])
        }
        # What goes the same way is written together.
        ways = {}
        for lot, line in last.items():
            if card := cards.get(lot):
                way = (line.location_dest_id, card.subscriber_id, card.ownership)
                ways.setdefault(way, Device.browse())
                ways[way] |= card
        for (location, *_from), group in ways.items():
            group.write(group[0]._prepare_moved(location))
        Device._create_delivered([line for lot, line in last.items() if lot not in cards])

    @api.model
    def _create_delivered(self, lines):
        """Cards of what comes to premises for the first time."""
        lines = [line for line in lines if line.location_dest_id.subscriber_id]
        if lines:
            lots = self.env["stock.lot"].browse([line.lot_id.id for line in lines])
            suppliers = self._suppliers_of(lots)
            self.create([self._prepare_delivered(line, suppliers) for line in lines])

    def _prepare_delivered(self, line, suppliers):
        """Values of the card of what a move line brought to premises."""
        location = line.location_dest_id
        return {
            "product_id": line.product_id.id,
            "lot_id": line.lot_id.id,
            "supplier_id": suppliers.get(line.lot_id, self.env["res.partner"]).id,
            **self._prepare_arrived(location),
        }

    def _prepare_moved(self, location):
        """Values of these cards, which agree in where they are, after the move to a location."""
        subscriber = location.subscriber_id
        if not subscriber:
            return self._prepare_left(location)
        if subscriber == self.subscriber_id and self.ownership != "foreign":
            # It was there before the books said so, or changes from leased to sold.
            return {"location_id": location.id, "ownership": location.equipment_ownership}
        return self._prepare_left(location) | self._prepare_arrived(location)

    @api.model
    def _prepare_arrived(self, location):
        return {
            "active": True,
            "company_id": location.company_id.id,
            "subscriber_id": location.subscriber_id.id,
            "ownership": location.equipment_ownership,
            "location_id": location.id,
            "installed_on": fields.Date.context_today(self),
            "removed_on": False,
            # It serves again.
            "replaces_id": False,
            "replaced_by_id": False,
        }

    def _prepare_left(self, location):
        """Values of cards of what is at nobody's premises any more: where it was and what it did
        there, the history of the subscriber and the moves of the serial number tell."""
        values = {
            "location_id": location.id,
            "subscriber_id": False,
            "panel_id": False,
            "zone_ids": [fields.Command.clear()],
            "ownership": False,
        }
        if self.subscriber_id:
            values["removed_on"] = fields.Date.context_today(self)
        return values

    @api.model
    def _suppliers_of(self, lots):
        """lot -> the vendor of its last receipt, where there was one."""
        receipts = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", lots.ids),
                ("state", "=", "done"),
                ("location_id.usage", "=", "supplier"),
            ],
            order="date, id",
        )
        return {
            line.lot_id: line.picking_id.partner_id.commercial_partner_id
            for line in receipts
            if line.picking_id.partner_id
        }

    def _start_warranty(self, day):
        """What was sold is under warranty from this day, for as long as its product says. A
        warranty that runs already goes on."""
        for months, devices in self.filtered(
            lambda device: device.ownership == "sold" and not device.warranty_end
        ).grouped(lambda device: device.product_id.alarm_warranty_months).items():
            if months:
                devices.warranty_end = fields.Date.add(day, months=months)
