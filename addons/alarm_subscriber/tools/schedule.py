"""Opening and closing times of a subscriber, on plain values.

A window begins on a day of the subscriber's own calendar; one whose end is not after its start runs
into the next day. Which windows a day has is said by a temporary change, else by a holiday, else by
its weekday. Local times that a change of the clocks skips mean the moment of the change; of those
that it repeats a window begins with the first and ends with the last, so that no instant of a day
is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

HOLIDAY = 7  # beside the weekdays, Monday = 0

DAY = 24 * 60

# Kind of a window -> what it allows; a "must" kind also has a deadline.
ALLOWS = {
    "must_open": "open",
    "may_open": "open",
    "must_close": "close",
    "may_close": "close",
    "no_activity": None,
}
MUST = {"open": "must_open", "close": "must_close"}

# How far ahead a deadline is looked for; a schedule without any is looked at again then.
HORIZON_DAYS = 40

# A window ends on the next day at the latest, and tolerance is a day at most.
_LOOK_BACK_DAYS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One window of a day. ``start`` and ``end``: minutes of the clock, 0 to 1440; ``tolerance``:
    minutes before the start and after the end."""

    day: int
    start: int
    end: int
    kind: str
    tolerance: int = 0

    @property
    def length(self):
        """Minutes of the clock from start to end."""
        return self.end - self.start if self.end > self.start else self.end - self.start + DAY


@dataclass(frozen=True, slots=True)
class Change:
    """Other windows from one day to another, both included. Without any: closed all day."""

    first: date
    last: date
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All that says when one schedule opens and closes.

    ``holidays``: day -> which day's lines it has (`HOLIDAY`, or a weekday that is worked instead).
    ``changes``: where two cover a day, the later of the tuple holds.
    """

    tz: tzinfo
    lines: tuple[Line, ...] = ()
    holidays: Mapping = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A window of one day as instants (UTC). ``earliest`` and ``latest`` include the tolerance."""

    line: Line
    day: date
    start: datetime
    end: datetime

    @property
    def earliest(self):
        return self.start - timedelta(minutes=self.line.tolerance)

    @property
    def latest(self):
        return self.end + timedelta(minutes=self.line.tolerance)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a moment asks for. ``source``: standard, holiday or change; ``spans``: the windows that
    the moment is in, tolerance included; ``open`` and ``close``: judgements, see `judge`."""

    source: str
    spans: tuple[Span, ...]
    open: str
    close: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """By ``due`` (UTC) ``action`` must have come; it counts from ``since`` on."""

    action: str
    since: datetime
    due: datetime


def expectation(lines, holidays, temporary, moment_local):
    """What is expected at an aware local moment, see `Plan` for the other arguments."""
    plan = Plan(moment_local.tzinfo, tuple(lines), holidays, tuple(temporary))
    spans = [
        span
        for span in _spans_around(plan, moment_local)
        if span.earliest <= moment_local <= span.latest
    ]
    source, _lines = lines_of(plan, moment_local.date())
    return Expectation(
        source,
        tuple(spans),
        judge(plan, "open", moment_local),
        judge(plan, "close", moment_local),
    )


def lines_of(plan, day):
    """``(source, lines)`` of a day: a change, else a holiday, else the weekday."""
    for change in reversed(plan.changes):
        if change.first <= day <= change.last:
            return "change", change.lines
    acts_as = plan.holidays.get(day)
    number = day.weekday() if acts_as is None else acts_as
    lines = tuple(line for line in plan.lines if line.day == number)
    return ("standard" if acts_as is None else "holiday"), lines


def spans_of(plan, day, kinds=frozenset(ALLOWS)):
    """The windows that begin on a day, of these kinds; none of what a change of the clocks leaves
    nothing of."""
    midnight = datetime.combine(day, datetime.min.time())
    spans = []
    for line in lines_of(plan, day)[1]:
        if line.kind not in kinds:
            continue
        start = instant(midnight + timedelta(minutes=line.start), plan.tz)
        end = instant(midnight + timedelta(minutes=line.start + line.length), plan.tz, last=True)
        if start < end:
            spans.append(Span(line, day, start, end))
    return spans


def instant(local, tz, last=False):
    """The moment (UTC) of a naive local time; of a repeated one the first unless the last is meant,
    of a skipped one the moment of the change."""
    first = local.replace(tzinfo=tz, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=tz, fold=1).astimezone(UTC)
    if first == second:
        return first
    if first < second:
        return second if last else first
    return _change_between(second, first, tz)


def _change_between(before, after, tz):
    """The instant at which the clock changes, to the second."""
    offset = after.astimezone(tz).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(tz).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return before + timedelta(seconds=low)


def judge(plan, action, moment):
    """Whether an opening or a closing at an aware moment is in order.

    ``in_order``; ``early`` or ``late``: beside the nearest window of its day in which it must come;
    ``unexpected``: nothing of the day asks for it. Where no line of the schedule speaks of the
    action it is free, but for a day that a holiday or a change has other windows for, and for times
    without any activity.

    :param action: "open" or "close"
    """
    spans = _spans_around(plan, moment)
    own = [span for span in spans if ALLOWS[span.line.kind] == action]
    if any(span.earliest <= moment <= span.latest for span in own):
        return "in_order"
    if any(span.line.kind == "no_activity" and span.start <= moment < span.end for span in spans):
        return "unexpected"
    day = moment.astimezone(plan.tz).date()
    source, _lines = lines_of(plan, day)
    ruled = any(ALLOWS[line.kind] == action for line in plan.lines)
    if not ruled and (source == "standard" or action == "close"):
        return "in_order"
    beside = [span for span in own if span.day == day and span.line.kind == MUST[action]]
    if not beside:
        return "unexpected"
    nearest = min(beside, key=lambda span: max(span.earliest - moment, moment - span.latest))
    return "early" if moment < nearest.earliest else "late"


def next_deadline(plan, action, after):
    """The first deadline later than an aware moment, None where none is within the horizon."""
    day = after.astimezone(plan.tz).date()
    found = None
    for offset in range(-_LOOK_BACK_DAYS, HORIZON_DAYS + 1):
        # A deadline of a later day is later than one found, but for what reaches over midnight.
        if found and offset > _LOOK_BACK_DAYS and found.due < after + timedelta(days=offset - 2):
            break
        for span in spans_of(plan, day + timedelta(days=offset), (MUST[action],)):
            if span.latest > after and (not found or span.latest < found.due):
                found = Deadline(action, span.earliest, span.latest)
    return found


def _spans_around(plan, moment):
    """The windows that an instant may be in, or of whose day it is."""
    day = moment.astimezone(plan.tz).date()
    return [
        span
        for offset in range(-_LOOK_BACK_DAYS, 3)
        for span in spans_of(plan, day + timedelta(days=offset))
    ]


def check_lines(lines):
    """The first two lines of one day that contradict each other; None where none do.

    A window without any activity may not overlap one that allows some.
    """
    for quiet in lines:
        if quiet.kind != "no_activity":
            continue
        for other in lines:
            if other.day == quiet.day and other.kind != "no_activity" and _overlap(quiet, other):
                return quiet, other
    return None


def _overlap(one, other):
    return one.start < other.start + other.length and other.start < one.start + one.length
