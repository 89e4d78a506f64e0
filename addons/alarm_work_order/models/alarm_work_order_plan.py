from odoo import api, fields, models

from ..tools.plan import Booking, conflicts
from ..tools.work_states import PLANNED_STATES

# What a plan may be wrong about: an order that is over is in nobody's way.
_PLANNABLE = ("draft", *PLANNED_STATES)
# Red among the colours of a calendar.
_RED = 1


class AlarmWorkOrder(models.Model):
    """Who goes when. What does not fit is a warning, not a refusal: planners know of swaps and of
    short ways that the calendar does not."""

    _inherit = "alarm.work.order"

    skill_ids = fields.Many2many(
        "hr.skill",
        string="Skills Needed",
        compute="_compute_skill_ids",
        store=True,
        readonly=False,
        help="Those of the system type, unless others are chosen.",
    )
    conflict_ids = fields.Many2many(
        "alarm.work.order",
        string="At the Same Time",
        compute="_compute_conflict_ids",
        compute_sudo=True,
    )
    has_conflict = fields.Boolean(
        "Conflict",
        compute="_compute_conflict_ids",
        search="_search_has_conflict",
        compute_sudo=True,
    )
    skills_lacking = fields.Char(compute="_compute_skills_lacking", compute_sudo=True)
    calendar_color = fields.Integer(compute="_compute_calendar_color", compute_sudo=True)

    @api.depends("system_type_id")
    def _compute_skill_ids(self):
        for order in self:
            order.skill_ids = order.system_type_id.skill_ids

    @api.depends("state", "planned_start", "planned_end", "crew_id", "technician_ids")
    def _compute_conflict_ids(self):
        planned = self.filtered(lambda order: order._is_plannable())
        others = self.browse()
        if planned:
            others = self.search(
                [
                    ("state", "in", PLANNED_STATES),
                    ("planned_start", "<", max(planned.mapped("planned_end"))),
                    ("planned_end", ">", min(planned.mapped("planned_start"))),
                ]
            )
        bookings = [other._booking() for other in others]
        for order in self:
            found = conflicts(order._booking(), bookings) if order in planned else ()
            order.conflict_ids = others.browse(sorted(found))
            order.has_conflict = bool(found)

    def _search_has_conflict(self, operator, value):
        if operator != "in":
            return NotImplemented
        planned = self.sudo().search([("state", "in", _PLANNABLE), ("planned_start", "!=", False)])
        # What was computed before may be wrong since another order was moved.
        planned.invalidate_recordset(["has_conflict", "conflict_ids"], flush=False)
        wanted = planned.filtered("has_conflict")
        if False in value:
            return [] if True in value else [("id", "not in", wanted.ids)]
        return [("id", "in", wanted.ids)]

    @api.depends("skill_ids", "crew_id.member_ids.skill_ids", "technician_ids")
    def _compute_skills_lacking(self):
        for order in self:
            people = order.crew_id.member_ids | order.technician_ids.employee_ids
            lacking = order.skill_ids - people.skill_ids
            order.skills_lacking = (
                ", ".join(lacking.mapped("name")) if people and lacking else False
            )

    @api.depends("has_conflict", "crew_id.color")
    def _compute_calendar_color(self):
        for order in self:
            order.calendar_color = _RED if order.has_conflict else order.crew_id.color

    def _is_plannable(self):
        return bool(
            self.state in _PLANNABLE
            and self.planned_start
            and self.planned_end
            and (self.crew_id or self.technician_ids)
        )

    def _booking(self):
        crew = {("crew", id_) for id_ in self.crew_id.ids}
        users = {("user", id_) for id_ in self.technician_ids.ids}
        return Booking(
            self._origin.id, self.planned_start, self.planned_end, frozenset(crew | users)
        )

    def _missing(self, verb):
        missing = super()._missing(verb)
        if verb in ("schedule", "start"):
            if not self.crew_id and not self.technician_ids:
                missing.append(self.env._("Choose the crew that does it."))
        if verb == "schedule" and not (self.planned_start and self.planned_end):
            missing.append(self.env._("Say when it starts and ends."))
        return missing
