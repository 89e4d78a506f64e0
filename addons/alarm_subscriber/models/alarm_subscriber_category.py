from odoo import fields, models


class AlarmSubscriberCategory(models.Model):
    _name = "alarm.subscriber.category"
    _description = "Kind of Monitored Premises"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
