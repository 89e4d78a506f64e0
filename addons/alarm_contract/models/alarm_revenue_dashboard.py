from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.revenue import LOST, SWAPS
from ..tools.revenue_figures import (
    Change,
    attrition,
    cohorts,
    creation_multiple,
    month_cuts,
    roll_forward,
    year_cuts,
)
from .contract_line import REVENUE_CLASSES

# Months that can be shown at once.
_MOST_MONTHS = 36

# What buyers of a book of contracts accept at most, a year.
TARGET_ATTRITION = 0.10


class AlarmRevenueMovement(models.Model):
    """Figures of the ledger.

    The roll-forward, attrition and creation go by the day of booking, so those of a month that is
    over stay. Cohorts go by the day since when it was so: they tell how customers behave, and a
    change that was entered afterwards belongs where it happened.

    Amounts in other currencies are converted with one rate, that of the last day shown: a change
    of the rate is no movement, and the roll-forward adds up.
    """

    _inherit = "alarm.revenue.movement"

    @api.model
    @api.readonly
    def get_dashboard(self, months=12, until=None, classes=(), business_model_ids=()):
        """All that the dashboard shows of the companies that the user has chosen.

        :param months: how many months
        :param until: ISO date, the last day; None: today
        :param classes: classes of revenue, none: all
        :param business_model_ids: business models, none: all
        """
        self.check_access("read")
        today = self.env.company._alarm_today()
        until = min(fields.Date.to_date(until) or today, today)
        months = max(1, min(int(months), _MOST_MONTHS))
        domain = self._dashboard_domain(classes, business_model_ids)
        rates = self._get_rates(until)
        rows = self._read_changes(domain, rates, until)
        periods = roll_forward(rows, month_cuts(until, months))
        [whole] = roll_forward(rows, [periods[0].start, until + relativedelta(days=1)])
        year = year_cuts(until)
        return {
            "currency_id": self.env.company.currency_id.id,
            "until": until,
            "today": today,
            "domain": domain,
            "kinds": [
                {"kind": kind, "label": label, "lost": kind in LOST}
                for kind, label in self._fields["kind"]._description_selection(self.env)
            ],
            "classes": self._fields["revenue_class"]._description_selection(self.env),
            "business_models": self._read_models(),
            "converted": [
                currency.name for currency in rates if currency != self.env.company.currency_id
            ],
            "months": [self._period_values(period) for period in periods],
            "whole": self._period_values(whole),
            "year_from": year[0],
            "attrition": {
                **attrition(roll_forward(rows, year))._asdict(),
                "target": TARGET_ATTRITION,
            },
            "creation": self._read_creation(business_model_ids, rates, year[0], until),
            "reasons": self._read_reasons(domain, rates, year[0], until),
            "loose_swaps": self._count_loose_swaps(domain, year[0], until),
            "checks": self._read_checks(),
            "cohorts": self._read_cohorts(domain, rates, until, months),
        }

    @api.model
    def _dashboard_domain(self, classes, business_model_ids):
        domain = [("company_id", "in", self.env.companies.ids)]
        known = {name for name, _label in REVENUE_CLASSES}
        if chosen := [name for name in classes if name in known]:
            domain.append(("revenue_class", "in", chosen))
        if business_model_ids:
            domain.append(("business_model_id", "in", [int(key) for key in business_model_ids]))
        return domain

    @api.model
    def _get_rates(self, date):
        """How much of the company's currency one unit of each currency is: {currency: rate}."""
        company = self.env.company
        currencies = self._read_group(
            [("company_id", "in", self.env.companies.ids)], ["currency_id"]
        )
        return {
            currency: currency._get_conversion_rate(currency, company.currency_id, company, date)
            for (currency,) in currencies
        }

    @api.model
    def _read_changes(self, domain, rates, until):
        """``(day, kind, Change)`` of each day on which something was booked."""
        groups = self._read_group(
            [*domain, ("booked_on", "<=", until)],
            ["booked_on:day", "kind", "currency_id"],
            ["amount:sum", "contracts:sum", "lines:sum", "__count"],
        )
        return [
            (fields.Date.to_date(day), kind, Change(amount * rates[currency], *numbers))
            for day, kind, currency, amount, *numbers in groups
        ]

    @api.model
    def _period_values(self, period):
        return {
            "start": period.start,
            "end": period.end,
            "opening": period.opening._asdict(),
            "closing": period.closing._asdict(),
            "kinds": {kind: change._asdict() for kind, change in period.kinds.items()},
        }

    @api.model
    def _read_cohorts(self, domain, rates, until, months):
        groups = self._read_group(
            [*domain, ("effective_on", "<=", until)],
            ["cohort_on:month", "effective_on:month", "currency_id"],
            ["amount:sum", "contracts:sum"],
        )
        amounts, numbers = [], []
        for cohort, day, currency, amount, contracts in groups:
            cohort, day = fields.Date.to_date(cohort), fields.Date.to_date(day)
            amounts.append((cohort, day, amount * rates[currency]))
            numbers.append((cohort, day, contracts))
        since = month_cuts(until, months)[0]
        return {
            name: [cohort._asdict() for cohort in cohorts(rows, until) if cohort.month >= since]
            for name, rows in (("amount", amounts), ("contracts", numbers))
        }

    @api.model
    def _read_creation(self, business_model_ids, rates, date_from, date_to):
        """What the contracts that came in a period cost to win, by the revenue they came with; of
        those whose cost is known; False for who may not see it. For all classes of revenue: the
        cost is of the whole contract."""
        contracts = self.env["contract.contract"]
        if not contracts._has_field_access(contracts._fields["creation_cost"], "read"):
            return False
        movements = self._search(
            [
                *self._dashboard_domain((), business_model_ids),
                ("kind", "=", "new"),
                ("booked_on", ">=", date_from),
                ("booked_on", "<=", date_to),
            ]
        )
        contracts.flush_model(["creation_cost"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT created.currency_id, count(*),
                       count(*) FILTER (WHERE contract.creation_cost <> 0),
                       sum(contract.creation_cost),
                       sum(created.amount) FILTER (WHERE contract.creation_cost <> 0)
                  FROM (SELECT movement.contract_id, movement.currency_id,
                               sum(movement.amount) AS amount
                          FROM alarm_revenue_movement movement
                         WHERE movement.id IN %s
                         GROUP BY movement.contract_id, movement.currency_id
                        HAVING max(movement.contracts) = 1) created
                  JOIN contract_contract contract ON contract.id = created.contract_id
                 GROUP BY created.currency_id
                """,
                movements.subselect(),
            )
        )
        cost = created = number = known = 0
        for currency_id, its_number, with_cost, its_cost, its_created in rows:
            rate = rates[self.env["res.currency"].browse(currency_id)]
            number, known = number + its_number, known + with_cost
            cost += (its_cost or 0) * rate
            created += (its_created or 0) * rate
        return {
            "contracts": number,
            "known": known,
            "cost": cost,
            "created": created,
            "multiple": creation_multiple(cost, created),
        }

    @api.model
    def _read_reasons(self, domain, rates, date_from, date_to):
        """What was lost with whole contracts or services, by reason, the largest first."""
        groups = self._read_group(
            [
                *domain,
                ("kind", "in", ("cancel", "drop")),
                ("booked_on", ">=", date_from),
                ("booked_on", "<=", date_to),
            ],
            ["reason_id", "currency_id"],
            ["amount:sum", "contracts:sum"],
        )
        totals = {}
        for reason, currency, amount, contracts in groups:
            lost, gone = totals.get(reason, (0, 0))
            totals[reason] = (lost - amount * rates[currency], gone - contracts)
        return [
            {"id": reason.id, "name": reason.name or "", "amount": amount, "contracts": number}
            for reason, (amount, number) in sorted(totals.items(), key=lambda item: -item[1][0])
        ]

    @api.model
    def _loose_swaps_domain(self):
        """Lines that went as a swap although nothing follows them: a loss that calls itself
        something else, or a successor that was forgotten."""
        return [
            ("kind", "in", SWAPS),
            ("lines", "=", -1),
            ("contract_line_id.date_end", "!=", False),
            ("contract_line_id.successor_contract_line_id", "=", False),
            ("contract_id.successor_contract_id", "=", False),
        ]

    @api.model
    def _count_loose_swaps(self, domain, date_from, date_to):
        domain = [
            *domain,
            *self._loose_swaps_domain(),
            ("booked_on", ">=", date_from),
            ("booked_on", "<=", date_to),
        ]
        return {"count": self.search_count(domain), "domain": domain}

    @api.model
    def _read_checks(self):
        """What is monitored but not billed, and billed but not monitored, today; False for who may
        not see it."""
        checks = self.env["alarm.billing.check"]
        return checks.has_access("read") and checks._figures()

    @api.model
    def _read_models(self):
        groups = self._read_group(
            [("company_id", "in", self.env.companies.ids)], ["business_model_id"]
        )
        models = self.env["alarm.business.model"].union(*(model for (model,) in groups))
        return [{"id": model.id, "name": model.name} for model in models.sorted()]
