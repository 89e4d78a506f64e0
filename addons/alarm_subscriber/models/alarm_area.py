from odoo import fields, models


class AlarmArea(models.Model):
    _name = "alarm.area"
    _inherit = "alarm.panel.part"
    _description = "Alarm Area"
    _rec_names_search = ["name", "number"]

    zone_ids = fields.One2many("alarm.zone", "area_id", string="Zones")

    _number_panel_uniq = models.UniqueIndex(
        "(panel_id, number_key) WHERE active",
        "Another area of the panel has this number.",
    )
