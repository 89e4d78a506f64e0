from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AlarmSurveyPlan(models.Model):
    """A drawing of the premises with the planned zones on it."""

    _name = "alarm.survey.plan"
    _inherit = "alarm.survey.part"
    _description = "Drawing of a Survey"
    _order = "survey_id, sequence, id"
    _check_company_auto = True

    survey_id = fields.Many2one("alarm.survey", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        related="survey_id.company_id", store=True, index=True, ondelete="restrict"
    )
    name = fields.Char(required=True, help="What the picture shows: ground floor, yard…")
    sequence = fields.Integer(default=10)
    image = fields.Image(
        string="Picture", required=True, max_width=2560, max_height=2560, attachment=True
    )
    zone_ids = fields.One2many("alarm.survey.zone", "plan_id", string="Zones on the Drawing")
    layout = fields.Json(
        string="Zones and Their Places", compute="_compute_layout", inverse="_inverse_layout"
    )

    @api.depends("survey_id.zone_ids", "zone_ids.plan_x", "zone_ids.plan_y")
    @api.depends_context("lang")
    def _compute_layout(self):
        for plan in self:
            plan.layout = [zone._plan_marker(plan) for zone in plan.survey_id.zone_ids]

    def _inverse_layout(self):
        """Place, move and take off the zones as `layout` says, see `alarm.site.plan`."""
        for plan in self:
            zones = {zone.id: zone for zone in plan.survey_id.zone_ids}
            for entry in plan.layout or []:
                zone = zones.get(entry.get("id"))
                if zone is None:
                    raise ValidationError(
                        self.env._(
                            "%(plan)s cannot show the zone with the id %(id)s: it is not of "
                            "%(survey)s.",
                            plan=plan.name,
                            id=entry.get("id"),
                            survey=plan.survey_id.name,
                        )
                    )
                zone._place(plan, entry.get("x"), entry.get("y"))

    def _marked_zones(self):
        """Zones on the drawing with what a printed picture needs."""
        self.ensure_one()
        return [
            {"number": zone.number, "left": 100 * zone.plan_x, "top": 100 * zone.plan_y}
            for zone in self.zone_ids
        ]
