from odoo import fields, models
from odoo.tools import format_date


class AlarmSubscriber(models.Model):
    """Who handles a site sees that its customer is leaving, without seeing the contract."""

    _inherit = "alarm.subscriber"

    contract_notice = fields.Char(
        compute="_compute_contract_notice",
        compute_sudo=True,
        help="Says so when a contract of the site is under notice.",
    )

    def _compute_contract_notice(self):
        pending = self.env["alarm.contract.cancellation"].search(
            [("contract_id.subscriber_ids", "in", self.ids), ("state", "=", "pending")],
            order="effective_date desc",
        )
        # The first one to end is what is said.
        last_days = {
            site: cancellation.effective_date
            for cancellation in pending
            for site in cancellation.contract_id.subscriber_ids
        }
        for subscriber in self:
            last_day = last_days.get(subscriber._origin)
            subscriber.contract_notice = last_day and self.env._(
                "Cancellation pending: last day of service %s.", format_date(self.env, last_day)
            )
