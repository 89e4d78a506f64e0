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
    # What closing an incident with this resolution asks for, see tools/gates.py.
    note_required = fields.Boolean(
        compute="_compute_duties", store=True, readonly=False, precompute=True
    )
    loss_required = fields.Boolean(
        compute="_compute_duties", store=True, readonly=False, precompute=True
    )
    tell_customer = fields.Boolean(
        compute="_compute_duties", store=True, readonly=False, precompute=True
    )
    tell_police = fields.Boolean(
        compute="_compute_duties", store=True, readonly=False, precompute=True
    )
    tell_fire = fields.Boolean("Tell Fire Brigade")
    tell_medical = fields.Boolean("Tell Ambulance")
    tell_insurer = fields.Boolean(
        compute="_compute_duties", store=True, readonly=False, precompute=True
    )

    _code_uniq = models.UniqueIndex("(code)", "Another resolution has this code.")

    @api.depends("kind")
    def _compute_duties(self):
        """A real alarm: the customer comes to the site, the police and the insurer are told, the
        loss is noted."""
        for resolution in self:
            real = resolution.kind == "real"
            resolution.note_required = real or resolution.kind == "technical"
            resolution.loss_required = real
            resolution.tell_customer = real
            resolution.tell_police = real
            resolution.tell_insurer = real

    def _parties_to_tell(self):
        """The parties, as in tools/gates.py, that are to be told."""
        return [
            party
            for party in ("customer", "police", "fire", "medical", "insurer")
            if self[f"tell_{party}"]
        ]

    @api.depends("code", "name")
    def _compute_display_name(self):
        for resolution in self:
            resolution.display_name = f"{resolution.code or ''} {resolution.name or ''}".strip()
