from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_billing_daily = fields.Boolean(related="company_id.alarm_billing_daily", readonly=False)
    alarm_billing_user_id = fields.Many2one(
        related="company_id.alarm_billing_user_id", readonly=False
    )
    alarm_billing_mail = fields.Boolean(related="company_id.alarm_billing_mail", readonly=False)
    alarm_billing_sms = fields.Boolean(related="company_id.alarm_billing_sms", readonly=False)
    alarm_billing_waits_einvoice = fields.Boolean(
        related="company_id.alarm_billing_waits_einvoice", readonly=False
    )
