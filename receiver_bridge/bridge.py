"""The running bridge: every part made, joined, started and stopped in the right order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from . import __version__
from .backoff import Backoff
from .clock import to_iso, utc_now
from .codecs import get_codec
from .conditions import Conditions
from .config import (
    Config,
    ConfigError,
    Mistake,
    NetworkAddress,
    ReceiverSettings,
    raise_limit,
    total_connections,
)
from .health import HealthServer
from .intake import Intake
from .journal import Commit, JournalError, SqliteJournal
from .keys import KeyRing
from .lines import Line
from .listeners import Listener, Shared, open_listener, probe_door
from .metrics import Metrics
from .reload import Change, compare, fixed_while_running
from .sources import AllowedSources
from .supervision import SilenceWatch
from .uplink import Heartbeat, OdooConfiguration, Periodic, ReplaceableTransport, Sender

_logger = logging.getLogger(__name__)

_LAST_CALLS = 5.0
"""Seconds that calls to Odoo get to end at a stop; what is unconfirmed is sent again."""


@dataclass(frozen=True, slots=True)
class _Receiver:
    """One line with all that belongs to it."""

    intake: Intake
    watch: SilenceWatch
    listener: Listener


class Bridge:
    """Make it inside the event loop that it lives in. The constructor raises JournalError when the
    journal cannot be opened and OSError when the metrics address is taken."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loop = asyncio.get_running_loop()
        self._started_at = utc_now()
        self._keys = KeyRing()
        self._sources = AllowedSources()
        self._shared = Shared()
        self.metrics = Metrics()
        self.conditions = Conditions()
        self.metrics.show_conditions(self.conditions)
        self._transports: list[ReplaceableTransport] = []
        self._journal = SqliteJournal(
            config.journal.path, config.journal.retention_days, self._call_done, self._committed
        )
        self._lines: list[Line] = []
        self._receivers = {settings.name: self._receiver(settings) for settings in config.receivers}
        self._limit_connections()
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._senders = {name: self._sender(name) for name in self._names_to_send()}
        self._configuration = OdooConfiguration(
            config.journal.path.with_name(config.journal.path.name + ".configuration"),
            self._keys,
            self._sources,
            self._transport(),
            self.metrics,
        )
        self._heartbeat = Heartbeat(
            config.name,
            self._lines,
            self._journal,
            self._transport(),
            self.metrics,
        )
        self._health = self._health_server(config)

    async def start(self) -> None:
        """Open all doors. Raises OSError naming the receiver whose door cannot be opened."""
        self._configuration.load_cache()
        self._restore_repeats(self._intakes)
        if self._health is not None:
            self._health.start()
            _logger.info("metrics on http://%s/metrics", self._health.address)
        for sender in self._senders.values():
            sender.start()
        self._configuration.start()
        for receiver in self._receivers.values():
            receiver.watch.start()
            await self._open(receiver)
        self._heartbeat.start()
        _logger.info("bridge %s %s is ready", self._config.name, __version__)

    async def stop(self) -> None:
        """Take no more bytes, let every outstanding reply go out, close the journal."""
        await asyncio.gather(*(self._close(receiver) for receiver in self._receivers.values()))
        await self._loop.run_in_executor(None, self._stop_threads)
        _logger.info("bridge %s has stopped", self._config.name)

    async def reload(self, config: Config, path: Path) -> Change:
        """Go on with another configuration, which was read from ``path``. Receivers that are as
        before keep their connections; what was taken in by those that go is still delivered.

        Raises ConfigError, with everything as before, when it asks for what only a restart can
        change or for a door that cannot be opened.
        """
        change = compare(self._config, config)
        mistakes = fixed_while_running(path, self._config, config)
        mistakes += await self._not_to_open(path, change)
        health = self._health
        if not mistakes and config.metrics != self._config.metrics:
            try:
                health = self._health_server(config)
            except OSError as error:
                mistakes.append(Mistake(path, "metrics.listen", str(error), "a free address"))
        if mistakes:
            raise ConfigError(mistakes)
        if config.odoo != self._config.odoo:
            for transport in self._transports:
                transport.replace(config.odoo)
        await self._exchange_health(health)
        self._config = config
        await self._exchange_receivers(change)
        self._limit_connections()
        _logger.info("configuration %s taken over: %s", path, change)
        return change

    def beat(self) -> None:
        """Comes back when the journal has made progress, failed included (call it in a thread)."""
        # What fails is told wherever signals are taken; here only a hang counts.
        with contextlib.suppress(JournalError):
            self._journal.remember("watchdog", to_iso(utc_now()))

    def summary(self) -> str:
        """One line for whoever looks at the service."""
        online = sum(line.state == "online" for line in self._lines)
        troubles = [condition.code for condition in self.conditions.current()]
        said = f"{online} of {len(self._lines)} receivers online"
        return said + (f"; {', '.join(troubles)}" if troubles else "")

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Whether signals can be taken, and the state of journal, uplink and lines."""
        failing = [sender.failing for sender in list(self._senders.values()) if sender.failing]
        if self._heartbeat.failing:
            failing.append(self._heartbeat.failing)
        status = self._heartbeat.status()
        addresses = {line.name: line.address for line in list(self._lines)}
        for receiver in status["receivers"]:
            receiver["address"] = addresses.get(receiver["name"])
        shown = {
            "uplink": "failing" if failing else "ok",
            "uplink_cause": failing[:1],
            **status,
            "conditions": [condition.as_dict() for condition in self.conditions.current()],
            "process": {
                "pid": os.getpid(),
                "started_at": to_iso(self._started_at),
                "python": platform.python_version(),
            },
        }
        return status["journal"] == "ok", shown

    @property
    def _intakes(self) -> list[Intake]:
        return [receiver.intake for receiver in self._receivers.values()]

    def _receiver(self, settings: ReceiverSettings) -> _Receiver:
        intake = self._intake(settings)
        watch = SilenceWatch(settings, intake, self._journal)
        return _Receiver(intake, watch, open_listener(intake, self._shared))

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

    async def _close(self, receiver: _Receiver) -> None:
        name = receiver.intake.settings.name
        opening = self._opening.pop(name, None)
        if opening is not None:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            self.conditions.clear(f"door_closed:{name}")
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
                self.conditions.set(f"door_closed:{name}", str(error))
                await asyncio.sleep(backoff.pause())
            else:
                self.conditions.clear(f"door_closed:{name}")
                return

    async def _not_to_open(self, path: Path, change: Change) -> list[Mistake]:
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

    async def _exchange_receivers(self, change: Change) -> None:
        closing = [*change.removed, *(item.name for item in change.reopened)]
        closed = await asyncio.gather(
            *(self._close(self._receivers[name]) for name in closing), return_exceptions=True
        )
        for name, outcome in zip(closing, closed, strict=True):
            if isinstance(outcome, BaseException):
                _logger.error("%s: not closed as it should be", name, exc_info=outcome)
        for name in change.removed:
            del self._receivers[name]
            self._lines[:] = [line for line in self._lines if line.name != name]
            self.metrics.forget_line(name)
        for settings in (*change.added, *change.reopened):
            self._care_for(settings.name)
            receiver = self._receivers[settings.name] = self._receiver(settings)
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
            await asyncio.wait(opening, timeout=2.0)

    async def _exchange_health(self, health: HealthServer | None) -> None:
        old, self._health = self._health, health
        if old is health:
            return
        if health is not None:
            health.start()
            _logger.info("metrics on http://%s/metrics", health.address)
        if old is not None:
            await self._loop.run_in_executor(None, old.stop)

    def _health_server(self, config: Config) -> HealthServer | None:
        if config.metrics is None:
            return None
        return HealthServer(config.metrics.listen, self.metrics.registry, self.health)

    def _limit_connections(self) -> None:
        most = total_connections(self._config.limits, self._config.receivers)
        raise_limit(most)
        self._shared.admission.most = most

    def _transport(self) -> ReplaceableTransport:
        transport = ReplaceableTransport(self._config.odoo)
        self._transports.append(transport)
        return transport

    def _line(self, settings: ReceiverSettings) -> Line:
        """The line of this name: what it has counted stays when it is opened anew."""
        line = next((line for line in self._lines if line.name == settings.name), None)
        if line is None:
            line = Line(settings.name, settings.format, str(settings.door))
            self._lines.append(line)
        line.format, line.address = settings.format, str(settings.door)
        return line

    def _intake(self, settings: ReceiverSettings) -> Intake:
        return Intake(
            settings,
            get_codec(settings.format),
            self._keys.lookup(settings.name, settings.keys),
            self._journal,
            self.metrics,
            self._line(settings),
            self._sources.admits(settings.name, settings.allow),
            lambda: self._receivers[settings.name].watch.heard(),
        )

    def _sender(self, receiver: str) -> Sender:
        def delivered(number: int) -> None:
            for line in list(self._lines):
                if line.name == receiver:
                    line.forwarded += number

        return Sender(
            self._config.name,
            receiver,
            self._journal,
            self._transport(),
            self.metrics,
            delivered,
        )

    def _care_for(self, receiver: str) -> None:
        """See to it that what comes of this receiver is sent."""
        if receiver not in self._senders:
            self._senders[receiver] = sender = self._sender(receiver)
            sender.start()

    def _names_to_send(self) -> list[str]:
        """The receivers there are, and those of an earlier configuration with signals left."""
        names = [settings.name for settings in self._config.receivers]
        left = [name for name in self._journal.reader.pending_counts() if name not in names]
        for name in left:
            _logger.warning("%s is no longer configured; its signals are still delivered", name)
        return names + left

    def _restore_repeats(self, intakes: list[Intake]) -> None:
        """A retry of what was taken before is still one."""
        longest = max(intake.settings.repeat_window for intake in intakes)
        frames = self._journal.reader.recent_frames(to_iso(utc_now() - timedelta(seconds=longest)))
        for intake in intakes:
            own = f"{intake.settings.name} "
            intake.repeats.restore(frame for frame in frames if frame.link.startswith(own))

    def _call_done(self, callback: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            # The loop has ended: there is nobody left to answer, but the signals are on disk.
            _logger.debug("signals were written after the last reply")

    def _committed(self, commit: Commit) -> None:
        self.metrics.commit_seconds.observe(commit.seconds)
        for receiver in commit.rows:
            self._senders[receiver].notify()

    def _stop_threads(self) -> None:
        threads: list[Sender | Periodic] = [
            *self._senders.values(),
            self._configuration,
            self._heartbeat,
        ]
        for thread in threads:
            thread.stop()
        deadline = time.monotonic() + _LAST_CALLS
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        if self._health is not None:
            self._health.stop()
        self._journal.close()
