from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """What follows from a signature: subscriber, work order, deliveries. Each fact comes from the
    lead, the survey or the order; none is typed again.

    What is made here is made by the machinery: a salesperson has no right to the register or to
    work orders, and the customer who signs on the portal has no rights at all. What it is made of
    was checked against the rights of whoever wrote it, and what is made is a draft.
    """

    _inherit = "sale.order"

    def _action_confirm(self):
        orders = self._of_alarm()
        orders._ensure_subscribers()
        res = super()._action_confirm()
        orders._alarm_after_confirm()
        return res

    def _action_cancel(self):
        orders = self.filtered(lambda order: order.state == "sale")._of_alarm()
        orders.check_access("write")
        orders._cancel_work_orders()
        # The deliveries, and what was to be bought for them, go with the sale; Odoo reads them by
        # the rights of the salesperson, who has none to purchases.
        super(SaleOrder, orders.sudo())._action_cancel()
        return super(SaleOrder, self - orders)._action_cancel()

    def action_new_work_order(self):
        """Have done after all what the planner has called off."""
        self.ensure_one()
        self.check_access("write")
        if not self.work_order_lost:
            raise UserError(
                self.env._("Nothing of %s was called off: it needs no new work order.", self.name)
            )
        self._ensure_work_orders()
        # What is still to be delivered, that is all but what cancelled transfers did not bring.
        self.order_line._action_launch_stock_rule()
        return True

    def _alarm_after_confirm(self):
        """For modules that go on from a confirmed order, e.g. with its contract. Subscriber, work
        order and deliveries are there."""

    def _ensure_subscribers(self):
        """A subscriber for each of these orders, with what the survey planned."""
        for order in self.sudo():
            survey = order.survey_id
            if not order.subscriber_id:
                # What was quoted twice and signed twice is still one place.
                signed = (survey.order_ids - order).filtered(lambda other: other.state == "sale")
                order.subscriber_id = signed.subscriber_id[:1]
            if not order.subscriber_id:
                subscriber = (
                    self.env["alarm.subscriber"].sudo().create(survey._prepare_subscriber(order))
                )
                order.write({"subscriber_id": subscriber.id, "subscriber_made": True})
                survey._fill_subscriber(subscriber)

    def _ensure_work_orders(self):
        """An open work order for each of these orders: what is delivered is the crew's."""
        for order in self.sudo():
            if order.subscriber_id and not order._open_work_order():
                self.env["alarm.work.order"].sudo().create(order._prepare_work_order())

    def _prepare_work_order(self):
        """Values of the work order."""
        self.ensure_one()
        first = self.subscriber_made and not self.work_order_ids.filtered(
            lambda work: work.kind == "installation" and work.state == "done"
        )
        survey = self.survey_id
        values = {
            "kind": "installation" if first else "extension",
            "subscriber_id": self.subscriber_id.id,
            "company_id": self.company_id.id,
            "sale_order_id": self.id,
            "origin": self.name,
            "description": survey.note,
        }
        if survey.system_type_id:
            values["system_type_id"] = survey.system_type_id.id
        return values

    def _follow_material(self):
        """What the order delivers is what the work order plans, also after a later line."""
        for order in self.sudo():
            order._open_work_order()._follow_order_lines()

    def _sum_material(self):
        """Values of the material that the order delivers, summed by product and ownership."""
        sums = {}
        for line in self.order_line:
            if line.product_id.type == "consu" and not line.display_type:
                quantity = line.product_uom_id._compute_quantity(
                    line.product_uom_qty, line.product_id.uom_id
                )
                key = (line.product_id, line.alarm_ownership)
                sums[key] = sums.get(key, 0) + quantity
        # What the sale takes back is no material of the crew.
        return [
            {"product_id": product.id, "ownership": ownership, "quantity": max(quantity, 0)}
            for (product, ownership), quantity in sums.items()
        ]

    def _cancel_work_orders(self):
        """Orders of the crew that have not begun are called off with the sale; one that has begun
        is the planner's to stop first."""
        for order in self.sudo():
            open_orders = order.work_order_ids.filtered(
                lambda work: work.state not in ("done", "cancelled")
            )
            begun = open_orders.filtered(lambda work: work.state not in ("draft", "scheduled"))
            if begun:
                raise UserError(
                    self.env._(
                        "%(order)s cannot be cancelled: %(work)s has begun. The planner stops the "
                        "work first.",
                        order=order.name,
                        work=", ".join(begun.mapped("name")),
                    )
                )
            for work in open_orders:
                work.with_context(alarm_sale_cancelled=True).action_cancel(
                    self.env._("%s was cancelled.", order.name)
                )
