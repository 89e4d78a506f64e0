"""When something that should be heard counts as lost: pure rules, times in seconds as arguments."""

from __future__ import annotations

import math
from typing import Final

MASS_AT_LEAST: Final = 10
"""Fewer accounts than this are told one by one, whatever their share: a line may have but five."""

MASS_PERIOD: Final = 60.0


def silence_limit(interval: float) -> float:
    """Seconds without a frame after which a sender counts as silent: two missed polls and half an
    interval of margin (30 s -> 75 s, well under the 200 s of UL 1610)."""
    return 2.5 * interval


def carried_silence(
    seen_age: float, listened: tuple[float, float] | None, interval: float, grace: float
) -> float:
    """How much of an account's silence before a start still counts after it.

    ``seen_age``: how long ago it was heard. ``listened``: how long ago its line began to be
    listened to, by any bridge, and how long ago that ended; None when nobody knows.

    What was not listened to proves nothing: a gap longer than ``grace`` (a restart or a take-over
    is shorter, and a panel repeats for longer what nobody answers) takes everything before it away,
    and so does one of negative length, which a clock makes that was put back. Of what remains only
    whole polls count that were certainly missed, at most two: with half an interval of margin the
    account is never reported without two polls missed while somebody listened.
    """
    if listened is None:
        return 0.0
    began, ended = listened
    if not 0 <= ended <= grace:
        return 0.0
    silent = min(seen_age, began) - ended
    return interval * min(2, max(0, math.floor(silent / interval)))


def deadline(seen: float, interval: float, since: float, grace: float) -> float:
    """When an account counts as lost that was heard at ``seen`` on a line that has been listened to
    without a break since ``since``. A line that is back gives its panels ``grace`` to come back
    too: they may have to connect again."""
    return max(seen + silence_limit(interval), since + grace)


def is_mass(lost: int, supervised: int, share: float) -> bool:
    """Whether so many accounts of a line, lost within a minute, point to the line's network rather
    than to the panels."""
    return lost >= max(MASS_AT_LEAST, share * supervised)


class Pace:
    """So many at once, then so many a minute."""

    def __init__(self, burst: float, per_minute: float) -> None:
        self._burst = burst
        self._rate = per_minute / 60
        self._tokens = burst
        self._at = -math.inf

    def allows(self, now: float) -> bool:
        """Whether one more may pass at ``now``; counts it when it may."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
