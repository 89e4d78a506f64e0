from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_deposit_account_id = fields.Many2one(
        related="company_id.alarm_deposit_account_id", readonly=False
    )
    alarm_deferral_account_id = fields.Many2one(
        related="company_id.alarm_deferral_account_id", readonly=False
    )
    alarm_exit_product_id = fields.Many2one(
        related="company_id.alarm_exit_product_id", readonly=False
    )
    alarm_attendance_product_id = fields.Many2one(
        related="company_id.alarm_attendance_product_id", readonly=False
    )
