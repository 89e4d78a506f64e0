"""A receiver that should be heard and is not: a signal of its own, and another when it is back."""

from __future__ import annotations

import asyncio
import json
import logging

from .clock import to_iso, utc_now
from .config import ReceiverSettings
from .intake import Intake
from .journal import Append, Journal, JournalError
from .signal import Draft

_logger = logging.getLogger(__name__)


def silence_limit(heartbeat: float) -> float:
    """Seconds without a frame after which a receiver counts as silent: two missed heartbeats and
    half an interval of margin (30 s -> 75 s, well under the 200 s of UL 1610)."""
    return 2.5 * heartbeat


class SilenceWatch:
    """Watches one line; for receivers with a heartbeat only.

    Which lines were reported silent is remembered in the journal, so that a restart neither
    repeats the report nor forgets to say that the line is back.
    """

    def __init__(self, settings: ReceiverSettings, intake: Intake, journal: Journal) -> None:
        self._settings = settings
        self._intake = intake
        self._journal = journal
        self._limit = silence_limit(settings.heartbeat)
        self._memory = f"silent {settings.name}"
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """From now on the receiver has its full time to be heard (inside the event loop)."""
        if not self._limit:
            return
        self._intake.line.silent = self._journal.reader.recall(self._memory) == "true"
        loop = asyncio.get_running_loop()
        self._intake.line.heard = loop.time()
        self._timer = loop.call_later(self._limit, self._check)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def heard(self) -> None:
        """A good frame has come."""
        line = self._intake.line
        line.heard = asyncio.get_running_loop().time()
        if line.silent:
            self._report(silent=False)

    def _check(self) -> None:
        loop = asyncio.get_running_loop()
        line = self._intake.line
        left = (line.heard or 0.0) + self._limit - loop.time()
        if left <= 0 and not line.silent:
            self._report(silent=True)
        self._timer = loop.call_later(left if left > 0 else self._limit, self._check)

    def _report(self, silent: bool) -> None:
        name = self._settings.name
        self._intake.line.silent = silent
        if silent:
            _logger.error("%s: silent for more than %g s", name, self._limit)
        else:
            _logger.warning("%s: heard again", name)
        draft = Draft(
            receiver=name,
            format=self._settings.format,
            kind="receiver_status",
            source=self._intake.line.address,
            received_at=to_iso(utc_now()),
            text="silent" if silent else "restored",
        )

        def told(stored: bool) -> None:
            if stored:
                asyncio.get_running_loop().run_in_executor(None, self._keep, silent)
            else:
                # Not on disk is not told: the next look at the line, or its next frame, tells it.
                self._intake.line.silent = not silent

        self._intake.journal(Append((draft,)), told)

    def _keep(self, silent: bool) -> None:
        try:
            self._journal.remember(self._memory, json.dumps(silent))
        except JournalError as error:
            _logger.error(
                "%s: after a restart its silence may be told twice: %s", self._memory, error
            )
