from odoo import fields, models

from ..tools.retention import DEFAULT_LIVE_MONTHS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_signal_days = fields.Integer(related="company_id.alarm_signal_days", readonly=False)
    alarm_live_months = fields.Integer(
        string="Months Live",
        config_parameter="alarm_monitoring.live_months",
        default=DEFAULT_LIVE_MONTHS,
        help="Older signals are moved to the archive at the start of each month.",
    )
