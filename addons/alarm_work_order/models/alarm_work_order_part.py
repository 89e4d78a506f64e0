from odoo import fields, models


class AlarmWorkOrderPart(models.AbstractModel):
    """What belongs to one work order and is seen with it."""

    _name = "alarm.work.order.part"
    _description = "Part of a Work Order"
    _inherit = ["alarm.company.bound"]

    work_order_id = fields.Many2one(
        "alarm.work.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="work_order_id.company_id", store=True, index=True, ondelete="restrict"
    )
