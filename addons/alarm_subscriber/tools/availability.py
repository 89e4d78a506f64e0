"""When somebody can be reached: weekly hours and absences in the local time of the premises."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

MINUTES_A_DAY = 24 * 60
EVERY_DAY = frozenset(range(7))


class Hours(NamedTuple):
    """Hours of some weekdays, in minutes after midnight on the wall clock.

    An end that is not after the start is one of the next day: 20:00–08:00 is a night, and
    00:00–00:00 the whole day.
    """

    weekdays: frozenset  # 0: Monday
    start: int
    end: int


class Absence(NamedTuple):
    """Whole days on which somebody cannot be reached, the last one included."""

    first: date
    last: date


def is_available(hours, absences, moment, tz):
    """Whether somebody can be reached at `moment`.

    :param hours: sequence of Hours; without any the person can always be reached
    :param absences: sequence of Absence; they come before the hours
    :param moment: aware datetime
    :param tz: tzinfo of the wall clock (zoneinfo)
    """
    local = moment.astimezone(tz)
    today = local.date()
    if any(absence.first <= today <= absence.last for absence in absences):
        return False
    minute = local.hour * 60 + local.minute
    return not hours or any(_covers(each, today.weekday(), minute) for each in hours)


def next_available(hours, absences, moment, tz):
    """First moment from `moment` on at which somebody can be reached, as aware datetime in UTC.

    None when there is none: hours of no weekday, or an absence for good.
    """
    if is_available(hours, absences, moment, tz):
        return moment.astimezone(UTC)
    # After the last absence every weekday comes within a week; the day before and the day
    # after make up for nights and clocks that change.
    today = moment.astimezone(tz).date()
    days = [today + timedelta(days) for days in range(9)]
    for absence in absences:
        if absence.last >= today and absence.last < date.max - timedelta(10):
            days.extend(absence.last + timedelta(days) for days in range(1, 10))
    for day in sorted(set(days)):
        for candidate in _openings(hours, day, tz):
            if candidate >= moment and is_available(hours, absences, candidate, tz):
                return candidate
    return None


def _covers(hours, weekday, minute):
    if hours.start < hours.end:
        return weekday in hours.weekdays and hours.start <= minute < hours.end
    return (weekday in hours.weekdays and minute >= hours.start) or (
        (weekday - 1) % 7 in hours.weekdays and minute < hours.end
    )


def _openings(hours, day, tz):
    """Moments of a local day at which availability can begin, in order, in UTC: midnight, the
    start of hours, and a change of the clock that jumps into hours."""
    moments = set()
    for minute in {0, *(each.start for each in hours)}:
        if minute >= MINUTES_A_DAY:
            continue
        wall = datetime.combine(day, time(minute // 60, minute % 60))
        for fold in (0, 1):
            moments.add(wall.replace(tzinfo=tz, fold=fold).astimezone(UTC))
    change = _clock_change(day, tz)
    if change:
        moments.add(change)
    return sorted(moments)


def _clock_change(day, tz):
    """The moment of the day at which the clock is put forward or back; None on most days."""
    low = datetime.combine(day, time(), tz).astimezone(UTC)
    high = datetime.combine(day + timedelta(1), time(), tz).astimezone(UTC)
    before = low.astimezone(tz).utcoffset()
    if before == high.astimezone(tz).utcoffset():
        return None
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
