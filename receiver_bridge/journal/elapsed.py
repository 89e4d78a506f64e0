"""How much time has passed for everybody else, whatever happened to this process meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass

# Linux counts suspended time only on this one; where there is none, the time of day sees it.
_RUNNING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time by two clocks, in seconds.

    ``running`` counts while the process is stopped and while the machine is suspended, and nobody
    can set it. Where a whole virtual machine was paused, it may have stood still; then the time of
    day is set forward when the machine goes on, so the larger of both differences counts.
    """

    running: float
    of_day: float

    @staticmethod
    def now() -> Moment:
        return Moment(time.clock_gettime(_RUNNING), time.time())

    def elapsed(self) -> float:
        """Seconds since then, at least; a clock set back does not shorten them."""
        now = Moment.now()
        return max(now.running - self.running, now.of_day - self.of_day)
