"""Noise is reported, but it cannot flood: so many reports a minute from one source."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict

_logger = logging.getLogger(__name__)

_MOST_SOURCES = 10_000
_PERIOD = 60.0


class NoiseLimiter:
    """A bucket of ``per_minute`` tokens for every source, refilled evenly.

    What exceeds it is counted and logged once a minute.
    """

    def __init__(
        self, receiver: str, per_minute: int = 10, what: str = "unreadable frames"
    ) -> None:
        self._receiver = receiver
        self._what = what
        self._capacity = float(per_minute)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._excess: Counter[str] = Counter()

    def allows(self, source: str) -> bool:
        """Whether one more report of this source may pass now (inside a running event loop)."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        tokens, since = self._buckets.get(source, (self._capacity, now))
        tokens = min(self._capacity, tokens + (now - since) * self._capacity / _PERIOD)
        allowed = tokens >= 1
        self._buckets[source] = (tokens - 1 if allowed else tokens, now)
        self._buckets.move_to_end(source)
        if len(self._buckets) > _MOST_SOURCES:
            self._buckets.popitem(last=False)
        if not allowed:
            if not self._excess:
                loop.call_later(_PERIOD, self._report)
            self._excess[source] += 1
        return allowed

    def _report(self) -> None:
        for source, number in self._excess.most_common(10):
            _logger.warning(
                "%s: %d more %s from %s are counted, not reported one by one",
                self._receiver,
                number,
                self._what,
                source,
                extra={"receiver": self._receiver, "peer": source},
            )
        self._excess.clear()
