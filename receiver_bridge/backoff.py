"""Pauses between attempts: longer each time, never the same for all, up to a limit."""

from __future__ import annotations

import random


class Backoff:
    """Pauses in seconds, doubling from ``first`` to ``longest``, each ±20 %."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def pause(self) -> float:
        """The next pause."""
        pause = self._next
        self._next = min(self._longest, self._next * 2)
        return pause * random.uniform(0.8, 1.2)

    def reset(self) -> None:
        """An attempt succeeded: the next failure starts with a short pause again."""
        self._next = self._first
