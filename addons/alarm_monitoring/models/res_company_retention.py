from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.retention import DEFAULT_DAYS, LEGAL_MINIMUM_DAYS


class ResCompany(models.Model):
    _inherit = "res.company"

    alarm_signal_days = fields.Integer(
        string="Keep Signals for (days)",
        required=True,
        default=DEFAULT_DAYS,
        help="Older signals are exported and deleted. 0: never. The law asks for at least 30 days "
        "in China; less is refused.",
    )

    @api.constrains("alarm_signal_days")
    def _check_alarm_signal_days(self):
        for company in self:
            if company.alarm_signal_days and company.alarm_signal_days < LEGAL_MINIMUM_DAYS:
                raise ValidationError(
                    self.env._(
                        "%(company)s would keep signals for %(days)s days; allowed: 0 (for ever), "
                        "or %(minimum)s and more, which the law asks for.",
                        company=company.name,
                        days=company.alarm_signal_days,
                        minimum=LEGAL_MINIMUM_DAYS,
                    )
                )
