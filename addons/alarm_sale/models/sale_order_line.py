from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.recurrence import RECURRENCES, per_month
from .alarm_survey_line import OWNERSHIPS


class SaleOrderLine(models.Model):
    """Lines of a quotation of the centre: sold once, leased, or a fee that comes back.

    Fees are charged by the contract and leased equipment is not sold at all: the order invoices
    neither of them.
    """

    _inherit = "sale.order.line"

    alarm_recurrence = fields.Selection(
        RECURRENCES,
        string="Fee Comes Back",
        compute="_compute_alarm_recurrence",
        store=True,
        precompute=True,
    )
    alarm_ownership = fields.Selection(
        OWNERSHIPS,
        string="Ownership",
        required=True,
        default="sold",
        help="Leased equipment stays ours: its price is in its fee.",
    )
    alarm_monthly = fields.Monetary(
        string="Per Month", compute="_compute_alarm_monthly", store=True, precompute=True
    )

    @api.depends("product_id", "product_id.alarm_recurrence")
    def _compute_alarm_recurrence(self):
        for line in self:
            # What was agreed stays, whatever becomes of the product.
            if line.state not in ("sale", "cancel") or not line.alarm_recurrence:
                line.alarm_recurrence = line.product_id.alarm_recurrence

    @api.depends("price_subtotal", "alarm_recurrence")
    def _compute_alarm_monthly(self):
        for line in self:
            line.alarm_monthly = per_month(line.price_subtotal, line.alarm_recurrence)

    @api.depends("alarm_ownership")
    def _compute_price_unit(self):
        res = super()._compute_price_unit()
        for line in self.filtered(lambda line: line.alarm_ownership == "leased"):
            line.with_context(sale_write_from_compute=True).update(
                {"price_unit": 0.0, "technical_price_unit": 0.0}
            )
        return res

    @api.constrains("alarm_ownership", "price_unit")
    def _check_leased_price(self):
        """What nobody will ever invoice must not be in the total."""
        for line in self:
            if line.alarm_ownership == "leased" and line.price_unit:
                raise ValidationError(
                    self.env._("%s is leased: its price is in its fee, not on the line.", line.name)
                )

    def _get_display_price(self):
        return 0.0 if self.alarm_ownership == "leased" else super()._get_display_price()

    def _is_invoiced_by_order(self):
        """Whether the order charges the line: neither fees nor what stays ours."""
        self.ensure_one()
        return not self.alarm_recurrence and self.alarm_ownership != "leased"

    @api.depends("alarm_recurrence", "alarm_ownership")
    def _compute_qty_to_invoice(self):
        res = super()._compute_qty_to_invoice()
        for line in self:
            if not line._is_invoiced_by_order():
                line.qty_to_invoice = 0.0
        return res

    @api.depends("alarm_recurrence", "alarm_ownership")
    def _compute_invoice_status(self):
        res = super()._compute_invoice_status()
        for line in self:
            if line.state == "sale" and not line.display_type and not line._is_invoiced_by_order():
                # Nothing is left to do here; the order must not wait for it for ever.
                line.invoice_status = "invoiced"
        return res

    @api.depends("alarm_recurrence", "alarm_ownership")
    def _compute_untaxed_amount_to_invoice(self):
        res = super()._compute_untaxed_amount_to_invoice()
        for line in self:
            if not line._is_invoiced_by_order():
                line.untaxed_amount_to_invoice = 0.0
        return res

    @api.depends("alarm_recurrence", "alarm_ownership")
    def _compute_amount_to_invoice(self):
        res = super()._compute_amount_to_invoice()
        for line in self:
            if not line._is_invoiced_by_order():
                line.amount_to_invoice = 0.0
        return res

    def _prepare_base_line_for_taxes_computation(self, **kwargs):
        if self.env.context.get("alarm_down_payment") and not self._is_invoiced_by_order():
            # A down payment is a part of what the order charges.
            kwargs["quantity"] = 0.0
        return super()._prepare_base_line_for_taxes_computation(**kwargs)

    def _get_location_final(self):
        """Goods go to where the subscriber's own or our leased equipment stands."""
        # The location is the machinery's; the salesperson need not see the subscriber's stock.
        subscriber = self.order_id.sudo().subscriber_id
        if not subscriber:
            return super()._get_location_final()
        locations = subscriber._equipment_locations(self.alarm_ownership)
        return locations[subscriber].with_env(self.env)

    def _prepare_procurement_values(self):
        """The delivery that the sale makes is the delivery of the work order: there is no second
        one."""
        values = super()._prepare_procurement_values()
        if self.order_id._of_alarm():
            values["work_order_id"] = self.order_id.sudo()._open_work_order().id
        return values

    def _is_delivered_by_crew(self):
        """Whether something of the line is still to be sent for."""
        self.ensure_one()
        return (
            self.state == "sale"
            and self.product_id.type == "consu"
            and self.product_uom_id.compare(self.product_uom_qty, self._get_qty_procurement()) != 0
        )

    def _action_launch_stock_rule(self, **kwargs):
        orders = self.filtered(lambda line: line.state == "sale").order_id._of_alarm()
        moving = self.filtered(lambda line: line._is_delivered_by_crew()).order_id
        orders.filtered(
            lambda order: order in moving or not order.sudo().work_order_ids
        )._ensure_work_orders()
        res = super()._action_launch_stock_rule(**kwargs)
        orders._follow_material()
        return res
