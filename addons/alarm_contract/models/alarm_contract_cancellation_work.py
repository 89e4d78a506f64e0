from odoo import fields, models

from odoo.addons.alarm_dispatch.tools import dispatch_states
from odoo.addons.alarm_work_order.tools import work_states


class AlarmContractCancellation(models.Model):
    """What is still to be done at the sites of a customer who leaves, beside the removal: whether
    it is done, somebody decides."""

    _inherit = "alarm.contract.cancellation"

    open_work = fields.Char(
        compute="_compute_open_work",
        # Numbers and states; who may see an order opens it.
        compute_sudo=True,
        help="Work orders and dispatch orders of the sites, without the removals.",
    )

    def _compute_open_work(self):
        orders = self.env["alarm.work.order"].search(self._open_work_domain(), order="id")
        sent = self.env["alarm.dispatch"].search(
            [
                ("subscriber_id", "in", self.subscriber_ids.ids),
                ("state", "in", dispatch_states.OPEN_STATES),
            ],
            order="id",
        )
        labels = {
            (model, name): dict(self.env[model]._fields[name]._description_selection(self.env))
            for model, name in (
                ("alarm.work.order", "kind"),
                ("alarm.work.order", "state"),
                ("alarm.dispatch", "state"),
            )
        }
        for cancellation in self:
            sites = cancellation.subscriber_ids._origin
            words = [
                f"{order.name} {labels['alarm.work.order', 'kind'][order.kind]}, "
                f"{labels['alarm.work.order', 'state'][order.state]}"
                for order in orders - cancellation.removal_order_ids
                if order.subscriber_id in sites
            ] + [
                f"{order.name} {labels['alarm.dispatch', 'state'][order.state]}"
                for order in sent
                if order.subscriber_id in sites
            ]
            cancellation.open_work = "; ".join(words)

    def _open_work_domain(self):
        return [
            ("subscriber_id", "in", self.subscriber_ids.ids),
            ("state", "in", work_states.OPEN_STATES),
        ]

    def action_view_open_work(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_work_order.alarm_work_order_action"
        )
        return action | {"domain": self._open_work_domain(), "context": {}}
