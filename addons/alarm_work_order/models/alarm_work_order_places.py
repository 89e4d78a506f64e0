from odoo import Command, api, fields, models
from odoo.exceptions import UserError

# What is wired to a zone, or is one.
ZONED_KINDS = ("detector", "keypad", "siren")


class AlarmWorkOrder(models.Model):
    """What stands where: which panel and which zone the pieces are that this order brought. What
    leaves no choice is noted by itself, the rest the technician says; the register is not his to
    write, so nothing else of it is changed here."""

    _inherit = "alarm.work.order"

    delivered_device_ids = fields.One2many(
        "alarm.device",
        string="Delivered Equipment",
        compute="_compute_delivered_device_ids",
        compute_sudo=True,
        readonly=False,
        groups="alarm_subscriber.group_reader",
        help="What this order brought, with its zones.",
    )
    free_zone_ids = fields.Many2many(
        "alarm.zone",
        string="Zones without Equipment",
        compute="_compute_free_zone_ids",
        compute_sudo=True,
        groups="alarm_subscriber.group_reader",
    )

    @api.depends("subscriber_id.device_ids", "material_ids.reported_at", "material_ids.lot_ids")
    def _compute_delivered_device_ids(self):
        delivered = self._delivered_devices()
        for order in self:
            order.delivered_device_ids = delivered[order]

    @api.depends("subscriber_id.zone_ids", "subscriber_id.device_ids.zone_ids")
    def _compute_free_zone_ids(self):
        free = self._free_zones().grouped("subscriber_id")
        for order in self:
            order.free_zone_ids = free.get(order.subscriber_id, False)

    def _on_state(self, verb):
        res = super()._on_state(verb)
        if verb in ("test", "accept"):
            self.sudo()._link_devices()
        return res

    @api.model
    def _work_verbs(self):
        return super()._work_verbs() | {"device_zone": "_work_device_zone"}

    def _work_data(self):
        data = super()._work_data()
        data["devices"], data["free_zones"] = [], []
        if self.state in ("in_progress", "testing"):
            devices = self.delivered_device_ids.filtered(lambda device: device._has_one_place())
            data["devices"] = [device._work_data() for device in devices]
            # Also those that one of these has: it may have been said wrongly.
            zones = self.free_zone_ids | devices.zone_ids
            data["free_zones"] = [
                {"id": zone.id, "number": zone.number, "name": zone.name or ""}
                for zone in zones.sorted(lambda zone: (zone.panel_id.id, zone.number_key))
            ]
        return data

    def _work_device_zone(self, values):
        """Say which zone a delivered piece serves.

        :param values: ``{"device": id, "zone": id, or nothing}``
        """
        self.ensure_one()
        self._check_reporter()
        order = self.sudo()
        device = order._delivered_devices()[order].filtered(
            lambda one: one.id == values.get("device") and one._has_one_place()
        )
        if not device:
            raise UserError(self.env._("%s brought no such piece of equipment.", self.name))
        zone = self.env["alarm.zone"].sudo()
        if values.get("zone"):
            zone = (order._free_zones() | device.zone_ids).filtered(
                lambda one: one.id == values["zone"]
            )
            if not zone:
                raise UserError(
                    self.env._(
                        "This zone has other equipment by now, or is not of %s.",
                        order.subscriber_id.display_name,
                    )
                )
        if zone != device.zone_ids:
            device.write({"zone_ids": [Command.set(zone.ids)]})

    def _delivered_devices(self):
        """order -> the cards of what it brought and left on site: of what was reported the pieces
        that were used, else all that was issued."""
        lots = {
            order: self.env["stock.lot"]
            .union(
                *(
                    row.used_lot_ids if row.reported_at else row.lot_ids
                    for row in order.material_ids
                )
            )
            ._origin
            for order in self
        }
        cards = self.env["alarm.device"].search(
            [
                ("lot_id", "in", self.env["stock.lot"].union(*lots.values()).ids),
                ("subscriber_id", "in", self.subscriber_id.ids),
            ]
        )
        return {
            order: cards.filtered(
                lambda card, order=order: card.lot_id in lots[order]
                and card.subscriber_id == order.subscriber_id
            )
            for order in self
        }

    def _free_zones(self):
        """The zones of the premises that no equipment is noted for."""
        zones = self.env["alarm.zone"].search([("subscriber_id", "in", self.subscriber_id.ids)])
        served = self.env["alarm.device"].search([("zone_ids", "in", zones.ids)])
        return zones - served.zone_ids

    def _link_devices(self):
        """Note the panel and the zones of what these orders brought where there is only one of
        each: of the panel one piece and one panel; of a type of detector one piece and one zone
        that has none. What has a zone keeps it, and once the technician has said of any piece where
        it is, also that it serves no zone, no zone is noted without him."""
        delivered = self._delivered_devices()
        free = self._free_zones().grouped("subscriber_id")
        taken = self.env["alarm.device"].search(
            [("panel_id", "in", self.subscriber_id.panel_ids.ids)]
        )
        told = (
            self.env["alarm.work.input"]
            .search([("work_order_id", "in", self.ids), ("verb", "=", "device_zone")])
            .work_order_id
        )
        for order in self:
            devices, panels = delivered[order], order.subscriber_id.panel_ids
            panel_card = devices.filtered(lambda device: device.kind == "panel")
            if len(panel_card) == len(panels) == 1 and panels not in taken.panel_id:
                # One that is another panel of the premises stays that.
                if not panel_card.panel_id:
                    panel_card.panel_id = panels
            if order in told:
                continue
            zones = free.get(order.subscriber_id, self.env["alarm.zone"]).grouped("detector_type")
            detectors = devices.filtered(lambda device: device.kind == "detector")
            for type_, pieces in detectors.grouped(
                lambda device: device.product_id.alarm_detector_type
            ).items():
                found = zones.get(type_, ())
                if type_ and len(pieces) == len(found) == 1 and not pieces._all_zones():
                    pieces.zone_ids = found


class AlarmDevice(models.Model):
    _inherit = "alarm.device"

    def _has_one_place(self):
        """Whether it is said of this piece by one zone where it is."""
        self.ensure_one()
        return self.kind in ZONED_KINDS and len(self._all_zones()) <= 1

    def _all_zones(self):
        """Also those that are archived."""
        return self.with_context(active_test=False).zone_ids

    def _work_data(self):
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.product_id.display_name or self.name,
            "serial": self.serial or "",
            "zone": self.zone_ids.id,
        }
