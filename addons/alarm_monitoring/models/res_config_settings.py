from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_test_hours = fields.Integer(related="company_id.alarm_test_hours", readonly=False)
    alarm_test_hours_supervisor = fields.Integer(
        related="company_id.alarm_test_hours_supervisor", readonly=False
    )
