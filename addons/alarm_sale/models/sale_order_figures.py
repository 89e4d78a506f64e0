from odoo import api, fields, models

from ..tools.recurrence import MONTHS, creation_multiple


class SaleOrder(models.Model):
    """Money of a quotation: once and every month apart, and what it costs us to win the fee."""

    _inherit = "sale.order"

    monthly_revenue = fields.Monetary(
        compute="_compute_monthly_revenue",
        store=True,
        help="All fees of the order, for one month, without taxes.",
    )
    cost_to_create = fields.Monetary(
        compute="_compute_cost_to_create",
        store=True,
        groups="sales_team.group_sale_salesman",
        help="What equipment and work cost us, sold and leased, less what the customer pays once.",
    )
    creation_multiple = fields.Float(
        compute="_compute_creation_multiple",
        store=True,
        digits=(16, 1),
        aggregator="avg",
        groups="sales_team.group_sale_salesman",
        help="Months of fees until the cost to create has come back.",
    )

    def _get_priced_lines(self):
        # The total of the order is what the order charges; fees have totals of their own.
        return super()._get_priced_lines().filtered(lambda line: not line.alarm_recurrence)

    @api.depends("order_line.alarm_recurrence")
    def _compute_amounts(self):
        return super()._compute_amounts()

    @api.depends("order_line.alarm_recurrence")
    def _compute_tax_totals(self):
        return super()._compute_tax_totals()

    def _compute_amount_undiscounted(self):
        res = super()._compute_amount_undiscounted()
        for order in self:
            order.amount_undiscounted -= sum(
                line.price_subtotal * 100 / (100 - line.discount)
                if line.discount != 100
                else line.price_unit * line.product_uom_qty
                for line in order._fee_lines()
            )
        return res

    @api.depends("order_line.alarm_monthly")
    def _compute_monthly_revenue(self):
        for order in self:
            order.monthly_revenue = sum(order.order_line.mapped("alarm_monthly"))

    @api.depends(
        "order_line.purchase_price",
        "order_line.product_uom_qty",
        "order_line.alarm_recurrence",
        "amount_untaxed",
    )
    def _compute_cost_to_create(self):
        for order in self:
            cost = sum(
                line.purchase_price * line.product_uom_qty
                for line in order._get_priced_lines()
                if not line.is_downpayment
            )
            order.cost_to_create = cost - order.amount_untaxed

    @api.depends("cost_to_create", "monthly_revenue")
    def _compute_creation_multiple(self):
        for order in self:
            order.creation_multiple = creation_multiple(order.cost_to_create, order.monthly_revenue)

    def _fee_lines(self):
        return self.order_line.filtered(
            lambda line: line.alarm_recurrence and not line.display_type
        )

    def _fee_totals(self):
        """What the fees come to, for the documents: one dict per period, the shortest first, with
        `recurrence` (label), `untaxed`, `tax` and `total`."""
        self.ensure_one()
        labels = dict(
            self.env["sale.order.line"]._fields["alarm_recurrence"]._description_selection(self.env)
        )
        return [
            {
                "recurrence": labels[recurrence],
                "untaxed": sum(lines.mapped("price_subtotal")),
                "tax": sum(lines.mapped("price_tax")),
                "total": sum(lines.mapped("price_total")),
            }
            for recurrence, lines in sorted(
                self._fee_lines().grouped("alarm_recurrence").items(),
                # What comes by the case stands behind what comes by time.
                key=lambda item: MONTHS.get(item[0], float("inf")),
            )
        ]
