from odoo import fields, models


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    # Whose customer it is: the record rule of salespeople asks for it.
    sale_order_ids = fields.One2many(
        "sale.order",
        "subscriber_id",
        string="Sales Orders",
        groups="sales_team.group_sale_salesman",
    )
