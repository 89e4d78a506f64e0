from odoo import api, fields, models

KINDS = [
    ("false", "False Alarm"),
    ("real", "Real"),
    ("test", "Test"),
    ("technical", "Technical"),
    ("cancelled", "Cancelled"),
]


class AlarmResolution(models.Model):
    """How an incident ended, as a code that a dispatcher types."""

    _name = "alarm.resolution"
    _description = "Alarm Resolution"
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, required=True)
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "Another resolution has this code.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for resolution in self:
            resolution.display_name = f"{resolution.code or ''} {resolution.name or ''}".strip()
