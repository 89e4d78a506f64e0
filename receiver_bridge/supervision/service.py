"""Supervision at work: sweeps in the event loop, the disk in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from ..directory import Change
from ..journal import JournalError, JournalReader
from ..metrics import Metrics
from .accounts import MEMORY, AccountWatch
from .last_seen import Batch, Key, LastSeen, LastSeenError, Seen
from .watched import Watched

_logger = logging.getLogger(__name__)

SWEEP_EVERY: Final = 0.25
"""Seconds: often, so that a sweep holds up the loop that acknowledges for a millisecond or two."""

_FORGET_AFTER: Final = 400 * 86400.0
_FORGET_EVERY: Final = 86400.0
_LARGEST_BATCH: Final = 20_000
"""Accounts; when all of a large centre report at once, they are written in portions."""
_CHECKED_AT_ONCE: Final = 1000

_Result = TypeVar("_Result")


class Supervision:
    """Joins an :class:`AccountWatch`, the last-seen store and the event loop it is made in."""

    def __init__(
        self,
        watch: AccountWatch,
        store: LastSeen,
        reader: JournalReader,
        metrics: Metrics,
        write_interval: float,
    ) -> None:
        self._watch = watch
        self._store = store
        self._reader = reader
        self._metrics = metrics
        self._write_interval = write_interval
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="last-seen")
        self._timer: asyncio.TimerHandle | None = None
        self._next_write = 0.0
        self._next_forget = 0.0
        self._writing = False
        self._asking_lost = False
        self._taking_over = False
        self._failing = False

    def start(self, changes: Sequence[Change], groups: Mapping[str, str], complete: bool) -> None:
        """From what was known and heard before, before the first door opens. What cannot be read is
        said; then every account has its full time again."""
        self._watch.set_groups(groups)
        self._watch.change(changes, complete)
        try:
            self._watch.restore_seen(self._store.scope, self._store.listened())
        except LastSeenError as error:
            _logger.error("every account has its full time to be heard: %s", error)
        try:
            names = self._reader.recall_all(MEMORY)
        except JournalError as error:
            # Not taken over: the first sweep asks again, and nothing is reported until then.
            _logger.error("what was reported as lost is not known yet: %s", error)
        else:
            self._watch.restore_lost(names)
            self._watch.take_over(self._watch.unheld(), names)
        now = time.monotonic()
        self._next_write = now + self._write_interval
        self._next_forget = now
        self._timer = self._loop.call_later(SWEEP_EVERY, self._sweep)

    def changed(self, changes: Sequence[Change], groups: Mapping[str, str], complete: bool) -> None:
        """News from Odoo; inside the event loop."""
        self._watch.set_groups(groups)
        self._watch.change(changes, complete)

    def heard_by_others(self, key: Key, then: Callable[[float | None], None]) -> None:
        """Ask the shared store how long ago any bridge heard this; ``then`` is called inside the
        event loop, with None when none has."""
        if not self._store.shared:
            then(None)
            return

        def answered(found: dict[Key, Seen] | None) -> None:
            seen = found.get(key) if found else None
            then(seen.age if seen else None)

        self._ask([key], answered)

    def stop(self) -> None:
        """Sweep no more; inside the event loop. Then :meth:`close`."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._watch.sweep(time.monotonic())

    def close(self) -> None:
        """Write what is left and close the store; outside the event loop."""
        now = time.monotonic()
        self._thread.submit(self._write, self._watch.take_batch(now), now)
        self._thread.shutdown(wait=True)
        self._store.close()

    def _sweep(self) -> None:
        now = time.monotonic()
        self._timer = self._loop.call_later(SWEEP_EVERY, self._sweep)
        try:
            candidates = self._watch.sweep(now)
            for first in range(0, len(candidates), _CHECKED_AT_ONCE):
                self._check(candidates[first : first + _CHECKED_AT_ONCE])
            self._take_over()
            due = now >= self._next_write or self._watch.waiting >= _LARGEST_BATCH
            if due and not self._writing:
                self._begin_write(now)
        except Exception:
            # A defect here must not end supervision, let alone the loop that acknowledges.
            _logger.exception("supervision failed")

    def _check(self, candidates: list[Watched]) -> None:
        keys = [item.key for item in candidates]
        self._ask(keys, lambda found: self._watch.checked(candidates, found))

    def _take_over(self) -> None:
        receivers = self._watch.unheld()
        if not receivers or self._taking_over:
            return
        self._taking_over = True

        def recalled(names: dict[str, str] | None) -> None:
            self._taking_over = False
            if names is not None:
                self._watch.take_over(receivers, names)

        self._in_thread(lambda: self._reader.recall_all(MEMORY), recalled)

    def _begin_write(self, now: float) -> None:
        self._next_write = now + self._write_interval
        self._writing = True
        batch = self._watch.take_batch(now)

        def written(succeeded: bool | None) -> None:
            self._writing = False
            if not succeeded:
                self._watch.put_back(batch, now)
            elif self._store.shared:
                self._ask_for_lost()

        self._in_thread(lambda: self._write(batch, now), written)
        if now >= self._next_forget:
            self._next_forget = now + _FORGET_EVERY
            self._in_thread(lambda: self._store.forget(_FORGET_AFTER), lambda _number: None)

    def _write(self, batch: Batch, taken: float) -> bool:
        waited = time.monotonic() - taken
        if waited > 1.0:
            batch.seen = {
                key: Seen(seen.receiver, seen.age + waited) for key, seen in batch.seen.items()
            }
        try:
            self._store.write(batch)
        except LastSeenError as error:
            self._metrics.last_seen_failures.inc()
            if not self._failing:
                _logger.error("last-seen times are kept in memory and written later: %s", error)
            self._failing = True
            return False
        if self._failing:
            _logger.warning("last-seen times are written again")
        self._failing = False
        return True

    def _ask_for_lost(self) -> None:
        """Those reported as lost may be heard by another bridge."""
        lost = self._watch.lost()
        if not lost or self._asking_lost:
            return
        self._asking_lost = True

        def answered(found: dict[Key, Seen] | None) -> None:
            self._asking_lost = False
            if found is not None:
                self._watch.lost_checked(lost, found)

        self._ask([item.key for item in lost], answered)

    def _ask(self, keys: Sequence[Key], then: Callable[[dict[Key, Seen] | None], None]) -> None:
        self._in_thread(lambda: self._store.read(keys), then)

    def _in_thread(
        self, work: Callable[[], _Result], then: Callable[[_Result | None], None]
    ) -> None:
        """Do what may wait for a disk or a network; ``then`` follows inside the event loop, with
        None when it failed."""

        def run() -> None:
            result: _Result | None = None
            try:
                result = work()
            except (LastSeenError, JournalError) as error:
                _logger.error("supervision: %s", error)
            except Exception:
                _logger.exception("supervision failed")
            try:
                self._loop.call_soon_threadsafe(then, result)
            except RuntimeError:
                _logger.debug("supervision: the event loop has ended")

        try:
            self._thread.submit(run)
        except RuntimeError:
            _logger.debug("supervision: closed")
