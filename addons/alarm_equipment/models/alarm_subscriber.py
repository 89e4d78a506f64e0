from odoo import fields, models


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    device_ids = fields.One2many("alarm.device", "subscriber_id", string="Equipment")
    device_count = fields.Integer(string="Number of Devices", compute="_compute_device_count")
    has_equipment_location = fields.Boolean(compute="_compute_has_equipment_location")

    def _compute_device_count(self):
        counts = dict(
            self.env["alarm.device"]._read_group(
                [("subscriber_id", "in", self.ids)], ["subscriber_id"], ["__count"]
            )
        )
        for subscriber in self:
            subscriber.device_count = counts.get(subscriber._origin, 0)

    def _compute_has_equipment_location(self):
        located = self._existing_equipment_locations().subscriber_id
        for subscriber in self:
            subscriber.has_equipment_location = subscriber._origin in located

    def write(self, vals):
        res = super().write(vals)
        if not {"name", "ref"}.isdisjoint(vals):
            self._rename_equipment_locations()
        return res

    def unlink(self):
        # A draft that was given up may have been planned with material: what never held any goes
        # with it. A location with moves stays, and keeps its subscriber.
        locations = self._existing_equipment_locations()
        used = (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [
                    "|",
                    ("location_id", "in", locations.ids),
                    ("location_dest_id", "in", locations.ids),
                ],
                ["location_id", "location_dest_id"],
            )
        )
        for source, destination in used:
            locations -= source + destination
        locations.unlink()
        return super().unlink()

    def action_view_devices(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_equipment.alarm_device_action"
        )
        return action | {
            "domain": [("subscriber_id", "=", self.id)],
            "context": {
                "default_subscriber_id": self.id,
                "default_company_id": self.company_id.id,
                "default_ownership": "foreign",
            },
        }

    def action_view_quantities(self):
        """What was delivered to the premises, with and without serial numbers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delivered Quantities"),
            "res_model": "stock.quant",
            "views": [(self.env.ref("alarm_equipment.stock_quant_view_list").id, "list")],
            "domain": [("location_id.subscriber_id", "=", self.id)],
            "context": {"create": False, "edit": False},
            "help": self.env._("Nothing of our stock stands at these premises."),
        }

    def _equipment_locations(self, ownership):
        """Where equipment at these premises is in stock: {subscriber: location}.

        Missing ones are made, in one batch: a location belongs to the machinery, who plans
        material need not be a stock manager.

        :param ownership: "sold" or "leased"
        """
        locations = {
            location.subscriber_id.id: location
            for location in self._existing_equipment_locations()
            if location.equipment_ownership == ownership
        }
        Location = self.env["stock.location"].sudo()
        missing = self.sudo().filtered(lambda subscriber: subscriber.id not in locations)
        for location in Location.create(
            [Location._prepare_of_subscriber(subscriber, ownership) for subscriber in missing]
        ):
            locations[location.subscriber_id.id] = location
        return {subscriber: locations[subscriber.id].with_env(self.env) for subscriber in self}

    def _existing_equipment_locations(self):
        return (
            self.env["stock.location"]
            .sudo()
            .with_context(active_test=False)
            .search([("subscriber_id", "in", self.ids)])
        )

    def _equipment_location_name(self):
        self.ensure_one()
        # A slash would read as another level.
        return self.display_name.replace("/", "-")

    def _rename_equipment_locations(self):
        for location in self._existing_equipment_locations():
            location.name = location.subscriber_id._equipment_location_name()
