from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_map_url = fields.Char(related="company_id.alarm_map_url", readonly=False)
    alarm_map_attribution = fields.Char(related="company_id.alarm_map_attribution", readonly=False)
    alarm_map_max_zoom = fields.Integer(related="company_id.alarm_map_max_zoom", readonly=False)
    alarm_map_datum = fields.Selection(
        related="company_id.alarm_map_datum", readonly=False, required=True
    )
