"""The bridge's one way to tell and to write the time: UTC, microseconds, a trailing ``Z``."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Final, NamedTuple

wall: Callable[[], float] = time.time
"""Seconds since 1970 by the clock that people set; for durations it is of no use."""

JUMP = 5.0
"""Seconds by which the clock must be set at once to count as a jump: corrections of a clock that is
kept by the network are smaller."""


_SAME: Final = 0.001
"""Seconds; senders and receivers of alarms know the time to the second at best."""


def utc_now() -> datetime:
    """The time of day, aware, in UTC."""
    return datetime.fromtimestamp(wall(), timezone.utc)


class Stamp(NamedTuple):
    """A moment: on the clock that nobody sets (``time.monotonic``), and as time of day."""

    clock: float
    time: datetime
    text: str


_last = Stamp(-math.inf, datetime.min, "")


def stamp() -> Stamp:
    """The time to write on what comes in. Frames come in crowds, and to read and write the time for
    each would take a tenth of what a frame takes: within a millisecond all get the same."""
    global _last
    clock = time.monotonic()
    if clock - _last.clock >= _SAME:
        now = utc_now()
        _last = Stamp(clock, now, to_iso(now))
    return _last


class JumpWatch:
    """Notices that the wall clock was set, or that the machine stood still (suspended, restored
    from a snapshot)."""

    def __init__(self) -> None:
        self._offset = wall() - time.monotonic()

    def jumped(self) -> float:
        """Seconds that the clock was set forward (or back, below 0) since the last question; 0.0
        for less than :data:`JUMP`."""
        offset = wall() - time.monotonic()
        step, self._offset = offset - self._offset, offset
        return step if abs(step) >= JUMP else 0.0


def to_iso(moment: datetime) -> str:
    """``2026-11-20T08:00:00.123456Z`` for an aware datetime of any zone."""
    at = moment if moment.tzinfo is timezone.utc else moment.astimezone(timezone.utc)
    # Twice as fast as isoformat, which asks the zone for its offset.
    return (
        f"{at.year:04}-{at.month:02}-{at.day:02}"
        f"T{at.hour:02}:{at.minute:02}:{at.second:02}.{at.microsecond:06}Z"
    )


def from_iso(text: str) -> datetime:
    """The reverse of :func:`to_iso`; raises ValueError for any other form."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
