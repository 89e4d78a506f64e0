from odoo import models

from ..tools.contract_states import IN_FORCE


class ContractContract(models.Model):
    """Who brings the equipment of a site back, and when its monitoring ends, once no contract
    serves it any more."""

    _inherit = "contract.contract"

    def _make_removal_orders(self, subscribers, date):
        """Draft work orders that bring the equipment back and end monitoring on `date`, for the
        sites that no other contract serves. One under notice serves until its last day: then they
        are for the day after, and of its cancellation too. Returns them."""
        others = self._get_others_that_serve(subscribers)
        # As superuser: a clerk does not plan work. Site and day come from what was decided about
        # the contracts; a planner schedules it, and answers for when monitoring ends.
        leaving = others.sudo()._get_pending_cancellation()
        sites = subscribers - (others - leaving.contract_id).subscriber_ids
        days = dict.fromkeys(sites, date)
        for cancellation in leaving:
            for site in sites & cancellation.contract_id.subscriber_ids:
                days[site] = max(days[site], cancellation._get_first_day_without())
        orders = self._get_removals_under_way(subscribers)
        for order in orders.filtered(lambda order: order.state == "draft"):
            # Made when it was to be earlier: nobody has planned it yet.
            day, planned = days.get(order.subscriber_id), order.monitoring_ends_on
            if day and planned and planned < day:
                order.monitoring_ends_on = day
        orders |= orders.create(
            [
                {
                    "kind": "removal",
                    "subscriber_id": site.id,
                    "origin": ", ".join(self.mapped("code")),
                    "monitoring_ends_on": days[site],
                }
                for site in sites - orders.subscriber_id
                if site.state != "terminated"
            ]
        )
        for cancellation in leaving:
            cancellation._add_removals(orders)
        return orders.sudo(False)

    def _get_others_that_serve(self, subscribers):
        return self.search(
            [
                ("subscriber_ids", "in", subscribers.ids),
                ("id", "not in", self.ids),
                ("alarm_state", "in", tuple(IN_FORCE)),
            ]
        )

    def _get_removals_under_way(self, subscribers):
        return (
            self.env["alarm.work.order"]
            .sudo()
            .search(
                [
                    ("subscriber_id", "in", subscribers.ids),
                    ("kind", "=", "removal"),
                    ("state", "not in", ("done", "cancelled")),
                ]
            )
        )
