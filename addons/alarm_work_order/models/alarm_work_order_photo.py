from odoo import fields, models


class AlarmWorkOrderPhoto(models.Model):
    _name = "alarm.work.order.photo"
    _description = "Photo of a Work Order"
    _inherit = ["alarm.work.order.part"]
    _order = "work_order_id, id"

    name = fields.Char("Caption")
    moment = fields.Selection(
        [("before", "Before"), ("after", "After")], required=True, default="before"
    )
    image = fields.Image(required=True, max_width=1600, max_height=1600)
    taken_at = fields.Datetime(default=fields.Datetime.now)


class AlarmWorkOrder(models.Model):
    _inherit = "alarm.work.order"

    photo_ids = fields.One2many("alarm.work.order.photo", "work_order_id", string="Photos")
