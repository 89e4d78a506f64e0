"""A transport whose address or key may change while its thread goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ..config import OdooSettings
from .transport import Transport, open_transport


class ReplaceableTransport:
    """``replace`` takes effect at the next call; one that is under way ends as it began."""

    def __init__(self, settings: OdooSettings) -> None:
        self._lock = threading.Lock()
        self._current: Transport = open_transport(settings)
        self._next: Transport | None = None

    def replace(self, settings: OdooSettings) -> None:
        """From any thread."""
        with self._lock:
            self._next = open_transport(settings)

    def call(
        self,
        method: str,
        argument: tuple[str, str],
        permit: Callable[[], None] = lambda: None,
    ) -> Any:
        return self._transport().call(method, argument, permit)

    def close(self) -> None:
        self._transport().close()

    def _transport(self) -> Transport:
        with self._lock:
            old, new = self._current, self._next
            if new is None:
                return old
            self._current, self._next = new, None
        old.close()
        return new
