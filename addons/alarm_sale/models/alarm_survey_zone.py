from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.alarm_subscriber.tools.numbers import number_key


class AlarmSurveyZone(models.Model):
    """A zone as it is planned: it becomes a zone of the subscriber's panel."""

    _name = "alarm.survey.zone"
    _inherit = "alarm.survey.part"
    _description = "Planned Zone"
    _order = "survey_id, number_sort, id"
    _check_company_auto = True
    _written_later = frozenset({"zone_id"})

    line_id = fields.Many2one("alarm.survey.line", required=True, index=True, ondelete="cascade")
    survey_id = fields.Many2one(related="line_id.survey_id", store=True, index=True)
    company_id = fields.Many2one(related="survey_id.company_id", store=True, index=True)
    number = fields.Char(required=True)
    number_key = fields.Char(compute="_compute_number_key", store=True, precompute=True)
    number_sort = fields.Char(compute="_compute_number_key", store=True, precompute=True)
    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True, required=True
    )
    room = fields.Char(related="line_id.room")
    area = fields.Char(related="line_id.area")
    detector_type = fields.Selection(related="line_id.product_id.alarm_detector_type")
    plan_id = fields.Many2one(
        "alarm.survey.plan",
        string="Drawing",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        domain="[('survey_id', '=', survey_id)]",
    )
    plan_x = fields.Float(string="Place across", digits=(6, 5), copy=False)
    plan_y = fields.Float(string="Place down", digits=(6, 5), copy=False)

    zone_id = fields.Many2one(
        "alarm.zone",
        string="Zone of the Panel",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        groups=fields.NO_ACCESS,
        help="What it became, whatever number the zone has now.",
    )

    _place_in_picture = models.Constraint(
        "CHECK(plan_x BETWEEN 0 AND 1 AND plan_y BETWEEN 0 AND 1)",
        "The place of a zone on a drawing is given in parts of the picture, 0 to 1.",
    )
    _number_survey_uniq = models.UniqueIndex(
        "(survey_id, number_key)", "Another zone of the survey has this number."
    )

    @api.constrains("plan_id", "survey_id")
    def _check_plan(self):
        for zone in self:
            if zone.plan_id and zone.plan_id.survey_id != zone.survey_id:
                raise ValidationError(
                    self.env._(
                        "Zone %(zone)s and the drawing %(plan)s are of two surveys.",
                        zone=zone.number,
                        plan=zone.plan_id.name,
                    )
                )

    @api.depends("number")
    def _compute_number_key(self):
        for zone in self:
            zone.number_key = number_key(zone.number)
            zone.number_sort = zone.number_key.rjust(8, "0")

    @api.depends("line_id.room", "line_id.product_id")
    def _compute_name(self):
        for zone in self:
            line = zone.line_id
            # In the language of the company: it is read out on the board.
            lang = line.company_id.partner_id.lang or self.env.lang
            label = zone.with_context(lang=lang)._detector_label()
            generated = " ".join(filter(None, (line.room, label)))
            if not zone.name or zone.name == zone._origin.name:
                zone.name = generated or line.product_id.name or zone.number

    @api.depends("number", "name")
    def _compute_display_name(self):
        for zone in self:
            zone.display_name = f"{zone.number or ''} {zone.name or ''}".strip()

    @api.model_create_multi
    def create(self, vals_list):
        zones = super().create(vals_list)
        # Their survey is that of their row, which Odoo adds to the survey's list once more.
        zones.survey_id.invalidate_recordset(["zone_ids"])
        return zones

    def _detector_label(self):
        labels = dict(self._fields["detector_type"]._description_selection(self.env))
        return labels.get(self.detector_type, "")

    def _plan_marker(self, plan):
        """What a picture of `plan` needs to know of the zone: as `alarm.zone` tells it."""
        here = bool(plan._origin) and self.plan_id == plan._origin
        return {
            "id": self._origin.id,
            "number": self.number,
            "name": self.name,
            "type": self.detector_type or "other",
            "type_label": self._detector_label(),
            "position": self.line_id.note or "",
            "plan": False if here else self.plan_id.name or False,
            "x": self.plan_x if here else None,
            "y": self.plan_y if here else None,
        }

    def _place(self, plan, across, down):
        """Put the zone on `plan` at these parts of the picture; None takes it off this plan."""
        self.ensure_one()
        if across is None or down is None:
            if self.plan_id == plan:
                self.write({"plan_id": False, "plan_x": 0, "plan_y": 0})
            return
        place = (plan, round(across, 5), round(down, 5))
        if place != (self.plan_id, self.plan_x, self.plan_y):
            self.write({"plan_id": plan.id, "plan_x": place[1], "plan_y": place[2]})
