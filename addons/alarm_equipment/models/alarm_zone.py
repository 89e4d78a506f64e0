from odoo import fields, models


class AlarmZone(models.Model):
    _inherit = "alarm.zone"

    # Not the other side of the cards' field: a card says what it serves, and its history tells.
    device_ids = fields.Many2many("alarm.device", string="Equipment", compute="_compute_device_ids")

    def _compute_device_ids(self):
        devices = self.env["alarm.device"].search([("zone_ids", "in", self.ids)])
        for zone in self:
            zone.device_ids = devices.filtered(lambda device, zone=zone: zone in device.zone_ids)
