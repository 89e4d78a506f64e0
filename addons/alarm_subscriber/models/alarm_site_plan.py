from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AlarmSitePlan(models.Model):
    """A picture of the premises, or of one floor, with the zones on it."""

    _name = "alarm.site.plan"
    _inherit = "alarm.subscriber.part"
    _description = "Site Plan"
    _order = "subscriber_id, sequence, id"
    _check_company_auto = True

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        related="subscriber_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    name = fields.Char(required=True, help="What the picture shows: ground floor, yard…")
    sequence = fields.Integer(default=10)
    image = fields.Image(
        string="Picture", required=True, max_width=2560, max_height=2560, attachment=True
    )
    zone_ids = fields.One2many("alarm.zone", "site_plan_id", string="Zones on the Plan")
    zone_count = fields.Integer(string="Number of Zones", compute="_compute_zone_count")
    layout = fields.Json(
        string="Zones and Their Places",
        compute="_compute_layout",
        inverse="_inverse_layout",
        help="All zones of the subscriber, those on this plan with their place in it.",
    )
    active = fields.Boolean(default=True)

    @api.depends("zone_ids")
    def _compute_zone_count(self):
        for plan in self:
            plan.zone_count = len(plan.zone_ids)

    @api.depends("subscriber_id.zone_ids", "zone_ids.plan_x", "zone_ids.plan_y")
    @api.depends_context("lang")
    def _compute_layout(self):
        for plan in self:
            plan.layout = [zone._plan_marker(plan) for zone in plan.subscriber_id.zone_ids]

    def _inverse_layout(self):
        """Place, move and take off the zones as `layout` says.

        An entry is {"id", "x", "y"}, 0 to 1 of the picture from its upper left corner; without x
        and y the zone is not on this plan. Zones that are not mentioned stay where they are.
        """
        for plan in self:
            zones = {zone.id: zone for zone in plan.subscriber_id.zone_ids}
            for entry in plan.layout or []:
                zone = zones.get(entry.get("id"))
                if zone is None:
                    raise ValidationError(
                        self.env._(
                            "%(plan)s cannot show the zone with the id %(id)s: it is not of "
                            "%(subscriber)s.",
                            plan=plan.display_name,
                            id=entry.get("id"),
                            subscriber=plan.subscriber_id.display_name,
                        )
                    )
                zone._place(plan, entry.get("x"), entry.get("y"))

    @api.depends("name", "subscriber_id")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = plan.name

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for plan in self:
            plan.subscriber_id._check_deletable(plan.display_name)
