"""A receiver that should be heard and is not: a signal of its own, and another when it is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from ..clock import to_iso, utc_now
from ..config import ReceiverSettings
from ..intake import Intake
from ..journal import Append, Journal, JournalError
from ..signal import Draft
from .last_seen import Key, receiver_scope
from .rules import silence_limit

_logger = logging.getLogger(__name__)

HeardByOthers = Callable[[Key, Callable[["float | None"], None]], None]
"""Asks how long ago any bridge heard this; answers inside the event loop, None when none did."""

_LOOK_AGAIN: Final = 10.0


def nobody_else(key: Key, then: Callable[[float | None], None]) -> None:
    """There is no other bridge that could have heard it."""
    then(None)


class SilenceWatch:
    """Watches one line; for receivers with a heartbeat only.

    Whether the line was reported silent is remembered by the commit that reports it, so that
    neither a restart nor a take-over repeats the report, nor forgets to say that the line is back.
    ``holds``: whether this bridge is the one that reports on a line. ``lag``: seconds by which it
    may know later what another bridge has heard.
    """

    def __init__(
        self,
        settings: ReceiverSettings,
        intake: Intake,
        journal: Journal,
        holds: Callable[[str], bool] = lambda receiver: True,
        heard_by_others: HeardByOthers = nobody_else,
        lag: float = 0.0,
    ) -> None:
        self._settings = settings
        self._intake = intake
        self._journal = journal
        self._holds = holds
        self._heard_by_others = heard_by_others
        limit = silence_limit(settings.heartbeat)
        self._limit = limit + lag if limit else 0.0
        self._memory = f"silent {settings.name}"
        self._timer: asyncio.TimerHandle | None = None
        self._held = False
        self._telling = False
        self._told = False

    def start(self) -> None:
        """From now on the receiver has its full time to be heard (inside the event loop)."""
        if not self._limit:
            return
        self._held = self._holds(self._settings.name)
        self._told = self._recall()
        self._intake.line.silent = self._told
        loop = asyncio.get_running_loop()
        self._intake.line.heard = loop.time()
        self._timer = loop.call_later(self._limit, self._check)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def heard(self, now: float) -> None:
        """A good frame has come, ``now`` by ``time.monotonic``, the clock of the event loop."""
        line = self._intake.line
        line.heard = now
        if line.silent:
            self._turn(silent=False)

    def _check(self) -> None:
        loop = asyncio.get_running_loop()
        line = self._intake.line
        left = (line.heard or 0.0) + self._limit - loop.time()
        if left > 0:
            self._turn(silent=False)
            self._again(min(left, _LOOK_AGAIN) if self._told else left)
            return
        self._again(min(self._limit, _LOOK_AGAIN))
        self._heard_by_others((receiver_scope(self._settings.name), ""), self._answered)

    def _again(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, self._check)

    def _answered(self, age: float | None) -> None:
        """Nobody has heard the line here; ``age``: how long ago any bridge has."""
        if self._timer is None:
            return
        line, loop = self._intake.line, asyncio.get_running_loop()
        heard = line.heard or 0.0
        if age is not None:
            heard = max(heard, loop.time() - age)
        self._turn(silent=loop.time() >= heard + self._limit)

    def _turn(self, silent: bool) -> None:
        """The line is silent or heard, whoever has to say so."""
        name, line = self._settings.name, self._intake.line
        if silent != line.silent:
            line.silent = silent
            if silent:
                _logger.error("%s: silent for more than %g s", name, self._limit)
            else:
                _logger.warning("%s: heard again", name)
        held, self._held = self._held, self._holds(name)
        if self._held and not held:
            # Another bridge may have reported it before.
            self._telling = True
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, self._recall).add_done_callback(
                lambda recalled: self._settle(recalled.result())
            )
        elif self._held and silent != self._told and not self._telling:
            self._report(silent)

    def _report(self, silent: bool) -> None:
        self._telling = True
        name = self._settings.name
        draft = Draft(
            receiver=name,
            format=self._settings.format,
            kind="receiver_status",
            source=self._intake.line.address,
            received_at=to_iso(utc_now()),
            code_system="bridge",
            code="silent",
            qualifier="new" if silent else "restore",
            text=f"not heard for more than {self._limit:g} s" if silent else "heard again",
        )

        def told(stored: bool) -> None:
            if stored:
                self._settle(silent)
            else:
                # Not on disk is not told: the next look at the line tells it.
                self._telling = False

        memory = (self._memory, "true" if silent else None)
        self._intake.journal(Append((draft,), remember=(memory,)), told)

    def _settle(self, told: bool) -> None:
        """What has been reported is known now; the line may have turned meanwhile."""
        self._telling, self._told = False, told
        if self._timer is not None and self._intake.line.silent != told:
            self._turn(self._intake.line.silent)

    def _recall(self) -> bool:
        try:
            return self._journal.reader.recall(self._memory) == "true"
        except JournalError as error:
            _logger.error("%s: its silence may be told twice: %s", self._settings.name, error)
            return False
