"""A thread that does one thing at a steady pace until it is asked to stop."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod

_logger = logging.getLogger(__name__)


class Periodic(threading.Thread, ABC):
    """Runs ``once`` at the start and every ``interval`` seconds; a failure is logged, not final."""

    def __init__(self, name: str, interval: float) -> None:
        super().__init__(name=name, daemon=True)
        self._interval = interval
        self._stop_asked = threading.Event()
        self._wake = threading.Event()

    @abstractmethod
    def once(self) -> None:
        """One round of the work."""

    def stop(self) -> None:
        self._stop_asked.set()
        self._wake.set()

    def hurry(self) -> None:
        """Begin the next round now, or right after the one under way. From any thread."""
        self._wake.set()

    def run(self) -> None:
        while not self._stop_asked.is_set():
            self._wake.clear()
            started = time.monotonic()
            try:
                self.once()
            except Exception:
                _logger.exception("%s failed", self.name)
            if not self._stop_asked.is_set():
                self._wake.wait(max(0.0, started + self._interval - time.monotonic()))
