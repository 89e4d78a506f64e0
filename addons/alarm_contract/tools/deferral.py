"""When a fee that is billed in advance is earned: how much of it in which month, to the cent.

A whole month of the period counts as one, the part of a month as the share of its days. What is
earned by the end of a month is rounded, and a month gets what was added since the one before: so
the months are the amount, whatever it is and however the period lies, and none is off by more than
a cent.
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def month_of(day):
    """The first day of the month of a day."""
    return day.replace(day=1)


def month_end(day):
    """The last day of the month of a day."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def next_month(day):
    """The first day of the month after that of a day."""
    return month_end(day) + timedelta(days=1)


def is_deferred(start, end, due):
    """Whether what is billed on a day for a period (both days included) waits to be earned: it is
    billed before the period is over, and the period is longer than a month."""
    if not start or not end or end < start:
        return False
    return end >= _same_day_next_month(start) and due <= end


def schedule(amount, start, end, cent=Decimal("0.01")):
    """``[(first day of the month, what is earned in it)]`` of a period, both days included.

    :param amount: Decimal or float, of either sign; what is not whole cents is rounded
    :param cent: the smallest amount of the currency
    :raises ValueError: the period ends before it begins
    """
    if end < start:
        raise ValueError(f"a period cannot end on {end}, before it begins on {start}")
    cents = _in_units(amount, cent)
    shares = list(_shares(start, end))
    total = sum(share for _month, share in shares)
    months, passed, booked = [], Fraction(0), 0
    for month, share in shares:
        passed += share
        earned = _round(cents * passed / total)
        months.append((month, (earned - booked) * cent))
        booked = earned
    return months


def replan(planned, released, stop=None):
    """What is still to be released so that each month has what is planned for it.

    :param planned: {month: amount}
    :param released: {month: amount} that entries have released already
    :param stop: a month after which nothing is earned any more: what is planned later is earned in
        it
    :return: {month: amount} without zeros; negative where too much was released
    """
    rest = {}
    for month, amount in planned.items():
        month = min(month, stop) if stop else month
        rest[month] = rest.get(month, 0) + amount
    for month, amount in released.items():
        rest[month] = rest.get(month, 0) - amount
    return {month: amount for month, amount in sorted(rest.items()) if amount}


def _shares(start, end):
    """``(month, share of it that lies in the period)``."""
    while start <= end:
        last = min(month_end(start), end)
        days = (last - start).days + 1
        yield month_of(start), Fraction(days, month_end(start).day)
        start = last + timedelta(days=1)


def _same_day_next_month(day):
    """The first day that is more than a month after a period began on a day."""
    following = next_month(day)
    return date(following.year, following.month, min(day.day, month_end(following).day))


def _in_units(amount, cent):
    return int((Decimal(str(amount)) / cent).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _round(value):
    """Half away from zero, so that a credit note mirrors its invoice."""
    sign = -1 if value < 0 else 1
    return sign * int(abs(value) + Fraction(1, 2))
