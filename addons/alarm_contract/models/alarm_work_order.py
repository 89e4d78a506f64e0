from odoo import fields, models


class AlarmWorkOrder(models.Model):
    """Who works at a site sees that its customer is leaving."""

    _inherit = "alarm.work.order"

    contract_notice = fields.Char(related="subscriber_id.contract_notice")
