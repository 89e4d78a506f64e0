from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.revenue_figures import attrition, roll_forward, year_cuts

# The ratio of a group is that of its sums, not the mean of its members: field -> (part, whole)
# field -> (part, whole)
_RATIOS = {
    "creation_multiple": ("known_cost", "known_created"),
    "payback_months": ("known_cost", "known_margin"),
}


class AlarmCustomerLife(models.Model):
    """What customers cost to win and what they are worth: one row for each contract that is in the
    ledger of recurring revenue, to be summed by customer, salesperson, model. In the currency of
    the company.

    The expected life is one for all, 1 ÷ gross attrition of the last twelve months: of one contract
    alone it cannot be known. It is not discounted.
    """

    _name = "alarm.customer.life"
    _description = "Value of Customers"
    _auto = False
    _rec_name = "contract_id"
    _order = "life_value desc, id"

    contract_id = fields.Many2one("contract.contract", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    business_model_id = fields.Many2one("alarm.business.model", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    cohort_on = fields.Date(string="Since", readonly=True)
    is_customer = fields.Boolean(string="Still Here", readonly=True)
    monthly_revenue = fields.Monetary(string="Revenue a Month", readonly=True)
    monthly_cost = fields.Monetary(string="Cost a Month", readonly=True)
    margin = fields.Monetary(string="Margin a Month", readonly=True)
    created = fields.Monetary(
        string="New Revenue", readonly=True, help="The revenue of a month with which it came."
    )
    creation_cost = fields.Monetary(string="Cost to Create", readonly=True)
    known_cost = fields.Monetary(string="Cost to Create, Known", readonly=True)
    known_created = fields.Monetary(string="New Revenue, Cost Known", readonly=True)
    known_margin = fields.Monetary(string="Margin, Cost Known", readonly=True)
    creation_multiple = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Cost to create ÷ new revenue of a month, of those whose cost is known.",
    )
    payback_months = fields.Float(
        string="Payback (Months)",
        readonly=True,
        aggregator="avg",
        help="Cost to create ÷ margin a month, of those whose cost is known.",
    )
    life_months = fields.Float(
        string="Expected Life (Months)",
        readonly=True,
        aggregator="avg",
        help="1 ÷ gross attrition of the last twelve months of the companies shown. 0: nothing was "
        "lost, so it is not known.",
    )
    life_value = fields.Monetary(
        string="Value over Life",
        readonly=True,
        help="Margin a month × expected life, of who is still here. Not discounted.",
    )
    net_value = fields.Monetary(
        string="Value less Cost to Create", readonly=True, help="What the customer brings in all."
    )

    @property
    def _table_query(self):
        rates = self._get_rates()
        values = [SQL("(%s::int, %s::float8)", key, rate) for key, rate in rates.items()]
        rows = SQL(", ").join(values) if values else SQL("(0, 1.0::float8)")
        return SQL(
            """
            WITH rate (currency_id, factor) AS (VALUES %(rates)s),
            base AS (
                SELECT contract.id, contract.id AS contract_id, customer.commercial_partner_id
                       AS partner_id, contract.user_id, contract.business_model_id,
                       contract.company_id, head.cohort_on, head.lines > 0 AS is_customer,
                       COALESCE(booked.amount, 0) AS monthly_revenue,
                       CASE WHEN head.lines > 0 THEN COALESCE(contract.monthly_cost, 0)
                            * COALESCE(own.factor, 1) ELSE 0 END AS monthly_cost,
                       COALESCE(came.amount, 0) AS created,
                       COALESCE(contract.creation_cost, 0) * COALESCE(own.factor, 1)
                       AS creation_cost%(columns)s
                  FROM alarm_revenue_head head
                  JOIN contract_contract contract ON contract.id = head.contract_id
                  JOIN res_partner customer ON customer.id = contract.partner_id
                  LEFT JOIN (
                       SELECT line.contract_id, sum(balance.amount * COALESCE(rate.factor, 1))
                              AS amount
                         FROM alarm_revenue_balance balance
                         JOIN contract_line line ON line.id = balance.contract_line_id
                         LEFT JOIN rate ON rate.currency_id = balance.currency_id
                        GROUP BY line.contract_id) booked ON booked.contract_id = contract.id
                  LEFT JOIN (
                       SELECT movement.contract_id, max(movement.currency_id) AS currency_id,
                              sum(movement.amount * COALESCE(rate.factor, 1))
                              FILTER (WHERE movement.kind = 'new') AS amount
                         FROM alarm_revenue_movement movement
                         LEFT JOIN rate ON rate.currency_id = movement.currency_id
                        GROUP BY movement.contract_id) came ON came.contract_id = contract.id
                  LEFT JOIN rate own ON own.currency_id = came.currency_id
            ),
            reckoned AS (
                SELECT base.*, monthly_revenue - monthly_cost AS margin,
                       %(life)s::float8 AS life_months
                  FROM base
            )
            SELECT reckoned.*, %(currency)s AS currency_id,
                   CASE WHEN creation_cost > 0 THEN creation_cost ELSE 0 END AS known_cost,
                   CASE WHEN creation_cost > 0 THEN created ELSE 0 END AS known_created,
                   CASE WHEN creation_cost > 0 THEN margin ELSE 0 END AS known_margin,
                   CASE WHEN creation_cost > 0 AND created > 0
                        THEN creation_cost / created END AS creation_multiple,
                   CASE WHEN creation_cost > 0 AND margin > 0
                        THEN creation_cost / margin END AS payback_months,
                   margin * life_months AS life_value,
                   margin * life_months - creation_cost AS net_value
              FROM reckoned
            """,
            rates=rows,
            columns=self._get_more_columns(),
            life=self._get_life_months(),
            currency=self.env.company.currency_id.id,
        )

    @api.model
    def _get_more_columns(self):
        """Hook: further columns of `contract`, each after a comma, as SQL."""
        return SQL()

    @api.model
    def _get_rates(self):
        # As superuser: rates and a single rate of attrition, of the companies that the user has
        # chosen; no rows.
        movements = self.env["alarm.revenue.movement"].sudo()
        rates = movements._get_rates(self.env.company._alarm_today())
        return {currency.id: rate for currency, rate in rates.items()}

    @api.model
    def _get_life_months(self):
        """How long customers stay; 0 where nothing was lost yet."""
        today = self.env.company._alarm_today()
        movements = self.env["alarm.revenue.movement"].sudo()
        domain = movements._dashboard_domain((), ())
        rows = movements._read_changes(domain, movements._get_rates(today), today)
        return attrition(roll_forward(rows, year_cuts(today))).life_months or 0.0

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if name not in _RATIOS or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        part, whole = (self._field_to_sql(self._table, field, query) for field in _RATIOS[name])
        return SQL("SUM(%s) / NULLIF(GREATEST(SUM(%s), 0), 0)", part, whole)
