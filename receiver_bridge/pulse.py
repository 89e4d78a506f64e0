"""Notices that the process has stood still: frozen, swapped out, or its machine suspended."""

from __future__ import annotations

import asyncio
import logging

from .journal import Moment

_logger = logging.getLogger(__name__)

_EVERY = 0.1
_STOOD_STILL = 1.0
_GRACE = 2.0
"""Seconds after which all that came in meanwhile has been read."""


class Pulse:
    """Beats in the event loop; start it there.

    After a standstill the buffers of the kernel hold frames that came in at any time during it,
    and whose senders have perhaps gone elsewhere with them since.
    """

    def __init__(self) -> None:
        self._last = Moment.now().running
        self._before: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._last = Moment.now().running
        self._timer = asyncio.get_running_loop().call_later(_EVERY, self._beat)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def before(self) -> float:
        """The time on :class:`~.journal.Moment`'s running clock before which nothing of what is
        read now can have come in."""
        return self._last if self._before is None else self._before

    def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        now = Moment.now().running
        if now - self._last > _STOOD_STILL:
            _logger.warning("the process has stood still for %.1f s", now - self._last)
            if self._before is None:
                self._before = self._last
            loop.call_later(_GRACE, self._forget, self._before)
        self._last = now
        self._timer = loop.call_later(_EVERY, self._beat)

    def _forget(self, before: float) -> None:
        if self._before == before:
            self._before = None
