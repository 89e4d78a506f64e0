"""Says when the machine's clock was set: times of signals before and after do not fit together."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from .clock import JumpWatch, to_iso, utc_now
from .conditions import Conditions

SHOWN: Final = 3600.0
"""Seconds for which a jump stays among the conditions."""


class ClockWatch:
    """Asked every few seconds; keeps the condition ``clock_jump``."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._watch = JumpWatch()
        self._until = 0.0

    def look(self) -> None:
        step = self._watch.jumped()
        if step:
            way = "forward" if step > 0 else "back"
            by = timedelta(seconds=round(abs(step)))
            self._conditions.set(
                "clock_jump", f"the clock was set {way} by {by} to {to_iso(utc_now())}"
            )
            self._until = time.monotonic() + SHOWN
        elif time.monotonic() >= self._until:
            self._conditions.clear("clock_jump")
