"""What is wrong with the bridge at this moment, in one place: health page, heartbeat and metrics
read it, whichever part finds something out writes it."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Condition:
    """``code`` is what a program may act on (``disk_low``); ``detail`` is for a person."""

    code: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "detail": self.detail}


class Conditions:
    """Named conditions that hold now; every method may be called from any thread.

    A condition is logged when it begins and when it ends, not while it lasts.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._details: dict[str, str] = {}

    def set(self, code: str, detail: str) -> None:
        """The condition holds; called again, it takes the new detail."""
        with self._lock:
            begins = code not in self._details
            self._details[code] = detail
        if begins:
            _logger.error("condition %s: %s", code, detail, extra={"condition": code})

    def clear(self, code: str) -> None:
        """The condition holds no longer; nothing happens when it did not."""
        with self._lock:
            ended = self._details.pop(code, None)
        if ended is not None:
            _logger.warning("condition %s has ended: %s", code, ended, extra={"condition": code})

    def current(self) -> list[Condition]:
        """All that hold now, by code."""
        with self._lock:
            return [Condition(code, detail) for code, detail in sorted(self._details.items())]

    def __contains__(self, code: object) -> bool:
        with self._lock:
            return code in self._details
