"""How long a line has been listened to. Silence on a line that nobody listens to proves nothing."""

from __future__ import annotations

from typing import Final

STALL: Final = 5.0
"""Seconds between two looks at the line after which the process itself did not run (stopped, the
machine asleep or overloaded): what came meanwhile may be lost."""


class Listening:
    """A clock that stands still while its line cannot be heard.

    ``missed`` is how long it has stood still in all, ``since`` when it last began to run; both in
    the monotonic clock's seconds, as all times here.
    """

    __slots__ = ("_looked", "missed", "on", "since")

    def __init__(self, now: float) -> None:
        self.on = False
        self.missed = 0.0
        self.since = now
        self._looked = now

    def look(self, now: float, online: bool) -> None:
        """Called at least every second; ``online``: the line can be heard."""
        passed = now - self._looked
        self._looked = now
        if not online or not self.on or passed > STALL:
            self.missed += passed
            self.since = now
        self.on = online

    def begin_anew(self, now: float) -> None:
        """Another bridge listened until now: what is known of the line is as new as at a start."""
        self.since = now
