"""Figures of the revenue ledger: the roll-forward between any two days, attrition, what customers
are worth over time.

Formulas, as the trade reckons them (recurring monthly revenue, "RMR"):

- opening + Σ movements = closing, of any period;
- gross attrition = what cancellations, drops, downgrades and lower prices took ÷ average
  revenue;
- net attrition = gross, less what swaps (signed anew, transfers) brought in more than they took
  out;
- unit attrition = contracts lost ÷ average contracts;
- each of a year; where the ledger is younger, of the months that it has: three months said for
  twelve would make one lost customer of the first weeks a rate above 100 %;
- the average is that of the opening and of the end of every month in the period;
- customer life = the months reckoned with ÷ their gross attrition;
- creation multiple = cost to create ÷ new revenue of a month.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from .periods import add_months
from .revenue import KINDS, LOST, SWAPS


class Change(NamedTuple):
    amount: float = 0.0
    contracts: int = 0
    lines: int = 0
    movements: int = 0

    def plus(self, other):
        return Change(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


@dataclass
class Period:
    """Days `start` to `end`, both included. Movements of more than one kind come in one order."""

    start: date
    end: date
    opening: Change = Change()
    kinds: dict[str, Change] = field(default_factory=dict)

    @property
    def closing(self):
        total = self.opening
        for change in self.kinds.values():
            total = total.plus(change)
        return total

    def total(self, kinds):
        total = Change()
        for kind in kinds:
            total = total.plus(self.kinds.get(kind, Change()))
        return total


class Attrition(NamedTuple):
    """Rates are of `months` months (a year, or what a younger ledger has), None without revenue to
    lose."""

    months: int
    average: float
    average_contracts: float
    lost: float
    swapped: float
    lost_contracts: int
    gross: float | None
    net: float | None
    unit: float | None
    of_opening: float | None
    life_months: float | None


def month_cuts(until, months):
    """First days of the `months` months up to the one of the day `until`, and the day after
    `until`. The last month may not be over."""
    first = add_months(until.replace(day=1), 1 - months)
    return [add_months(first, month) for month in range(months)] + [until + timedelta(days=1)]


def year_cuts(until):
    """The twelve months that end with the day `until`."""
    after = until + timedelta(days=1)
    return [add_months(after, month) for month in range(-12, 0)] + [after]


def roll_forward(rows, cuts):
    """Periods between `cuts` (first days, ascending; the last one is the day after the end).

    :param rows: of ``(day, kind, Change)``; those before the first cut make the opening, those
        from the last one on are left out
    """
    opening = Change()
    periods = [
        Period(start, after - timedelta(days=1))
        for start, after in zip(cuts, cuts[1:], strict=False)
    ]
    for day, kind, change in rows:
        place = bisect_right(cuts, day)
        if not place:
            opening = opening.plus(change)
        elif place < len(cuts):
            kinds = periods[place - 1].kinds
            kinds[kind] = kinds.get(kind, Change()).plus(change)
    order = {kind: rank for rank, (kind, _label) in enumerate(KINDS)}
    for period in periods:
        period.opening = opening
        period.kinds = dict(sorted(period.kinds.items(), key=lambda item: order[item[0]]))
        opening = period.closing
    return periods


def attrition(periods, months=None):
    """Attrition over successive months.

    :param months: how many of them the ledger has; None: from the first in which there is anything
    """
    while periods and not periods[0].opening.movements and not periods[0].kinds:
        periods = periods[1:]
    if months is None:
        months = len(periods)
    stocks = [periods[0].opening] + [period.closing for period in periods] if periods else []
    if periods and not periods[0].opening.movements:
        # There was nothing before the ledger began, so there was nothing to lose.
        stocks = stocks[1:]
    average = sum(stock.amount for stock in stocks) / len(stocks) if stocks else 0.0
    contracts = sum(stock.contracts for stock in stocks) / len(stocks) if stocks else 0.0
    lost = -sum(period.total(LOST).amount for period in periods)
    swapped = sum(period.total(SWAPS).amount for period in periods)
    gone = -sum(period.total(LOST).contracts for period in periods)
    opening = periods[0].opening.amount if periods else 0.0
    gross = _rate(lost, average, months)
    return Attrition(
        months=months,
        average=average,
        average_contracts=contracts,
        lost=lost,
        swapped=swapped,
        lost_contracts=gone,
        gross=gross,
        net=_rate(lost - swapped, average, months),
        unit=_rate(gone, contracts, months),
        of_opening=_rate(lost, opening, months),
        life_months=min(months, 12) / gross if gross and gross > 0 else None,
    )


def _rate(part, whole, months):
    # Never more than what was really lost: only what is longer than a year is brought to one.
    return part / whole * 12 / max(months, 12) if whole > 0 and months else None


class Cohort(NamedTuple):
    """Contracts that began in one month: revenue (or number) at the end of each month since, and
    its share of the first; None without a first."""

    month: date
    values: list[float]
    shares: list[float | None]


def cohorts(rows, until):
    """What is left of those who began in one month, the oldest first.

    :param rows: of ``(cohort, day, value)``: by how much the cohort changed at that day. What was
        before the cohort's own month counts in it
    """
    changes = {}
    for cohort, day, value in rows:
        if day > until:
            continue
        place = max(0, _month_number(day) - _month_number(cohort))
        months = changes.setdefault(cohort, {})
        months[place] = months.get(place, 0) + value
    result = []
    for cohort in sorted(changes):
        length = max(0, _month_number(until) - _month_number(cohort)) + 1
        value, values = 0, []
        for place in range(length):
            value += changes[cohort].get(place, 0)
            values.append(value)
        first = values[0]
        result.append(
            Cohort(cohort, values, [value / first if first > 0 else None for value in values])
        )
    return result


def _month_number(day):
    return day.year * 12 + day.month


def creation_multiple(cost, created):
    """Months of new revenue until what they cost has come back; None without either."""
    return cost / created if created > 0 and cost > 0 else None
