"""What leaving a contract early costs, line by line, so that anybody can check it by hand.

Five methods. Courts differ about what is recoverable, so the terms of each contract say which one
holds and with which rate:

- none: nothing is owed;
- balance_share: a share of what the rest of the binding time would have brought;
- unamortised_subsidy: what the customer has not yet worked off of the subsidy for the equipment;
- declining: as balance_share, with a rate that falls with the months served;
- lost_margin: what the rest would have brought, less what serving it would have cost.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from .periods import add_months, months_between
from .pricing import exact, rounded

METHODS = ("none", "balance_share", "unamortised_subsidy", "declining", "lost_margin")

_DAY = timedelta(days=1)


class Rest(NamedTuple):
    """What is left of a binding time: whole months, and `days` of a month of `month_days`."""

    months: int
    days: int
    month_days: int


@dataclass(frozen=True)
class Step:
    """One line of a calculation: `amount` = `quantity` × `unit` where these are given, and the
    fee is the sum of the amounts of the lines that count.

    `code` says what it is: whole_months, part_month, balance, rate, avoided, subsidy, served,
    unserved, nothing. `values` are the numbers that its words name.
    """

    code: str
    amount: float
    quantity: float = 0.0
    unit: float = 0.0
    values: tuple = ()


@dataclass(frozen=True)
class Terms:
    """What the fee depends on.

    `last_day` of service; `bound_until`: the last day on which the customer is bound (None: not at
    all); `served_from`: since when months are served; `monthly`: fees of a month, untaxed; `rate`
    and the rates of `steps` (from month, rate) in percent; `monthly_cost`: what serving a month
    would have cost.
    """

    last_day: date
    bound_until: date | None = None
    served_from: date | None = None
    monthly: float = 0.0
    rate: float = 0.0
    steps: tuple = ()
    subsidy: float = 0.0
    subsidy_months: int = 0
    monthly_cost: float = 0.0
    rounding: float = 0.01


@dataclass(frozen=True)
class Calculation:
    steps: tuple
    fee: float


def rest_of(last_day, bound_until):
    """What is left after `last_day`. Months are counted back from the end, so a day more of service
    never makes the rest longer."""
    first, end = last_day + _DAY, bound_until + _DAY
    if first >= end:
        return Rest(0, 0, 30)
    months = (end.year - first.year) * 12 + end.month - first.month
    while add_months(end, -months) < first:
        months -= 1
    whole_from = add_months(end, -months)
    return Rest(months, (whole_from - first).days, (whole_from - add_months(end, -months - 1)).days)


def months_served(served_from, last_day):
    """Whole months from the first day of service to the last one; 0 before it."""
    return max(months_between(served_from, last_day + _DAY), 0) if served_from else 0


def rate_after(steps, months):
    """The rate of the step in which `months` served are; 0 where none has begun."""
    begun = [step for step in steps if step[0] <= months]
    return max(begun)[1] if begun else 0.0


def exit_fee(method, terms):
    """The calculation of the fee of one method.

    :raises ValueError: when there is no such method
    """
    if method not in METHODS:
        raise ValueError(f"no such exit method: {method!r}; there are {', '.join(METHODS)}")
    if method == "none":
        return _nothing()
    if method == "unamortised_subsidy":
        return _subsidy(terms)
    if not terms.bound_until or terms.last_day >= terms.bound_until:
        return _nothing("not_bound")
    if method == "declining":
        served = months_served(terms.served_from, terms.last_day)
        return _share(terms, rate_after(terms.steps, served), served)
    if method == "lost_margin":
        return _lost_margin(terms)
    return _share(terms, terms.rate)


def _nothing(code="nothing"):
    return Calculation((Step(code, 0.0),), 0.0)


def _balance(terms):
    """The lines of what the rest of the time would have brought, and their sum."""
    rest = rest_of(terms.last_day, terms.bound_until)
    steps = []
    if rest.months:
        amount = rounded(rest.months * exact(terms.monthly), terms.rounding)
        steps.append(Step("whole_months", amount, rest.months, terms.monthly))
    if rest.days:
        part = Fraction(rest.days, rest.month_days)
        amount = rounded(part * exact(terms.monthly), terms.rounding)
        values = (rest.days, rest.month_days)
        steps.append(Step("part_month", amount, float(part), terms.monthly, values))
    total = rounded(sum((exact(step.amount) for step in steps), Fraction(0)), terms.rounding)
    return [*steps, Step("balance", total)], total


def _share(terms, rate, served=None):
    steps, balance = _balance(terms)
    fee = rounded(exact(balance) * exact(rate) / 100, terms.rounding)
    values = (rate,) if served is None else (rate, served)
    code = "rate" if served is None else "rate_after"
    return Calculation((*steps, Step(code, fee, rate / 100, balance, values)), fee)


def _lost_margin(terms):
    steps, balance = _balance(terms)
    rest = rest_of(terms.last_day, terms.bound_until)
    months = rest.months + Fraction(rest.days, rest.month_days)
    avoided = min(rounded(months * exact(terms.monthly_cost), terms.rounding), balance)
    fee = rounded(exact(balance) - exact(avoided), terms.rounding)
    saved = Step("avoided", -avoided, float(months), -terms.monthly_cost)
    return Calculation((*steps, saved, Step("margin", fee)), fee)


def _subsidy(terms):
    served = min(months_served(terms.served_from, terms.last_day), terms.subsidy_months)
    if not terms.subsidy or not terms.subsidy_months or served == terms.subsidy_months:
        return _nothing("subsidy_served")
    worked = rounded(exact(terms.subsidy) * served / terms.subsidy_months, terms.rounding)
    fee = rounded(exact(terms.subsidy) - exact(worked), terms.rounding)
    values = (served, terms.subsidy_months)
    return Calculation(
        (
            Step("subsidy", terms.subsidy),
            Step("served", -worked, served / terms.subsidy_months, -terms.subsidy, values),
            Step("unserved", fee, values=(terms.subsidy_months - served, terms.subsidy_months)),
        ),
        fee,
    )
