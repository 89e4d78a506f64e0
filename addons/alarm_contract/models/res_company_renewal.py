from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    alarm_renewal_reminder_days = fields.Integer(
        string="Reminder of Notice Deadlines (Days)",
        default=60,
        help="So many days before a notice deadline the responsible person is reminded.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_renewal_reminder_days = fields.Integer(
        related="company_id.alarm_renewal_reminder_days", readonly=False
    )
