from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_test_hours = fields.Integer(related="company_id.alarm_test_hours", readonly=False)
    alarm_test_hours_supervisor = fields.Integer(
        related="company_id.alarm_test_hours_supervisor", readonly=False
    )
    alarm_test_quiet_hours = fields.Integer(
        related="company_id.alarm_test_quiet_hours", readonly=False
    )
    alarm_test_total_hours = fields.Integer(
        related="company_id.alarm_test_total_hours", readonly=False
    )
    alarm_test_passcode = fields.Boolean(related="company_id.alarm_test_passcode", readonly=False)
    alarm_closed_outside = fields.Selection(
        related="company_id.alarm_closed_outside", readonly=False
    )
