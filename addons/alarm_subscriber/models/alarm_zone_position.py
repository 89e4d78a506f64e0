from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AlarmZone(models.Model):
    """Where the detector is on a plan of the site."""

    _inherit = "alarm.zone"

    site_plan_id = fields.Many2one(
        "alarm.site.plan",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        domain="[('subscriber_id', '=', subscriber_id)]",
    )
    plan_x = fields.Float(
        string="Place across", digits=(6, 5), copy=False, help="0: left edge; 1: right edge."
    )
    plan_y = fields.Float(
        string="Place down", digits=(6, 5), copy=False, help="0: upper edge; 1: lower edge."
    )

    _place_in_picture = models.Constraint(
        "CHECK(plan_x BETWEEN 0 AND 1 AND plan_y BETWEEN 0 AND 1)",
        "The place of a zone on a plan is given in parts of the picture, 0 to 1.",
    )

    @api.constrains("site_plan_id", "panel_id")
    def _check_site_plan(self):
        for zone in self:
            plan = zone.site_plan_id
            if plan and plan.subscriber_id != zone.subscriber_id:
                raise ValidationError(
                    self.env._(
                        "Zone %(zone)s is of %(subscriber)s, but the plan %(plan)s is of "
                        "%(other)s.",
                        zone=zone.display_name,
                        subscriber=zone.subscriber_id.display_name,
                        plan=plan.display_name,
                        other=plan.subscriber_id.display_name,
                    )
                )

    def _place(self, plan, across, down):
        """Put the zone on `plan` at these parts of the picture; None takes it off this plan."""
        self.ensure_one()
        if across is None or down is None:
            if self.site_plan_id == plan:
                self.write({"site_plan_id": False, "plan_x": 0, "plan_y": 0})
            return
        place = (plan, round(across, 5), round(down, 5))
        if place != (self.site_plan_id, self.plan_x, self.plan_y):
            self.write({"site_plan_id": plan.id, "plan_x": place[1], "plan_y": place[2]})

    def _plan_marker(self, plan):
        """What a picture of `plan` needs to know of the zone."""
        # A plan that is not saved yet has no origin, and neither is a zone without a plan on it.
        here = bool(plan._origin) and self.site_plan_id == plan._origin
        types = dict(self._fields["detector_type"]._description_selection(self.env))
        return {
            "id": self._origin.id,
            "number": self.number,
            "name": self.name,
            "type": self.detector_type or "other",
            "type_label": types.get(self.detector_type, ""),
            "position": self.position or "",
            "plan": False if here else self.site_plan_id.name or False,
            "x": self.plan_x if here else None,
            "y": self.plan_y if here else None,
        }
