"""What one period of a fee costs. Exact until the one rounding at the end."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .periods import Period
from .service import factor_of, owed_until, unbroken_within

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Price:
    """`amount` is rounded; `factor` of the whole period's price; `discount` in percent, as it works
    out over the days charged."""

    amount: float
    factor: Fraction
    discount: Fraction


def exact(number):
    """The number that was typed, not its nearest binary one."""
    return Fraction(Decimal(repr(number))) if isinstance(number, float) else Fraction(number)


def rounded(number, rounding=0.01):
    """Half up (away from zero), to a multiple of `rounding`."""
    step = exact(rounding)
    units = abs(number / step)
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return float(whole * step) * (-1 if number < 0 else 1)


def discounted_share(period, until):
    """Which part of the days of a period has the discount that ends with `until` (None: all)."""
    if until is None or until >= period.end:
        return Fraction(1)
    days = (until - period.start).days + 1
    return Fraction(max(days, 0), period.days)


def discount_at(day, discount, until):
    """The discount in percent that a day has."""
    return discount if not until or day <= until else 0.0


def price_of(
    period: Period,
    months: int,
    quantity: float,
    unit_price: float,
    discount: float = 0.0,
    discount_until: date | None = None,
    rule: str = "days",
    rounding: float = 0.01,
    since: date | None = None,
):
    """Price of one period at `unit_price` per piece and whole period of `months`. `since`: the
    service has run without a break since before the period, on another line: see
    `tools/service.py`. Rounded is what is owed in all, so no cent is lost between two lines."""
    first = unbroken_within(period, since)
    whole = exact(quantity) * exact(unit_price)

    def owed(day):
        if day < first:
            return 0.0
        percent = exact(discount) * discounted_share(
            replace(period, start=first, end=day), discount_until
        )
        factor = owed_until(day, period, first, months, rule)
        return rounded(whole * factor * (1 - percent / 100), rounding)

    amount = exact(owed(period.end)) - exact(owed(period.start - _DAY))
    return Price(
        float(amount),
        factor_of(period, since, months, rule),
        exact(discount) * discounted_share(period, discount_until),
    )


def monthly(months, quantity, unit_price, discount=0.0, rounding=0.01):
    """What a line is worth a month."""
    amount = exact(quantity) * exact(unit_price) * (1 - exact(discount) / 100) / months
    return rounded(amount, rounding)
