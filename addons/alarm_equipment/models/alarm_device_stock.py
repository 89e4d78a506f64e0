from odoo import api, fields, models


class AlarmDevice(models.Model):
    """A card follows its serial number through the stock."""

    _inherit = "alarm.device"

    @api.model
    def _follow_stock(self, move_lines):
        """Bring the cards of what these move lines moved to where it is now.

        :param move_lines: stock.move.line, done
        """
        # Browsed anew: read together, by whatever way they were come to.
        lines = self.env["stock.move.line"].sudo().browse(move_lines.ids)
        # What moved twice at once is where it came to last.
        ordered = lines.filtered("lot_id").sorted(lambda line: (line.date, line.id))
        self._follow_lots({line.lot_id: line.location_dest_id for line in ordered})

    @api.model
    def _follow_lots(self, places):
        """Bring the cards of these serial numbers to where the stock has them.

        A storekeeper may move equipment to premises whose record he may not change, so this is the
        machinery's work: it takes nothing but what the stock says, and writes nothing but cards.

        :param places: {stock.lot: stock.location}, as superuser
        """
        places = {
            lot: place for lot, place in places.items() if lot.product_id.tracking == "serial"
        }
        if not places:
            return
        Device = self.sudo().with_context(active_test=False)
        cards = {
            card.lot_id: card
            for card in Device.search([("lot_id", "in", [lot.id for lot in places])])
        }
        # What goes the same way is written together.
        ways = {}
        for lot, place in places.items():
            if card := cards.get(lot):
                way = (place, card.subscriber_id, card.ownership)
                ways[way] = ways.get(way, Device) | card
        for (place, *_from), group in ways.items():
            group.write(group[0]._prepare_moved(place))
        new = {lot: place for lot, place in places.items() if lot not in cards}
        Device._create_delivered({lot: place for lot, place in new.items() if place.subscriber_id})

    @api.model
    def _create_delivered(self, places):
        """Cards of what comes to premises for the first time."""
        suppliers = self._suppliers_of(self.env["stock.lot"].browse([lot.id for lot in places]))
        self.create(
            [self._prepare_delivered(lot, place, suppliers) for lot, place in places.items()]
        )

    def _prepare_delivered(self, lot, place, suppliers):
        """Values of the card of a serial number that came to a place at premises."""
        return {
            "product_id": lot.product_id.id,
            "lot_id": lot.id,
            "supplier_id": suppliers.get(lot, self.env["res.partner"]).id,
            **self._prepare_arrived(place),
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
            "installed_on": self.env.company._alarm_today(),
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
            values["removed_on"] = self.company_id._alarm_today()
        return values

    @api.model
    def _suppliers_of(self, lots):
        """lot -> the vendor of its last receipt, where there was one."""
        if not lots:
            return {}
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
        for months, devices in (
            self.filtered(lambda device: device.ownership == "sold" and not device.warranty_end)
            .grouped(lambda device: device.product_id.alarm_warranty_months)
            .items()
        ):
            if months:
                devices.warranty_end = fields.Date.add(fields.Date.to_date(day), months=months)
