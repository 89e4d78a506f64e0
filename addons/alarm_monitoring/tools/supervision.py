"""Supervision by the clock: what opens and closes, how urgent what did not come is, and how an
incident keeps it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# Reason -> priority and class of its incident.
MATTERS = {
    "opened_outside": ("3", "open_close"),
    "left_open": ("3", "open_close"),
    "late_close": ("4", "open_close"),
    "late_open": ("4", "open_close"),
    "test_missed": ("4", "test"),
    "trouble_stays": ("4", "trouble"),
    "test_forgotten": ("4", "test"),
    "closed_outside": ("5", "open_close"),
    "test_duress": ("1", "panic"),
}

_OPENS = {
    "sia": "OA OB OG OH OJ OK OL OP OQ OR OS",
    "surgard": "O 5",
    "radionics": "O",
    "ademco-hs": "2",
}
_CLOSES = {
    "sia": "CA CB CF CG CJ CK CL CP CQ CS CW NF NL NM",
    "surgard": "C 4",
    "radionics": "C W",
    "ademco-hs": "4",
}
# Contact ID has one code for both, told apart by the qualifier.
_BY_QUALIFIER = {
    "cid": "400 401 402 403 405 407 408 409 441 442 443 444 450 451 452 456 463 910 911 920",
}

_SEPARATOR = " | "


def arming_of(code_system, code):
    """What a published code does to the premises: ``opens``, ``closes``, ``qualifier`` (new opens,
    restore closes) or None.

    >>> arming_of("cid", "401"), arming_of("sia", "OP"), arming_of("cid", "130")
    ('qualifier', 'opens', None)
    """
    for table, arming in ((_OPENS, "opens"), (_CLOSES, "closes"), (_BY_QUALIFIER, "qualifier")):
        if code in table.get(code_system, "").split():
            return arming
    return None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """When a test counts as forgotten, and why: ``quiet`` or ``total``."""

    at: datetime
    why: str


def forgotten_at(starts_at, ends_at, active_at, quiet, total, *, told=False):
    """When a test mode counts as forgotten; None when it ends before that.

    :param active_at: when it was begun or extended, or a signal of it was received: the latest
    :param quiet: so long nothing may be received; zero: for ever
    :param total: so long it may last, extensions included; zero: for ever
    :param told: that it lasts too long is known, so only silence counts
    """
    found = []
    if quiet:
        found.append(Forgotten(active_at + quiet, "quiet"))
    if total and not told:
        found.append(Forgotten(starts_at + total, "total"))
    found = [one for one in found if one.at < ends_at]
    return min(found, key=lambda one: (one.at, one.why), default=None)


def pack(*parts):
    """What an incident keeps of its reason, as one text.

    >>> unpack(pack("a", "", "b"), 4)
    ['a', '', 'b', '']
    """
    return _SEPARATOR.join(str(part or "").replace("|", "/") for part in parts)


def unpack(detail, count):
    parts = (detail or "").split(_SEPARATOR.strip())
    return [*(part.strip() for part in parts), *[""] * count][:count]


def local_words(moment, tz):
    """A naive UTC moment by the subscriber's own clock, the same in every language.

    >>> from datetime import datetime
    >>> local_words(datetime(2026, 11, 20, 14, 15), "Asia/Shanghai")
    '2026-11-20 22:15'
    """
    if not moment:
        return ""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(tz or "UTC")).strftime("%Y-%m-%d %H:%M")
