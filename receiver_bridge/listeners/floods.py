"""Who sends datagrams far faster than he may is turned away by the system for a moment."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Sequence
from typing import Final

from ..intake import Intake
from ..limiter import NoiseLimiter
from .datagram_filter import MOST_SENDERS, thrown_away, turn_away

_logger = logging.getLogger(__name__)

_PERIOD: Final = 0.25
"""Seconds after which all may try again: by then a rate has been regained in part."""

_FLOOD: Final = 50
"""So many datagrams of one address refused within a period are no panel's retries."""


class Floods:
    """For the sockets of one door; inside the event loop only. Reading a datagram and refusing it
    is not fast enough (see ``datagram_filter``): this takes over from the fiftieth on."""

    def __init__(self, intake: Intake, sockets: Sequence[socket.socket]) -> None:
        self._intake = intake
        self._sockets = sockets
        self._refused: Counter[str] = Counter()
        self._away: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._able = True
        name = intake.settings.name
        self._reports = NoiseLimiter(name, per_minute=1, what="floods of datagrams")
        self._lost = intake.metrics.datagrams_lost.labels(name)
        self._thrown_away = [0] * len(sockets)

    def refused(self, sender: str) -> None:
        """One more datagram of this sender (as ``address_group`` names it) was not taken."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PERIOD, self._again)
        self._refused[sender] += 1
        if self._refused[sender] != _FLOOD or len(self._away) >= MOST_SENDERS or not self._able:
            return
        self._away.add(sender)
        self._turn_away()
        name = self._intake.settings.name
        if self._reports.allows(sender):
            _logger.warning(
                "%s: a flood of datagrams from %s is thrown away",
                name,
                sender,
                extra={"receiver": name, "peer": sender},
            )

    def count_lost(self) -> None:
        """What the system has thrown away since this was asked last."""
        for number, opened in enumerate(self._sockets):
            now = thrown_away(opened)
            self._lost.inc(now - self._thrown_away[number] & 0xFFFFFFFF)
            self._thrown_away[number] = now

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _again(self) -> None:
        self._timer = None
        self._refused.clear()
        self.count_lost()
        if self._away:
            self._away.clear()
            self._turn_away()

    def _turn_away(self) -> None:
        try:
            for opened in self._sockets:
                turn_away(opened, self._away)
        except OSError as error:
            # Then they are read and refused one by one.
            self._able = False
            name = self._intake.settings.name
            _logger.error("%s: the system turns no sender away: %s", name, error)
