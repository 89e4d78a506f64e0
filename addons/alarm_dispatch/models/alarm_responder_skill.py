from odoo import fields, models


class AlarmResponderSkill(models.Model):
    """What a responder can do or has with him: dog, vehicle, first aid, lock opening."""

    _name = "alarm.responder.skill"
    _description = "Skill of a Responder"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE(name)", "Another skill has this name.")
