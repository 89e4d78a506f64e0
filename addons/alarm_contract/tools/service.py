"""What a service owes for a period when it is split over lines.

A line that ends and goes on as another one (another price, another owner) is one service still. For
a period it owes, by the rule for parts, what it would have owed in one piece: each line owes what
is owed until its end, less what was owed before it began. Whole and whole are not two periods, nor
are two halves that are free nothing.
"""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from .periods import part_factor

_DAY = timedelta(days=1)


def owed_until(day, period, since, months, rule):
    """Which part of the price of the whole period is owed by a service that runs, within it, from
    `since` to `day`."""
    if day < since:
        return Fraction(0)
    return part_factor(replace(period, start=since, end=day), months, rule)


def factor_of(period, since, months, rule):
    """Which part of it is owed for `period`, of a service that has run without a break since
    `since` (None: since the period's own first day)."""
    since = unbroken_within(period, since)
    before = owed_until(period.start - _DAY, period, since, months, rule)
    return owed_until(period.end, period, since, months, rule) - before


def unbroken_within(period, since):
    """The first day of the service within the whole period of `period`."""
    return max(min(since or period.start, period.start), period.whole_start)
