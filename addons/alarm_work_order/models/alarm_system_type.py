from odoo import fields, models


class AlarmSystemType(models.Model):
    """A kind of system that is installed: it asks for other check-lists and other skills."""

    _name = "alarm.system.type"
    _description = "System Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    skill_ids = fields.Many2many(
        "hr.skill", string="Skills Needed", help="What the crew has to be able to do."
    )
    active = fields.Boolean(default=True)
