from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.import_templates import import_template
from ..tools.numbers import number_key

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

    detector_type = fields.Selection(DETECTOR_TYPES)
    area_id = fields.Many2one(
        "alarm.area",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('panel_id', '=', panel_id)]",
    )
    area_number = fields.Char(
        compute="_compute_area_number",
        readonly=False,
        help="For imports: an area that the panel does not have yet is added.",
    )
    position = fields.Char(
        help="Where the detector is, so that a guard finds it: floor, room, wall."
    )
    billable = fields.Boolean(default=True)

    _number_panel_uniq = models.UniqueIndex(
        "(panel_id, number_key) WHERE active",
        "Another zone of the panel has this number.",
    )

    @api.constrains("panel_id", "area_id")
    def _check_area(self):
        for zone in self:
            if zone.area_id and zone.area_id.panel_id != zone.panel_id:
                raise ValidationError(
                    self.env._(
                        "Zone %(zone)s is of panel %(panel)s, but its area %(area)s is not.",
                        zone=zone.display_name,
                        panel=zone.panel_id.display_name,
                        area=zone.area_id.display_name,
                    )
                )

    @api.depends("area_id")
    def _compute_area_number(self):
        for zone in self:
            zone.area_number = zone.area_id.number

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_area(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_area(vals))

    @api.model
    def get_import_templates(self):
        return import_template(self.env, "zone", self.env._("Import Template for Zones"))

    def _with_area(self, vals):
        """Values in which the area replaces the number that names it in an import."""
        vals = self._with_panel(vals)
        number = vals.pop("area_number", False)
        if number and not vals.get("area_id"):
            panel = self.env["alarm.panel"].browse(vals.get("panel_id")) or self.panel_id
            vals["area_id"] = self._find_or_add_area(panel, number).id
        return vals

    def _find_or_add_area(self, panel, number):
        panel.ensure_one()
        area = panel.area_ids.filtered(lambda area: area.number_key == number_key(number))
        return area or area.create(
            {
                "panel_id": panel.id,
                "number": number,
                "name": self.env._("Area %s", number),
            }
        )
