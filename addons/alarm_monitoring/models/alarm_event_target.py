from odoo import api, fields, models

from .alarm_event_code import EVENT_CLASSES


class AlarmEventTarget(models.Model):
    """How long an incident of a class may wait, and when supervisors are called."""

    _name = "alarm.event.target"
    _inherit = "alarm.company.bound"
    _description = "Alarm Waiting Time Target"
    _order = "event_class, company_id"
    _rec_name = "event_class"

    event_class = fields.Selection(EVENT_CLASSES, required=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", ondelete="restrict", help="Empty: of all companies."
    )
    pickup_seconds = fields.Integer(
        "Take Within (s)", required=True, default=60, help="Later than that it is overdue."
    )
    escalate_seconds = fields.Integer(
        "Call Supervisors After (s)",
        required=True,
        default=120,
        help="In the queue this long, it is shown to the supervisors.",
    )
    idle_minutes = fields.Integer(
        "Idle After (min)",
        required=True,
        default=5,
        help="In hand, but nothing was done for so long: it is shown to the supervisors, too.",
    )

    _class_uniq = models.UniqueIndex(
        "(event_class, coalesce(company_id, 0))", "There is already a target for this class."
    )
    _in_order = models.Constraint(
        "CHECK(0 < pickup_seconds AND pickup_seconds <= escalate_seconds AND 0 < idle_minutes)",
        "Times are more than zero, and supervisors are not called before it is overdue.",
    )

    @api.depends("event_class")
    def _compute_display_name(self):
        words = dict(self._fields["event_class"]._description_selection(self.env))
        for target in self:
            target.display_name = words.get(target.event_class, "")
