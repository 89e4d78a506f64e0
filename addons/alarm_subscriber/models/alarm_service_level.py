from odoo import fields, models


class AlarmServiceLevel(models.Model):
    """What was promised to the subscriber: how fast an alarm is taken, somebody sent, and there."""

    _name = "alarm.service.level"
    _inherit = "alarm.company.bound"
    _description = "Service Level"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", ondelete="restrict", help="Empty: all companies."
    )
    pickup_seconds = fields.Integer(
        string="Pick-up (s)",
        default=60,
        required=True,
        help="Seconds from the arrival of the signal until a dispatcher has taken the alarm.",
    )
    dispatch_minutes = fields.Integer(
        string="Dispatch (min)",
        default=5,
        required=True,
        help="Minutes from the arrival of the signal until a responder has been sent.",
    )
    arrival_minutes = fields.Integer(
        string="Arrival (min)",
        default=25,
        required=True,
        help="Minutes from the sending of a responder until he is at the premises.",
    )
    note = fields.Char(help="What else was promised, in words.")
    active = fields.Boolean(default=True)

    _targets_positive = models.Constraint(
        "CHECK(pickup_seconds > 0 AND dispatch_minutes > 0 AND arrival_minutes > 0)",
        "The targets of a service level are at least 1 second for the pick-up and at least "
        "1 minute for dispatch and arrival.",
    )
