from odoo import fields, models

FINDINGS = [("false", "False Alarm"), ("real", "Real Alarm"), ("undecided", "Undecided")]


class AlarmDispatchCause(models.Model):
    """Why the alarm came, as found on site."""

    _name = "alarm.dispatch.cause"
    _description = "Cause Found on Site"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    finding = fields.Selection(
        FINDINGS, help="The finding that this cause belongs to. Left empty, it fits any."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
