from odoo import fields, models

ANSWERS = [
    ("invited", "Asked"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("stood_down", "Not Needed"),
]


class AlarmDispatchMember(models.Model):
    """One responder of a dispatch order, and his answer."""

    _name = "alarm.dispatch.member"
    _inherit = "alarm.own.defaults"
    _description = "Responder of a Dispatch Order"
    _order = "dispatch_id, id"

    dispatch_id = fields.Many2one(
        "alarm.dispatch", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        related="dispatch_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    responder_id = fields.Many2one(
        "alarm.responder",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups="alarm_monitoring.group_dispatcher",
    )
    # As they were when he was sent.
    name = fields.Char(required=True, readonly=True)
    phone = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    distance_km = fields.Float("Distance (km)", digits=(8, 2), readonly=True)
    minutes = fields.Float(digits=(8, 1), readonly=True, help="Estimated time of the way.")
    state = fields.Selection(ANSWERS, "Answer", required=True, readonly=True, default="invited")
    answered_at = fields.Datetime(readonly=True)
    reason = fields.Char(readonly=True)

    _responder_uniq = models.UniqueIndex(
        "(dispatch_id, responder_id)", "This responder is on the order already."
    )
    _load_idx = models.Index("(responder_id) WHERE state IN ('invited', 'accepted')")
