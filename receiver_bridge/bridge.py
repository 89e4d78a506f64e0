"""The running bridge: every part made, joined, started and stopped in the right order."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from . import __version__
from .clock import to_iso, utc_now
from .codecs import get_codec
from .conditions import Conditions
from .config import Config, ReceiverSettings
from .directory import AccountBook, Change, ConfigurationStore
from .health import HealthServer
from .intake import Intake
from .journal import Commit, open_journal
from .keys import KeyRing
from .lines import Line
from .listeners import ExclusiveListener, Listener, open_listener
from .metrics import Metrics
from .pulse import Pulse
from .sources import AllowedSources
from .supervision import (
    LAG,
    AccountWatch,
    SilenceWatch,
    Supervision,
    open_last_seen,
)
from .ticks import TickTaker
from .uplink import Heartbeat, OdooConfiguration, Periodic, Sender, open_transport

_logger = logging.getLogger(__name__)

_LAST_CALLS = 5.0
"""Seconds that calls to Odoo get to end at a stop; what is unconfirmed is sent again."""


class Bridge:
    """Make it inside the event loop that it lives in. The constructor raises JournalError when the
    journal cannot be opened and OSError when the metrics address is taken."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loop = asyncio.get_running_loop()
        self._keys = KeyRing()
        self._sources = AllowedSources()
        self._book = AccountBook()
        self.conditions = Conditions()
        self.metrics = Metrics()
        self._pulse = Pulse()
        self._journal = open_journal(
            config.journal, config.name, self._call_done, self._committed, self.conditions
        )
        self._intakes = [self._intake(settings) for settings in config.receivers]
        self._accounts, self._supervision = self._supervise()
        self._watches = {
            intake.settings.name: SilenceWatch(
                intake.settings,
                intake,
                self._journal,
                self._speaks_for,
                self._supervision.heard_by_others,
                LAG if self._journal.shared else 0.0,
            )
            for intake in self._intakes
        }
        self._listeners: list[Listener] = [self._listener(intake) for intake in self._intakes]
        self._senders = {name: self._sender(name) for name in self._names_to_send()}
        self._configuration_store = ConfigurationStore(config.configuration_path, config.odoo.key)
        self._configuration = OdooConfiguration(
            self._configuration_store,
            self._book,
            self._keys,
            self._sources,
            open_transport(config.odoo),
            self.metrics,
            self.conditions,
            config.odoo.stale_after,
            self._accounts_changed,
        )
        self._heartbeat = Heartbeat(
            config.name,
            [intake.line for intake in self._intakes],
            self._journal,
            open_transport(config.odoo),
            self.metrics,
            conditions=self.conditions,
        )
        self._ticks = TickTaker(self._journal, self._care_for, self._reported)
        self._health: HealthServer | None = None
        if config.metrics is not None:
            self._health = HealthServer(config.metrics.listen, self.metrics.registry, self.health)

    async def start(self) -> None:
        """Open all doors. Raises OSError naming the receiver whose door cannot be opened."""
        self._pulse.start()
        self._configuration.load_cache()
        self._supervision.start(
            list(self._book.intervals()), self._groups(), self._configuration.complete
        )
        self._restore_repeats()
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
        for intake, listener in zip(self._intakes, self._listeners, strict=True):
            self._watches[intake.settings.name].start()
            try:
                await listener.start()
            except OSError as error:
                raise OSError(
                    f"receiver {intake.settings.name}: {intake.settings.door}: {error}"
                ) from error
            _logger.info(
                "%s: %s on %s", intake.settings.name, intake.settings.format, intake.line.address
            )
        self._heartbeat.start()
        self._ticks.start()
        _logger.info("bridge %s %s is ready", self._config.name, __version__)

    async def stop(self) -> None:
        """Take no more bytes, let every outstanding reply go out, close the journal."""
        for watch in self._watches.values():
            watch.stop()
        self._pulse.stop()
        self._supervision.stop()
        await asyncio.gather(*(listener.stop() for listener in self._listeners))
        await self._loop.run_in_executor(None, self._stop_threads)
        _logger.info("bridge %s has stopped", self._config.name)

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Whether signals can be taken, and the state of journal, uplink and lines."""
        failing = [sender.failing for sender in self._senders.values() if sender.failing]
        if self._heartbeat.failing:
            failing.append(self._heartbeat.failing)
        status = self._heartbeat.status()
        addresses = {intake.line.name: intake.line.address for intake in self._intakes}
        for receiver in status["receivers"]:
            receiver["address"] = addresses[receiver["name"]]
        since = self._heartbeat.failing_since
        shown = {
            "uplink": "failing" if failing else "ok",
            "uplink_cause": failing[:1],
            "uplink_failing_since": to_iso(since) if since else None,
            **status,
        }
        return status["journal"] == "ok", shown

    def _intake(self, settings: ReceiverSettings) -> Intake:
        line = Line(settings.name, settings.format, str(settings.door))
        return Intake(
            settings,
            get_codec(settings.format),
            self._keys.lookup(settings),
            self._journal,
            self.metrics,
            line,
            self._sources.admits(settings.name, settings.allow),
            self._hearing(settings.name),
            lambda account: self._knows(settings.name, account),
            self._pulse.before,
        )

    def _listener(self, intake: Intake) -> Listener:
        if not intake.settings.exclusive:
            return open_listener(intake)
        name = intake.settings.name
        return ExclusiveListener(
            lambda: open_listener(intake), lambda: self._journal.holds(name), intake.line
        )

    def _hearing(self, receiver: str) -> Callable[[str | None], None]:
        def heard(account: str | None) -> None:
            self._watches[receiver].heard()
            if account is not None:
                self._accounts.heard(receiver, account, time.monotonic())

        return heard

    def _knows(self, receiver: str, account: str) -> bool:
        """Nobody is unknown while not all accounts are known."""
        return not self._configuration.complete or self._book.knows(receiver, account)

    def _speaks_for(self, receiver: str) -> bool:
        return self._journal.holds(receiver)

    def _supervise(self) -> tuple[AccountWatch, Supervision]:
        store = open_last_seen(self._config)
        watch = AccountWatch(
            [(intake.line, intake.journal) for intake in self._intakes],
            self._config.supervision,
            self.metrics,
            self.conditions,
            time.monotonic(),
            self._book.knows,
            self._speaks_for,
            store.shared,
            LAG if store.shared else 0.0,
        )
        return watch, Supervision(watch, store, self._journal.reader, self.metrics)

    def _groups(self) -> dict[str, str]:
        return {name: receiver.group for name, receiver in self._book.receivers.items()}

    def _accounts_changed(self, changes: Sequence[Change], complete: bool) -> None:
        """News from Odoo, in the thread that asks for them."""
        groups = self._groups()
        self._call_done(lambda: self._supervision.changed(changes, groups, complete))

    def _sender(self, receiver: str) -> Sender:
        line = next((item.line for item in self._intakes if item.line.name == receiver), None)

        def delivered(number: int) -> None:
            if line is not None:
                line.forwarded += number

        return Sender(
            self._config.name,
            receiver,
            self._journal,
            open_transport(self._config.odoo),
            self.metrics,
            delivered,
        )

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

    def _care_for(self, receiver: str) -> None:
        """A tick may be of a receiver that is no longer configured; in a shared journal whoever
        has it configured cares for it."""
        if receiver not in self._senders and not self._journal.shared:
            self._senders[receiver] = sender = self._sender(receiver)
            sender.start()

    def _reported(self, receiver: str, signals: int) -> None:
        self.metrics.journaled.labels(receiver).inc(signals)
        for intake in self._intakes:
            if intake.line.name == receiver:
                intake.line.last_seq += signals

    def _restore_repeats(self) -> None:
        if self._journal.finds_repeats:
            return
        longest = max(intake.settings.repeat_window for intake in self._intakes)
        now = utc_now()
        frames = self._journal.reader.recent_frames(to_iso(now - timedelta(seconds=longest)))
        for intake in self._intakes:
            own = f"{intake.settings.name} "
            lasts = (frame for frame in frames if frame.link.startswith(own))
            intake.repeats.restore(lasts, now, time.monotonic())

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
