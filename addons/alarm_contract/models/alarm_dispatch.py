from odoo import fields, models


class AlarmDispatch(models.Model):
    """Who sends responders to a site sees that its customer is leaving; the responders need not."""

    _inherit = "alarm.dispatch"

    contract_notice = fields.Char(
        related="subscriber_id.contract_notice", groups="alarm_subscriber.group_reader"
    )
