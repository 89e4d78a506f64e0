"""Which attendances of a quota period are free.

Pure: what is known arrives in the arguments.
"""

from dataclasses import dataclass
from datetime import date

from .periods import whole_period

# Which attendances a line charges: kinds of resolution, see alarm.resolution.
CHARGED_KINDS = {
    "false": frozenset({"false"}),
    "false_technical": frozenset({"false", "technical"}),
    "all": frozenset({"false", "technical", "real", "test"}),
}


@dataclass(frozen=True, slots=True)
class Attendance:
    """A finished dispatch order. `on`: the day at the premises on which it was finished."""

    id: int
    on: date


@dataclass(frozen=True, slots=True)
class Allotted:
    """What becomes of an attendance: `number` of it among all of its period, from 1."""

    id: int
    free: bool
    number: int
    start: date
    end: date


def allot(attendances, quota, months, anchor, former=None):
    """Share the free quota out, the earliest first.

    :param attendances: those not yet decided on
    :param quota: so many of a period are free
    :param months: length of a quota period, counted from `anchor`
    :param former: ``{first day of a period: (how many were decided on before, how many of these
        were free)}``. What was decided stays: one that becomes known late takes what is left of
        the quota, it does not make another one, already charged, free
    :return: list of Allotted, in the order of time
    """
    counted, used = {}, {}
    for start, (number, free) in (former or {}).items():
        counted[start], used[start] = number, free
    found = []
    for one in sorted(attendances, key=lambda one: (one.on, one.id)):
        start, end = quota_period(anchor, months, one.on)
        counted[start] = counted.get(start, 0) + 1
        free = used.get(start, 0) < quota
        used[start] = used.get(start, 0) + free
        found.append(Allotted(one.id, free, counted[start], start, end))
    return found


def quota_period(anchor, months, day):
    """First and last day of the quota period in which `day` is. Days before the anchor (the rest
    of a month that a line starts in) belong to the first period.

    >>> quota_period(date(2026, 1, 31), 12, date(2027, 1, 30))
    (datetime.date(2026, 1, 31), datetime.date(2027, 1, 30))
    """
    return whole_period(anchor, months, max(day, anchor))
