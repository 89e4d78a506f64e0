from odoo import fields, models


class AlarmWorkOrderChecklist(models.Model):
    _name = "alarm.work.order.checklist"
    _description = "Check-list Line of a Work Order"
    _inherit = ["alarm.work.order.part"]
    _order = "work_order_id, sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    answer = fields.Selection(
        [("tick", "Tick"), ("value", "Measured Value")], required=True, default="tick"
    )
    unit = fields.Char()
    required = fields.Boolean(default=True)
    checked = fields.Boolean()
    value = fields.Char("Measured Value")
    remark = fields.Char()
    checked_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    checked_at = fields.Datetime(readonly=True)


class AlarmWorkOrder(models.Model):
    _inherit = "alarm.work.order"

    checklist_ids = fields.One2many(
        "alarm.work.order.checklist", "work_order_id", string="Check-list"
    )
