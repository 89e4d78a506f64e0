from odoo import api, fields, models

from ..tools.numbers import number_key
from .alarm_zone import DETECTOR_TYPES


class AlarmPanelTypePart(models.AbstractModel):
    """What every panel of a type addresses by the same number."""

    _name = "alarm.panel.type.part"
    _inherit = "alarm.company.bound"
    _description = "Numbered Part of a Panel Type"
    _order = "type_id, number_sort, id"

    type_id = fields.Many2one("alarm.panel.type", required=True, index=True, ondelete="cascade")
    number = fields.Char(required=True, help="As the panel sends it; leading zeros mean nothing.")
    number_key = fields.Char(compute="_compute_number_key", store=True, precompute=True)
    # Filled up on the left, so that 2 comes before 10.
    number_sort = fields.Char(compute="_compute_number_key", store=True, precompute=True)
    name = fields.Char(required=True)

    _number_type_uniq = models.UniqueIndex(
        "(type_id, number_key)", "The panel type has this number already."
    )

    @api.depends("number")
    def _compute_number_key(self):
        for part in self:
            part.number_key = number_key(part.number)
            part.number_sort = part.number_key.rjust(8, "0")

    @api.depends("number", "name")
    def _compute_display_name(self):
        for part in self:
            part.display_name = f"{part.number or ''} {part.name or ''}".strip()


class AlarmPanelTypeArea(models.Model):
    _name = "alarm.panel.type.area"
    _inherit = "alarm.panel.type.part"
    _description = "Area of a Panel Type"


class AlarmPanelTypeZone(models.Model):
    _name = "alarm.panel.type.zone"
    _inherit = "alarm.panel.type.part"
    _description = "Zone of a Panel Type"

    detector_type = fields.Selection(DETECTOR_TYPES)
    area_number = fields.Char(string="Area", help="Number of the area that the zone is in.")
    position = fields.Char(help="Where such a detector usually is.")
    billable = fields.Boolean(default=True)
