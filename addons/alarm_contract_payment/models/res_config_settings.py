from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_autopay_notice_days = fields.Integer(
        related="company_id.alarm_autopay_notice_days", readonly=False
    )
