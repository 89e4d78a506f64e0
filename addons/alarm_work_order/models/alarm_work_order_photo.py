from odoo import api, fields, models


class AlarmWorkOrderPhoto(models.Model):
    _name = "alarm.work.order.photo"
    _description = "Photo of a Work Order"
    _inherit = ["alarm.work.order.report"]
    _order = "work_order_id, moment desc, id"

    name = fields.Char("Caption")
    moment = fields.Selection(
        [("before", "Before"), ("after", "After")], required=True, default="before"
    )
    # Large enough to read a type plate.
    image = fields.Image("Photo", required=True, max_width=1600, max_height=1600)
    image_small = fields.Image(
        "Preview", related="image", max_width=256, max_height=256, store=True
    )
    taken_at = fields.Datetime(default=fields.Datetime.now)


class AlarmWorkOrder(models.Model):
    _inherit = "alarm.work.order"

    photo_ids = fields.One2many("alarm.work.order.photo", "work_order_id", string="Photos")
    plan_ids = fields.Many2many(
        "alarm.site.plan",
        string="Drawings",
        compute="_compute_plan_ids",
        groups="alarm_subscriber.group_reader",
    )

    @api.depends("subscriber_id")
    def _compute_plan_ids(self):
        found = self.env["alarm.site.plan"]._read_group(
            [("subscriber_id", "in", self.subscriber_id.ids)],
            ["subscriber_id"],
            ["id:recordset"],
        )
        per_subscriber = dict(found)
        for order in self:
            order.plan_ids = per_subscriber.get(order.subscriber_id, False)
