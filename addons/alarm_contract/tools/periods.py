"""Periods of a fee: where they begin and end, when they are invoiced, which part of one is owed.

A period is counted from its line's anchor: period k begins k × months after the anchor, each time
reckoned from the anchor itself. So a line of 31 January has boundaries on 28 February *and* on
31 March; adding month to month would have stayed at the 28th.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

MONTHS = (1, 2, 3, 6, 12, 24)

PART_RULES = ("days", "whole", "half_month", "free")

# Within one month, up to so many days are half of it.
HALF_MONTH_DAYS = 15

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days `start` to `end`, both included, of the whole period `whole_start` to `whole_end`."""

    start: date
    end: date
    whole_start: date
    whole_end: date

    @property
    def days(self):
        return (self.end - self.start).days + 1

    @property
    def whole_days(self):
        return (self.whole_end - self.whole_start).days + 1

    @property
    def is_whole(self):
        return self.start == self.whole_start and self.end == self.whole_end


def add_months(day, months):
    """The same day of the month `months` later (or earlier); the last one where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def gaps(first, last, spans):
    """``(first day, last day)`` of what of these days is in none of `spans`, which are alike."""
    for start, end in sorted(spans):
        if start > first:
            yield first, min(start - _DAY, last)
        first = max(first, end + _DAY)
        if first > last:
            return
    yield first, last


def months_between(first, second):
    """Whole months from one day to a later one; negative if it is earlier."""
    months = (second.year - first.year) * 12 + second.month - first.month
    return months - 1 if add_months(first, months) > second else months


def anchor_of(start, cut_day=0):
    """From when the periods of a line that starts on `start` are counted: this day, or the first
    one after it that is the `cut_day` of a month (1 to 28)."""
    if not cut_day or start.day == cut_day:
        return start
    anchor = start.replace(day=cut_day)
    return anchor if anchor > start else add_months(anchor, 1)


def boundary(anchor, months, index):
    """When period `index` begins."""
    return add_months(anchor, months * index)


def index_of(anchor, months, day):
    """Number of the period in which `day` is; negative before the anchor."""
    return months_between(anchor, day) // months


def whole_period(anchor, months, day):
    """First and last day of the whole period in which `day` is.

    Before the anchor there is no whole period but the month: a yearly fee that is cut at the
    first of a month starts with the rest of this month, not with the rest of a year.
    """
    if day < anchor:
        months = 1
    index = index_of(anchor, months, day)
    return boundary(anchor, months, index), boundary(anchor, months, index + 1) - _DAY


def period_at(anchor, months, day, stop=None):
    """The period that begins on `day` and ends with the whole one, or before it at `stop`; None
    when `stop` is past."""
    if stop and day > stop:
        return None
    first, last = whole_period(anchor, months, day)
    return Period(day, min(last, stop) if stop else last, first, last)


def invoice_date(period, in_advance):
    """In advance on its first day, in arrears on the day after its last."""
    return period.start if in_advance else period.end + _DAY


def due_periods(anchor, months, day, in_advance, until, stop=None):
    """All periods from `day` on that are to be invoiced up to `until`."""
    while True:
        period = period_at(anchor, months, day, stop)
        if not period or invoice_date(period, in_advance) > until:
            return
        yield period
        day = period.end + _DAY


def part_factor(period, months, rule):
    """Which part of the price of a whole period of `months` is owed for this one.

    A piece before the anchor is a piece of one month of it, whatever the length of the periods.
    """
    if months != 1 and period.whole_days < 32:
        return Fraction(1, months) * part_factor(period, 1, rule)
    if period.is_whole or rule == "whole":
        return Fraction(1)
    if rule == "free":
        return Fraction(0)
    if rule == "half_month":
        return _half_months(period, months) / months
    return Fraction(period.days, period.whole_days)


def _half_months(period, months):
    total = Fraction(0)
    for index in range(months):
        first = boundary(period.whole_start, 1, index)
        last = min(boundary(period.whole_start, 1, index + 1) - _DAY, period.whole_end)
        days = (min(last, period.end) - max(first, period.start)).days + 1
        if days == (last - first).days + 1:
            total += 1
        elif days > 0:
            total += 1 if days > HALF_MONTH_DAYS else Fraction(1, 2)
    return min(total, Fraction(months))
