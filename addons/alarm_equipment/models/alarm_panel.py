from odoo import fields, models


class AlarmPanel(models.Model):
    _inherit = "alarm.panel"

    device_ids = fields.One2many("alarm.device", "panel_id", string="Equipment")
