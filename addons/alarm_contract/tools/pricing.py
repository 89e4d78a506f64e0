"""What one period of a fee costs. Exact until the one rounding at the end."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .periods import Period, part_factor


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
):
    """Price of one period at `unit_price` per piece and whole period of `months`."""
    factor = part_factor(period, months, rule)
    percent = exact(discount) * discounted_share(period, discount_until)
    amount = exact(quantity) * exact(unit_price) * factor * (1 - percent / 100)
    return Price(rounded(amount, rounding), factor, percent)


def monthly(months, quantity, unit_price, discount=0.0, rounding=0.01):
    """What a line is worth a month."""
    amount = exact(quantity) * exact(unit_price) * (1 - exact(discount) / 100) / months
    return rounded(amount, rounding)
