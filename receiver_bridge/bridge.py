"""The running bridge: every part made, joined, started and stopped in the right order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import __version__
from .clock import to_iso, utc_now
from .conditions import Conditions
from .config import (
    Config,
    ConfigError,
    Mistake,
)
from .directory import AccountBook, ConfigurationStore
from .directory import Change as AccountChange
from .health import HealthServer
from .journal import Commit, JournalError, open_journal
from .keys import KeyRing
from .metrics import Metrics
from .pulse import Pulse
from .receivers import Receivers
from .reload import Change, compare, fixed_while_running
from .sources import AllowedSources
from .supervision import AccountWatch, Supervision, open_last_seen
from .ticks import TickTaker
from .uplink import Heartbeat, OdooConfiguration, Periodic, ReplaceableTransport, Sender

_logger = logging.getLogger(__name__)

_LAST_CALLS = 5.0
"""Seconds that calls to Odoo get to end at a stop; what is unconfirmed is sent again."""


class Bridge:
    """Make it inside the event loop that it lives in. The constructor raises JournalError when the
    journal cannot be opened and OSError when the metrics address is taken."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loop = asyncio.get_running_loop()
        self._started_at = utc_now()
        self._keys = KeyRing()
        self._sources = AllowedSources()
        self._book = AccountBook()
        self._pulse = Pulse()
        self.metrics = Metrics()
        self.conditions = Conditions()
        self.metrics.show_conditions(self.conditions)
        self._transports: list[ReplaceableTransport] = []
        self._journal = open_journal(
            config.journal,
            config.name,
            self._call_done,
            self._committed,
            self.conditions,
            self._loop.call_soon,
        )
        self._accounts, self._supervision = self._supervise(config)
        self._receivers = Receivers(
            self._journal,
            self.metrics,
            self.conditions,
            self._keys,
            self._sources,
            self._accounts,
            self._supervision.heard_by_others,
            config.supervision.lag if config.journal.shared else 0.0,
            self._knows,
            self._pulse.before,
        )
        for settings in config.receivers:
            self._receivers.add(settings)
        self._receivers.limit_connections(config)
        self._senders = {name: self._sender(name) for name in self._names_to_send()}
        self._configuration_store = ConfigurationStore(config.configuration_path, config.odoo.key)
        self._configuration = OdooConfiguration(
            self._configuration_store,
            self._book,
            self._keys,
            self._sources,
            self._transport(),
            self.metrics,
            self.conditions,
            config.odoo.stale_after,
            self._accounts_changed,
            config.odoo.refresh,
        )
        self._heartbeat = Heartbeat(
            config.name,
            self._receivers.lines,
            self._journal,
            self._transport(),
            self.metrics,
            conditions=self.conditions,
        )
        self._ticks = TickTaker(self._journal, self._care_for_ticks, self._reported)
        self._health = self._health_server(config)

    async def start(self) -> None:
        """Open all doors. Raises OSError naming the receiver whose door cannot be opened."""
        self._pulse.start()
        self._configuration.load_cache()
        self._supervision.start(
            list(self._book.intervals()), self._groups(), self._configuration.complete
        )
        self._receivers.restore_repeats()
        # What is known of a hundred thousand accounts stays: to look through it for garbage again
        # and again would hold up the replies for tens of milliseconds each time.
        gc.collect()
        gc.freeze()
        if self._health is not None:
            self._health.start()
            _logger.info("metrics on http://%s/metrics", self._health.address)
        self._compete()
        for sender in self._senders.values():
            sender.start()
        self._configuration.start()
        await self._receivers.open()
        self._heartbeat.start()
        self._ticks.start()
        _logger.info("bridge %s %s is ready", self._config.name, __version__)

    async def stop(self) -> None:
        """Take no more bytes, let every outstanding reply go out, close the journal."""
        self._pulse.stop()
        self._supervision.stop()
        await self._receivers.close()
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
        mistakes += await self._receivers.not_to_open(path, change)
        health = self._health
        if not mistakes and config.metrics != self._config.metrics:
            try:
                health = self._health_server(config)
            except OSError as error:
                mistakes.append(Mistake(path, "metrics.listen", str(error), "a free address"))
        if mistakes:
            raise ConfigError(mistakes)
        if config.odoo.key != self._config.odoo.key:
            self._configuration.use_secret(config.odoo.key)
        if config.odoo != self._config.odoo:
            for transport in self._transports:
                transport.replace(config.odoo)
        await self._exchange_health(health)
        self._config = config
        self._accounts.adjust(config.supervision)
        for settings in (*change.added, *change.reopened):
            self._care_for(settings.name)
        await self._receivers.exchange(change)
        self._receivers.limit_connections(config)
        # What is left of receivers that go is still sent.
        self._compete()
        self._supervision.changed((), self._groups(), self._configuration.complete)
        _logger.info("configuration %s taken over: %s", path, change)
        return change

    def beat(self) -> None:
        """Comes back when the journal has made progress, failed included (call it in a thread)."""
        # What fails is told wherever signals are taken; here only a hang counts.
        with contextlib.suppress(JournalError):
            self._journal.remember("watchdog", to_iso(utc_now()))

    def summary(self) -> str:
        """One line for whoever looks at the service."""
        online = sum(line.state == "online" for line in self._receivers.lines)
        troubles = [condition.code for condition in self.conditions.current()]
        said = f"{online} of {len(self._receivers.lines)} receivers online"
        return said + (f"; {', '.join(troubles)}" if troubles else "")

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Whether signals can be taken, and the state of journal, uplink and lines."""
        failing = [sender.failing for sender in list(self._senders.values()) if sender.failing]
        if self._heartbeat.failing:
            failing.append(self._heartbeat.failing)
        status = self._heartbeat.status()
        addresses = {line.name: line.address for line in list(self._receivers.lines)}
        for receiver in status["receivers"]:
            receiver["address"] = addresses.get(receiver["name"])
        since = self._heartbeat.failing_since
        shown = {
            "uplink": "failing" if failing else "ok",
            "uplink_cause": failing[:1],
            "uplink_failing_since": to_iso(since) if since else None,
            **status,
            "conditions": [condition.as_dict() for condition in self.conditions.current()],
            "process": {
                "pid": os.getpid(),
                "started_at": to_iso(self._started_at),
                "python": platform.python_version(),
            },
        }
        return status["journal"] == "ok", shown

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

    def _transport(self) -> ReplaceableTransport:
        transport = ReplaceableTransport(self._config.odoo)
        self._transports.append(transport)
        return transport

    def _knows(self, receiver: str, account: str) -> bool:
        """Nobody is unknown while not all accounts are known."""
        return not self._configuration.complete or self._book.knows(receiver, account)

    def _supervise(self, config: Config) -> tuple[AccountWatch, Supervision]:
        store = open_last_seen(config)
        lag = config.supervision.lag if store.shared else 0.0
        watch = AccountWatch(
            (),
            config.supervision,
            self.metrics,
            self.conditions,
            time.monotonic(),
            self._book.knows,
            self._journal.holds,
            store.shared,
            lag,
        )
        return watch, Supervision(
            watch,
            store,
            self._journal.reader,
            self.metrics,
            config.supervision.write_interval,
        )

    def _groups(self) -> dict[str, str]:
        return {name: receiver.group for name, receiver in self._book.receivers.items()}

    def _accounts_changed(self, changes: Sequence[AccountChange], complete: bool) -> None:
        """News from Odoo, in the thread that asks for them."""
        groups = self._groups()
        self._call_done(lambda: self._supervision.changed(changes, groups, complete))

    def _sender(self, receiver: str) -> Sender:
        def delivered(number: int) -> None:
            for line in list(self._receivers.lines):
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
            _logger.warning("%s is not configured; its signals are still delivered", name)
        return names + left

    def _compete(self) -> None:
        names = {settings.name for settings in self._config.receivers}
        self._journal.compete(
            names,
            self._senders.keys() - names,
            lambda receiver: self._senders[receiver].stuck,
            lambda: self._heartbeat.heard,
        )

    def _care_for_ticks(self, receiver: str) -> None:
        """A tick may be of a receiver that is no longer configured; in a shared journal whoever
        has it configured cares for it."""
        if not self._journal.shared:
            self._care_for(receiver)

    def _reported(self, receiver: str, uid: str) -> None:
        self.metrics.journaled.labels(receiver).count += 1
        for line in list(self._receivers.lines):
            if line.name == receiver:
                line.newest = uid

    def _call_done(self, callback: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            # The loop has ended: there is nobody left to answer, but the signals are on disk.
            _logger.debug("signals were written after the last reply")

    def _committed(self, commit: Commit) -> None:
        if commit.seconds:
            # Else it is another bridge's, which measures its own.
            self.metrics.commit_seconds.observe(commit.seconds)
        for receiver in commit.rows:
            sender = self._senders.get(receiver)
            if sender is not None:
                sender.notify()

    def _stop_threads(self) -> None:
        threads: list[Sender | Periodic] = [
            *self._senders.values(),
            self._configuration,
            self._heartbeat,
            self._ticks,
        ]
        for thread in threads:
            thread.stop()
        deadline = time.monotonic() + _LAST_CALLS
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        if self._health is not None:
            self._health.stop()
        self._configuration_store.close()
        self._supervision.close()
        self._journal.close()
