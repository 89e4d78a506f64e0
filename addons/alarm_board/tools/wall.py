"""What the figures of the wall mean. Pure."""

from datetime import timedelta

# A shift is not longer than that; and without one this much is looked back.
LONGEST_SHIFT = timedelta(hours=16)
USUAL_SHIFT = timedelta(hours=8)

# What was queued longer than that before the shift is not looked for: it is asked every few seconds
# and must find its rows by the index.
QUEUED_BEFORE = timedelta(hours=12)

# EN 50518 states its targets for these shares of the alarms.
SHARES = (0.8, 0.985)

# Codes by which a panel says that it cannot reach the centre on one of its ways.
COMMUNICATION_CODES = (
    *(f"cid {code}" for code in range(350, 361)),
    "cid 554",
    "cid 555",
    "sia YC",
    "sia YS",
)

# Incidents that are about the centre itself, not about a subscriber.
OWN_TROUBLES = (
    "integrity",
    "missing",
    "rejected",
    "bridge_silent",
    "bridge_condition",
    "undecided",
    "evidence",
    "desk_empty",
)


def shift_begin(starts, now):
    """From when on the figures count: since the first of those at the desk began.

    :param starts: moments at which the shifts that are not over began
    :param now: moment

    >>> from datetime import datetime
    >>> shift_begin([], datetime(2026, 1, 1, 12))
    datetime.datetime(2026, 1, 1, 4, 0)
    """
    if not starts:
        return now - USUAL_SHIFT
    return max(min(starts), now - LONGEST_SHIFT)


def rounded(seconds):
    """Whole seconds, or None where nothing was measured."""
    return None if seconds is None else round(float(seconds))
