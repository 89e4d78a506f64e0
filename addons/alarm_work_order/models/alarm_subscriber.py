from odoo import api, fields, models


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    work_order_ids = fields.One2many(
        "alarm.work.order", "subscriber_id", groups="alarm_work_order.group_technician"
    )
    work_order_count = fields.Integer(
        compute="_compute_work_order_count", groups="alarm_work_order.group_technician"
    )

    @api.depends("work_order_ids")
    def _compute_work_order_count(self):
        counts = dict(
            self.env["alarm.work.order"]._read_group(
                [("subscriber_id", "in", self.ids)], ["subscriber_id"], ["__count"]
            )
        )
        for subscriber in self:
            subscriber.work_order_count = counts.get(subscriber, 0)

    def action_view_work_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_work_order.alarm_work_order_action"
        )
        return action | {
            "domain": [("subscriber_id", "=", self.id)],
            "context": {"default_subscriber_id": self.id},
        }
