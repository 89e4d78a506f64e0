from odoo import fields, models

DETECTOR_TYPES = [
    ("contact", "Door or Window Contact"),
    ("motion", "Motion Detector"),
    ("glass_break", "Glass Break Detector"),
    ("vibration", "Vibration Detector"),
    ("beam", "Beam"),
    ("hold_up", "Hold-up Button"),
    ("medical", "Medical Button"),
    ("smoke", "Smoke Detector"),
    ("heat", "Heat Detector"),
    ("manual_call_point", "Manual Call Point"),
    ("gas", "Gas Detector"),
    ("water", "Water Detector"),
    ("video", "Video Detector"),
    ("tamper", "Tamper Contact"),
    ("other", "Other"),
]


class AlarmZone(models.Model):
    _name = "alarm.zone"
    _inherit = "alarm.panel.part"
    _description = "Alarm Zone"
    _rec_names_search = ["name", "number"]

    name = fields.Char(required=True)
    detector_type = fields.Selection(DETECTOR_TYPES)
    area_id = fields.Many2one(
        "alarm.area",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('panel_id', '=', panel_id)]",
    )
    position = fields.Char(
        help="Where the detector is, so that a guard finds it: floor, room, wall."
    )
    billable = fields.Boolean(default=True)

    _number_panel_uniq = models.UniqueIndex(
        "(panel_id, number_key) WHERE active",
        "Another zone of the panel has this number.",
    )
