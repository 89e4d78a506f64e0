from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..tools.zone_numbers import format_zone_numbers, free_numbers, parse_zone_numbers

RISKS = [
    ("intrusion", "Intrusion"),
    ("hold_up", "Hold-up"),
    ("fire", "Fire"),
    ("gas", "Gas"),
    ("water", "Water"),
    ("sabotage", "Sabotage"),
    ("medical", "Medical"),
    ("other", "Other"),
]
OWNERSHIPS = [("sold", "Sold"), ("leased", "Leased")]


class AlarmSurveyLine(models.Model):
    """One row of a survey: a risk in a room and what is installed against it."""

    _name = "alarm.survey.line"
    _inherit = "alarm.survey.part"
    _description = "Line of a Survey"
    _order = "survey_id, sequence, id"
    _check_company_auto = True

    survey_id = fields.Many2one("alarm.survey", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        related="survey_id.company_id", store=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(default=10)
    room = fields.Char(help="Where in the premises. Empty for what belongs to all of them.")
    risk = fields.Selection(RISKS)
    product_id = fields.Many2one(
        "product.product",
        string="Equipment or Work",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('sale_ok', '=', True), ('alarm_recurrence', '=', False)]",
    )
    quantity = fields.Float(default=1.0, digits="Product Unit", required=True)
    ownership = fields.Selection(OWNERSHIPS, required=True, default="sold")
    fee_id = fields.Many2one(
        "product.product",
        string="Fee for Each",
        compute="_compute_fee_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        check_company=True,
        domain="[('alarm_recurrence', '!=', False)]",
        help="What each piece costs the customer every period, e.g. its lease.",
    )
    area = fields.Char(
        default="1", help="Number of the area of the panel that the zones belong to."
    )
    zone_numbers = fields.Char(
        "Zones",
        compute="_compute_zone_numbers",
        inverse="_inverse_zone_numbers",
        help="Numbers and ranges: 1-3, 7. Empty for a detector: the next free ones.",
    )
    zone_ids = fields.One2many("alarm.survey.zone", "line_id", string="Zones of the Row", copy=True)
    note = fields.Char("Where Exactly", help="So that the crew finds it: wall, height, cable.")

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "A row needs a quantity.")

    @api.depends("product_id", "ownership")
    def _compute_fee_id(self):
        for line in self:
            leased = line.ownership == "leased"
            line.fee_id = line.product_id.alarm_lease_fee_id if leased else False

    @api.depends("zone_ids.number")
    def _compute_zone_numbers(self):
        for line in self:
            line.zone_numbers = format_zone_numbers(line.zone_ids.mapped("number"))

    def _inverse_zone_numbers(self):
        for line in self:
            line._keep_zones(line._parse_zone_numbers(line.zone_numbers))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for line in lines:
            if line._zones_wanted() and not line.zone_ids:
                line._keep_zones(line.survey_id._free_zone_numbers(line._zones_wanted()))
        return lines

    def write(self, vals):
        before = {line: line._zones_wanted() for line in self}
        res = super().write(vals)
        if {"quantity", "product_id"} & vals.keys() and "zone_numbers" not in vals:
            for line in self:
                line._follow_quantity(before[line])
        return res

    def _zones_wanted(self):
        """How many zones the row asks for by itself: one for each detector."""
        self.ensure_one()
        return int(self.quantity) if self.product_id.alarm_device_kind == "detector" else 0

    def _follow_quantity(self, before):
        """One more detector has one more zone; numbers that somebody chose stay."""
        wanted, numbers = self._zones_wanted(), self.zone_ids.mapped("number")
        if len(numbers) != before:
            # Several detectors on one zone, or none: somebody has said so.
            return
        if wanted < before:
            self._keep_zones(numbers[:wanted])
        elif wanted > before:
            self._keep_zones([*numbers, *self.survey_id._free_zone_numbers(wanted - before)])

    def _parse_zone_numbers(self, text):
        try:
            return parse_zone_numbers(text)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "“%(part)s” is no zone number. Type numbers and ranges, like 1-3, 7.",
                    part=error,
                )
            ) from error

    def _keep_zones(self, numbers):
        """Zones with exactly these numbers; one that stays keeps its name and its place."""
        self.ensure_one()
        known = {zone.number: zone for zone in self.zone_ids}
        self.zone_ids = [
            *(Command.delete(zone.id) for number, zone in known.items() if number not in numbers),
            *(Command.create({"number": number}) for number in numbers if number not in known),
        ]


class AlarmSurvey(models.Model):
    _inherit = "alarm.survey"

    def _free_zone_numbers(self, count):
        """The lowest free zone numbers, those of the subscriber's panel counted as taken."""
        self.ensure_one()
        numbers = [
            *self.zone_ids.mapped("number"),
            *self.sudo().subscriber_id.zone_ids.mapped("number"),
        ]
        return free_numbers(count, {int(number) for number in numbers if number.isdecimal()})
