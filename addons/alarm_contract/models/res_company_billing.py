from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    alarm_billing_daily = fields.Boolean(
        string="Bill Every Day", help="What is due is invoiced every night, without a preview."
    )
    alarm_billing_user_id = fields.Many2one(
        "res.users",
        string="Billing in the Name Of",
        ondelete="restrict",
        help="By whose rights the daily run works, and who hears of what failed.",
    )
    alarm_billing_mail = fields.Boolean(string="Invoices by E-mail", default=True)
    alarm_billing_sms = fields.Boolean(string="Text Message of an Invoice")
    alarm_billing_waits_einvoice = fields.Boolean(
        string="Wait for the E-Fapiao",
        help="The customer is told when the number of the e-fapiao is known.",
    )

    @api.constrains("alarm_billing_user_id")
    def _check_alarm_billing_user(self):
        for company in self:
            user = company.alarm_billing_user_id
            if user and not (user.active and company in user.company_ids):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot bill for %(company)s: it has to be an active user who "
                        "works for this company.",
                        user=user.name,
                        company=company.name,
                    )
                )

    def _get_invoice_channels(self):
        """In which ways customers are told of their invoices."""
        self.ensure_one()
        ways = {"mail": self.alarm_billing_mail, "sms": self.alarm_billing_sms}
        return [channel for channel, wanted in ways.items() if wanted]
