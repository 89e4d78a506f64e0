"""The receivers of a bridge: each a line with its intake, its watch and its door; opened, closed,
and exchanged for others while the rest goes on."""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from .backoff import Backoff
from .clock import to_iso, utc_now
from .codecs import get_codec
from .conditions import Conditions
from .config import (
    Config,
    Mistake,
    NetworkAddress,
    ReceiverSettings,
    raise_limit,
    total_connections,
)
from .intake import Intake
from .journal import Journal, JournalError
from .keys import KeyRing
from .lines import Line
from .listeners import ExclusiveListener, Listener, Shared, open_listener, probe_door
from .metrics import Metrics
from .reload import Change
from .sources import AllowedSources
from .supervision import AccountWatch, HeardByOthers, SilenceWatch

_logger = logging.getLogger(__name__)

_TIME_TO_OPEN = 2.0
"""Seconds that doors get to open before a reload counts as over; they go on trying."""


@dataclass(frozen=True, slots=True)
class _Receiver:
    """One line with all that belongs to it."""

    intake: Intake
    watch: SilenceWatch
    listener: Listener


class Receivers:
    """Inside the event loop only. ``lines`` shows the state of each, for as long as it is there.

    ``knows``: whether an account (normalised) may be unknown to Odoo on a receiver's line;
    ``not_before``: since when what comes in can have been sent (see ``Pulse``).
    """

    def __init__(
        self,
        journal: Journal,
        metrics: Metrics,
        conditions: Conditions,
        keys: KeyRing,
        sources: AllowedSources,
        accounts: AccountWatch,
        heard_by_others: HeardByOthers,
        heard_lag: float,
        knows: Callable[[str, str], bool],
        not_before: Callable[[], float | None],
    ) -> None:
        self.lines: list[Line] = []
        self._journal = journal
        self._metrics = metrics
        self._conditions = conditions
        self._keys = keys
        self._sources = sources
        self._accounts = accounts
        self._heard_by_others = heard_by_others
        self._heard_lag = heard_lag
        self._knows = knows
        self._not_before = not_before
        self._shared = Shared()
        self._receivers: dict[str, _Receiver] = {}
        self._opening: dict[str, asyncio.Task[None]] = {}

    def add(self, settings: ReceiverSettings) -> None:
        """A receiver whose door is still closed; of the same name it takes the other's place."""
        intake = self._intake(settings)
        watch = SilenceWatch(
            settings,
            intake,
            self._journal,
            self._journal.holds,
            self._heard_by_others,
            self._heard_lag,
        )
        self._accounts.add_line(intake.line, intake.journal, time.monotonic())
        self._receivers[settings.name] = _Receiver(intake, watch, self._listener(intake))

    async def open(self) -> None:
        """Open all doors. Raises OSError naming the receiver whose door cannot be opened."""
        for receiver in self._receivers.values():
            receiver.watch.start()
            await self._open(receiver)

    async def close(self) -> None:
        """Take no more bytes; replies that wait for the disk still go out."""
        await self._close_all(list(self._receivers))

    async def not_to_open(self, path: Path, change: Change) -> list[Mistake]:
        """A mistake for each new format or door that could not be opened once those that go are
        closed."""
        closing = [*change.removed, *(item.name for item in change.reopened)]
        freed = {
            door.port
            for name in closing
            if isinstance(door := self._receivers[name].intake.settings.door, NetworkAddress)
        }
        mistakes = []
        for settings in (*change.added, *change.reopened):
            try:
                get_codec(settings.format)
            except Exception as failure:  # noqa: BLE001 - another package's code
                key = f"receiver ({settings.name}).format"
                found = f"{settings.format!r}: {failure}"
                mistakes.append(Mistake(path, key, found, "a format that can be loaded"))
            error = await probe_door(settings.door)
            port = getattr(settings.door, "port", None)
            if error is None or (error.errno == errno.EADDRINUSE and port in freed):
                continue
            found = f"{settings.door}: {error.strerror or error}"
            mistakes.append(
                Mistake(path, f"receiver ({settings.name}).connect", found, "a door that opens")
            )
        return mistakes

    async def exchange(self, change: Change) -> None:
        """Close what goes, open what comes, adjust what stays. A door that does not open is tried
        until it does."""
        closing = [*change.removed, *(item.name for item in change.reopened)]
        await self._close_all(closing)
        for name in change.removed:
            del self._receivers[name]
            self._accounts.remove_line(name)
            self.lines[:] = [line for line in self.lines if line.name != name]
            self._metrics.forget_line(name)
        for settings in (*change.added, *change.reopened):
            self.add(settings)
            receiver = self._receivers[settings.name]
            self._restore_repeats([receiver.intake])
            receiver.watch.start()
            self._opening[settings.name] = asyncio.create_task(self._open_later(receiver))
        for settings in change.adjusted:
            intake = self._receivers[settings.name].intake
            intake.adjust(settings)
            intake.admits = self._sources.admits(settings.name, settings.allow)
        for receiver in self._receivers.values():
            try:
                receiver.listener.reload_tls()
            except OSError as error:
                name = receiver.intake.settings.name
                _logger.error("%s: the certificates of before stay: %s", name, error)
        # Doors open at once as a rule; a reload is over when they do.
        opening = [self._opening[item.name] for item in (*change.added, *change.reopened)]
        if opening:
            await asyncio.wait(opening, timeout=_TIME_TO_OPEN)

    def limit_connections(self, config: Config) -> None:
        """Let the process have as many open files as all doors together may have connections."""
        most = total_connections(config.limits, config.receivers)
        raise_limit(most)
        self._shared.admission.most = most

    def restore_repeats(self) -> None:
        """A retry of what was taken before a restart is still one."""
        self._restore_repeats([receiver.intake for receiver in self._receivers.values()])

    async def _open(self, receiver: _Receiver) -> None:
        settings, line = receiver.intake.settings, receiver.intake.line
        try:
            await receiver.listener.start()
        except OSError as error:
            cause = error.strerror or str(error)
            line.closed(cause)
            raise OSError(f"receiver {settings.name}: {settings.door}: {cause}") from error
        _logger.info(
            "%s: %s on %s",
            settings.name,
            settings.format,
            line.address,
            extra={"receiver": settings.name},
        )

    async def _close_all(self, names: list[str]) -> None:
        """One that fails keeps none of the others open."""
        closed = await asyncio.gather(
            *(self._close(self._receivers[name]) for name in names), return_exceptions=True
        )
        for name, outcome in zip(names, closed, strict=True):
            if isinstance(outcome, BaseException):
                _logger.error("%s: not closed as it should be", name, exc_info=outcome)

    async def _close(self, receiver: _Receiver) -> None:
        name = receiver.intake.settings.name
        opening = self._opening.pop(name, None)
        if opening is not None:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            self._conditions.clear(f"door_closed:{name}")
        receiver.watch.stop()
        await receiver.listener.stop()
        receiver.intake.capture.close()

    async def _open_later(self, receiver: _Receiver) -> None:
        """A door that has been found free and is taken after all is tried until it opens."""
        name = receiver.intake.settings.name
        backoff = Backoff(0.5, 15.0)
        while True:
            try:
                await self._open(receiver)
            except OSError as error:
                self._conditions.set(f"door_closed:{name}", str(error))
                await asyncio.sleep(backoff.pause())
            else:
                self._conditions.clear(f"door_closed:{name}")
                return

    def _line(self, settings: ReceiverSettings) -> Line:
        """The line of this name: what it has counted stays when it is opened anew."""
        line = next((line for line in self.lines if line.name == settings.name), None)
        if line is None:
            line = Line(settings.name, settings.format, str(settings.door))
            self.lines.append(line)
        line.format, line.address = settings.format, str(settings.door)
        return line

    def _intake(self, settings: ReceiverSettings) -> Intake:
        return Intake(
            settings,
            get_codec(settings.format),
            self._keys.lookup(settings),
            self._journal,
            self._metrics,
            self._line(settings),
            self._sources.admits(settings.name, settings.allow),
            self._hearing(settings.name),
            lambda account: self._knows(settings.name, account),
            self._not_before,
        )

    def _listener(self, intake: Intake) -> Listener:
        if not intake.settings.exclusive:
            return open_listener(intake, self._shared)
        name = intake.settings.name
        return ExclusiveListener(
            lambda: open_listener(intake, self._shared),
            lambda: self._journal.holds(name),
            intake.line,
        )

    def _hearing(self, receiver: str) -> Callable[[str | None, float], None]:
        def heard(account: str | None, now: float) -> None:
            found = self._receivers.get(receiver)
            if found is None:
                # What waited for its turn while a reload took the line away.
                return
            found.watch.heard(now)
            if account is not None:
                self._accounts.heard(receiver, account, now)

        return heard

    def _restore_repeats(self, intakes: list[Intake]) -> None:
        if self._journal.finds_repeats:
            return
        longest = max(intake.settings.repeat_window for intake in intakes)
        now = utc_now()
        try:
            frames = self._journal.reader.recent_frames(to_iso(now - timedelta(seconds=longest)))
        except JournalError as error:
            # A door that stays closed loses more than a retry that counts as a second trip.
            _logger.error("what was taken last is not known, a retry may count twice: %s", error)
            return
        for intake in intakes:
            own = f"{intake.settings.name} "
            lasts = (frame for frame in frames if frame.link.startswith(own))
            intake.repeats.restore(lasts, now, time.monotonic())
