"""Whose bytes are decoded next: sender after sender takes a turn, however much one of them sends.

Whoever sends little is served at once. Who has sent more than a turn's worth, or more than his
rate, waits in a line of his address; the lines are served in rotation, a few milliseconds at a
time, so that sockets, replies and all other senders have theirs in between. Nothing is dropped:
while a sender waits, no more is read from him.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final, Protocol

_logger = logging.getLogger(__name__)

_TURN: Final = 0.004
"""Seconds for which waiting senders are served before all else is looked after."""

_BURST: Final = 2.0
"""Seconds of a full rate that may come at once from who was silent before."""

_REGAIN_EVERY: Final = 0.01
"""Seconds: what an address regains meanwhile is not worth the reckoning."""

_MOST_ADDRESSES: Final = 20_000


class Rates(Protocol):
    """What one address may send in a second; 0: no limit."""

    @property
    def frames_per_second(self) -> float: ...

    @property
    def bytes_per_second(self) -> float: ...


class Pace:
    """One address at one receiver: what it has spent of its rate, and who of it waits."""

    __slots__ = ("rates", "waiting", "_frames", "_bytes", "_since")

    def __init__(self, rates: Callable[[], Rates | None]) -> None:
        self.rates = rates
        self.waiting: deque[Callable[[], None]] = deque()
        # What has been spent and not yet been regained.
        self._frames = self._bytes = 0.0
        self._since = time.monotonic()

    def spend(self, frames: int, size: int, now: float) -> None:
        """So many frames and bytes have come, ``now`` by ``time.monotonic``."""
        if now - self._since >= _REGAIN_EVERY:
            self._regain(now)
        self._frames += frames
        self._bytes += size

    @property
    def debt(self) -> float:
        """Seconds until the address may go on; 0 when it may now."""
        rates = self.rates()
        if rates is None:
            return 0.0
        frames, size = rates.frames_per_second, rates.bytes_per_second
        if (not frames or self._frames <= frames * _BURST) and (
            not size or self._bytes <= size * _BURST
        ):
            # What was spent is no debt, even if nothing of it has been regained since.
            return 0.0
        now = time.monotonic()
        if now - self._since >= _REGAIN_EVERY:
            self._regain(now)
        debt = 0.0
        if frames:
            debt = self._frames / frames - _BURST
        if size:
            debt = max(debt, self._bytes / size - _BURST)
        return max(0.0, debt)

    @property
    def free(self) -> bool:
        """Whether the address may go on now and nobody of it waits."""
        return not self.waiting and not self.debt

    def _regain(self, now: float) -> None:
        rates = self.rates()
        passed = now - self._since
        # Where there is no limit nothing is owed, also not when there is one some day.
        frames, size = (rates.frames_per_second, rates.bytes_per_second) if rates else (0.0, 0.0)
        self._frames = max(0.0, self._frames - passed * frames) if frames else 0.0
        self._bytes = max(0.0, self._bytes - passed * size) if size else 0.0
        self._since = now


class Turns:
    """One for all doors of a bridge; used inside its event loop only."""

    def __init__(self) -> None:
        self._paces: OrderedDict[tuple[str, str], Pace] = OrderedDict()
        self._ready: deque[Pace] = deque()
        self._serving = False

    def pace(
        self, receiver: str, address: str, rates: Callable[[], Rates | None] = lambda: None
    ) -> Pace:
        """The pace of an address, the same for all its connections and datagrams; those who were
        heard longest ago are forgotten."""
        key = (receiver, address)
        pace = self._paces.get(key)
        if pace is None:
            pace = self._paces[key] = Pace(rates)
            if len(self._paces) > _MOST_ADDRESSES:
                self._paces.popitem(last=False)
        else:
            pace.rates = rates
            self._paces.move_to_end(key)
        return pace

    def wait(self, pace: Pace, work: Callable[[], None]) -> None:
        """``work`` runs when it is the turn of this address, and of this one among its own."""
        first = not pace.waiting
        pace.waiting.append(work)
        if first:
            self._line_up(pace)

    def _line_up(self, pace: Pace) -> None:
        debt = pace.debt
        if debt:
            asyncio.get_running_loop().call_later(debt, self._wake, pace)
        else:
            self._wake(pace)

    def _wake(self, pace: Pace) -> None:
        self._ready.append(pace)
        if not self._serving:
            self._serving = True
            asyncio.get_running_loop().call_soon(self._serve)

    def _serve(self) -> None:
        end = time.monotonic() + _TURN
        while self._ready and time.monotonic() < end:
            pace = self._ready.popleft()
            # It stays the first of its line while it works: who waits anew is behind the others.
            work = pace.waiting[0]
            try:
                work()
            except Exception:
                _logger.exception("a sender's turn failed")
            pace.waiting.popleft()
            if pace.waiting:
                self._line_up(pace)
        if self._ready:
            asyncio.get_running_loop().call_soon(self._serve)
        else:
            self._serving = False
