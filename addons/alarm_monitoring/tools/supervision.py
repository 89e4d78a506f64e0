"""Supervision by the clock: what opens and closes, how urgent what did not come is, and how an
incident keeps it."""

from datetime import UTC
from zoneinfo import ZoneInfo

# Reason -> priority and class of its incident.
MATTERS = {
    "opened_outside": ("3", "open_close"),
    "left_open": ("3", "open_close"),
    "late_close": ("4", "open_close"),
    "late_open": ("4", "open_close"),
    "test_missed": ("4", "test"),
    "trouble_stays": ("4", "trouble"),
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
