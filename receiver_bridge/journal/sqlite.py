"""The SQLite journal: write-ahead log, fsync at every commit, one writer thread.

Group commit without waiting: the writer commits at once what is queued, and what gathers while the
disk works is the next transaction.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from datetime import timedelta
from functools import cache
from itertools import chain
from pathlib import Path

from ..clock import JumpWatch, to_iso, utc_now
from ..conditions import Conditions
from ..signal import Signal
from .base import Append, Commit, JournalError, Pending
from .gathering import CallSoon, GatheringQueue, QueueClosed, at_once
from .sqlite_file import (
    DamagedError,
    check,
    identity,
    is_damage,
    lock,
    look_before_opening,
    named,
    open_file,
    wal_of,
)
from .sqlite_quarantine import describe_quarantined, finish_interrupted, quarantine
from .sqlite_reader import SqliteReader
from .sqlite_salvage import count_by_stream, stream_of
from .sqlite_schema import checksum
from .sqlite_upkeep import EVERY, Upkeep
from .telling import tell

_logger = logging.getLogger(__name__)

_Write = Callable[[sqlite3.Connection], int]
_LARGEST_TRANSACTION = 2000
_LARGEST_QUEUE = 100_000
_ROWS_AT_ONCE = (128, 32, 8, 2, 1)
_CHECK_SECONDS = 5.0
"""A check of the file at the start may take so long; a larger file is checked beside the work."""
_CHECK_EVERY = 3600.0
"""Seconds between two checks beside the work: rows that nobody reads are damaged unnoticed."""
_PROBE_EVERY = 2.0
_BETWEEN_QUARANTINES = 10.0
MIN_FREE = 256_000_000
"""Bytes that are to stay free on the journal's disk, where nothing else is said."""


class _Task:
    """Any write that is not an append; ``future`` gets the number of rows once it is on disk."""

    def __init__(self, write: _Write) -> None:
        self.write = write
        self.future: Future[int] = Future()
        self.rows = 0


class SqliteJournal:
    """One process at a time may write a journal; a lock file beside it sees to that.

    ``call_done`` runs the ``done`` callbacks of one commit, all in one call (an event loop's
    ``call_soon_threadsafe``); ``on_commit`` is told of every commit in the writer's thread;
    ``call_soon`` is for the thread that makes the journal (see ``GatheringQueue``).
    ``min_free``: bytes to stay free on the disk, at the cost of delivered rows. What is wrong is
    kept in ``conditions``: ``journal_failing``, ``quarantined``, ``disk_low``, ``journal_log``.

    A damaged file, found at the start or at work, is put aside and replaced by one with everything
    that can be read of it (``sqlite_quarantine``).
    """

    finds_repeats = False
    shared = False

    def __init__(
        self,
        path: Path,
        retention_days: float = 7.0,
        call_done: Callable[[Callable[[], None]], object] = lambda callback: callback(),
        on_commit: Callable[[Commit], None] = lambda commit: None,
        conditions: Conditions | None = None,
        min_free: int = MIN_FREE,
        call_soon: CallSoon = at_once,
    ) -> None:
        """Opens or creates the journal; raises JournalError naming the file."""
        self.epoch = secrets.token_hex(16)
        self.conditions = conditions or Conditions()
        self._path = path
        self._call_done = call_done
        self._on_commit = on_commit
        self._queue: GatheringQueue[Append | _Task] = GatheringQueue(call_soon)
        self._sequence: dict[str, int] = {}
        # What this process has put into the file and not taken out: what damage took of it is told
        # exactly, also before the first and behind the last that is left.
        self._held: Counter[str] = Counter()
        self._clock = JumpWatch()
        self._healthy = True
        self._closed = False
        self._damage: str | None = None
        self._log: tuple[int, int] | None = None
        self._quarantine_from = 0.0
        self._upkeep = Upkeep(
            path, timedelta(days=retention_days), min_free, self.conditions, self._forget
        )
        self._next_upkeep = time.monotonic() + EVERY
        self._lock_file = lock(path)
        try:
            self._connection, checked = self._open()
            self._upkeep.opened(self._connection)
            self.reader = SqliteReader(path, self._report_damage)
            self._file = identity(path)
        except BaseException:
            self._lock_file.close()
            raise
        self._next_check = time.monotonic() + (_CHECK_EVERY if checked else 0.0)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()
        try:
            self._show_quarantined()
        except JournalError:
            self.close()
            raise

    @property
    def healthy(self) -> bool:
        return self._healthy

    def append(self, append: Append) -> None:
        if self._closed or len(self._queue) >= _LARGEST_QUEUE:
            condition = "closed" if self._closed else "too slow for what arrives"
            append.error = JournalError(f"journal {self._path}: {condition}")
            self._finish([append])
            return
        try:
            self._queue.gather(append)
        except QueueClosed:
            append.error = JournalError(f"journal {self._path}: closed")
            self._finish([append])

    def compete(
        self,
        receivers: Iterable[str],
        left_over: Iterable[str] = (),
        stuck: Callable[[str], bool] = lambda receiver: False,
        able: Callable[[], bool] = lambda: True,
    ) -> None:
        """There is nobody to compete with: a lock file sees to that."""

    def lease(self, receiver: str) -> int | None:
        """Nobody else sends from this journal."""
        return 0

    def settle(
        self, delivered: Sequence[Pending], dead: Mapping[str, str], token: int | None = None
    ) -> None:
        now = to_iso(utc_now())

        def write(connection: sqlite3.Connection) -> int:
            connection.executemany(
                "UPDATE signal SET state = 'delivered', settled_at = ? WHERE uid = ?",
                [(now, pending.uid) for pending in delivered],
            )
            connection.executemany(
                "UPDATE signal SET state = 'dead', settled_at = ?, reason = ? WHERE uid = ?",
                [(now, reason, uid) for uid, reason in dead.items()],
            )
            return len(delivered) + len(dead)

        self._perform(write)

    def remember(self, name: str, value: str) -> None:
        def write(connection: sqlite3.Connection) -> int:
            connection.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (name, value))
            return 1

        self._perform(write)

    def holds(self, receiver: str) -> bool:
        return True  # the lock file sees to it that there is no other bridge

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._queue.close()
        self._thread.join()
        self.reader.close()
        self._connection.close()
        self._lock_file.close()

    def _perform(self, write: _Write) -> int:
        task = _Task(write)
        try:
            self._queue.put(task)
        except QueueClosed:
            raise JournalError(f"journal {self._path}: closed") from None
        return task.future.result()

    def _open(self) -> tuple[sqlite3.Connection, bool]:
        """The connection to a sound file, and whether all of it could be looked at in time."""
        finish_interrupted(self._path)
        try:
            look_before_opening(self._path)
            connection = open_file(self._path)
            try:
                checked = check(connection, self._path, _CHECK_SECONDS)
                # What a killed process has left behind its last commit is not to be taken for more
                # than that at the next start.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except JournalError:
                connection.close()
                raise
            except sqlite3.Error as error:
                connection.close()
                raise named(error, f"journal {self._path}") from error
        except DamagedError as damage:
            quarantine(self._path, str(damage))
            return open_file(self._path), True
        return connection, checked

    def _check_aside(self) -> None:
        """In a thread of its own, because it takes as long as the disk takes to read the file."""
        try:
            with closing(sqlite3.connect(self._path)) as connection:
                check(connection, self._path, None)
        except DamagedError as damage:
            self._report_damage(str(damage))
        except (JournalError, sqlite3.Error) as error:
            _logger.error("journal %s: cannot be checked: %s", self._path, error)

    def _report_damage(self, damage: str) -> bool:
        """From any thread: whoever reads has found it. Returns once the writer has dealt with it,
        with whether the file is sound now."""
        self._damage = damage
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            return False
        task = _Task(lambda connection: 0)
        self._queue.put(task)
        with suppress(JournalError):
            task.future.result()
        return self._damage is None

    def _show_quarantined(self) -> None:
        """The condition lasts until a person has taken the files away."""
        described = describe_quarantined(self._path, self.reader.recall)
        if described:
            self.conditions.set("quarantined", "; ".join(described))
        else:
            self.conditions.clear("quarantined")

    def _run(self) -> None:
        more = True
        while more:
            pause = max(0.0, self._next_upkeep - time.monotonic())
            # A journal that fails is tried again without anybody asking.
            pause = pause if self._healthy else min(pause, _PROBE_EVERY)
            batch, more = self._queue.take(pause, _LARGEST_TRANSACTION)
            if batch or not self._healthy or self._damage is not None:
                self._commit(batch)
            if time.monotonic() >= self._next_upkeep:
                self._next_upkeep = time.monotonic() + self._keep_up()

    def _commit(self, batch: list[Append | _Task]) -> None:
        started = time.monotonic()
        appends = [item for item in batch if isinstance(item, Append)]
        tasks = [item for item in batch if isinstance(item, _Task)]
        error = self._write(appends, tasks)
        if error is not None:
            _logger.critical("%s; nothing is acknowledged until it can be written again", error)
            self.conditions.set("journal_failing", str(error))
            self._healthy = False
        elif not self._healthy and (appends or not tasks):
            _logger.warning("journal %s: takes signals again", self._path)
            self.conditions.clear("journal_failing")
            self._healthy = True
        for append in appends:
            if error is not None:
                append.uids, append.signals, append.error = (), (), error
            append.repeats = None
        rows = Counter([signal.draft.receiver for append in appends for signal in append.signals])
        # From here on the appends belong to whoever is told of them.
        if appends:
            self._finish(appends)
        for task in tasks:
            if error is None:
                task.future.set_result(task.rows)
            else:
                task.future.set_exception(error)
        self._on_commit(Commit(rows, time.monotonic() - started))

    def _write(self, appends: list[Append], tasks: list[_Task]) -> JournalError | None:
        """One transaction; a second try when the first one finds damage that can be mended."""
        if self._damage is not None:
            self._replace_damaged(self._damage)
        failure = self._transaction(appends, tasks)
        if failure is not None and is_damage(failure):
            named = f"journal {self._path}: {failure}"
            if self._replace_damaged(named):
                failure = self._transaction(appends, tasks)
        return None if failure is None else JournalError(f"journal {self._path}: {failure}")

    def _transaction(self, appends: list[Append], tasks: list[_Task]) -> Exception | None:
        if self._clock.jumped():
            # It may be that this process was restored from a snapshot with all its memory: numbers
            # that it gave out since must not be given to other signals.
            self.epoch = secrets.token_hex(16)
            self._sequence.clear()
        sequence = dict(self._sequence)
        try:
            if appends or not tasks:
                self._check_file()
                self._check_log()
            self._connection.execute("BEGIN IMMEDIATE")
            self._insert(appends, sequence)
            for task in tasks:
                task.rows = task.write(self._connection)
            if not self._healthy:
                self._prove()
            self._connection.execute("COMMIT")
        except Exception as failure:  # noqa: BLE001 - whatever it is, no signal counts as safe
            self._roll_back()
            return failure
        self._sequence = sequence
        for append in appends:
            self._held.update(map(stream_of, append.uids))
        if not self._healthy:
            self._forget_rolled_back()
        return None

    def _prove(self) -> None:
        """That a page can be written: an empty transaction would succeed on any disk."""
        self._connection.execute(
            "INSERT OR REPLACE INTO memory VALUES ('written', ?)", (to_iso(utc_now()),)
        )

    def _forget(self, uids: Iterable[str]) -> None:
        """Upkeep has removed these."""
        self._held.subtract(stream for stream in map(stream_of, uids) if stream in self._held)

    def _forget_rolled_back(self) -> None:
        """A failed transaction may have left pages in the log, which a search for lost signals in a
        damaged log must not find: their numbers belong to others now."""
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _replace_damaged(self, reason: str) -> bool:
        """Whether a sound file is in place of the damaged one."""
        if time.monotonic() < self._quarantine_from:
            return False
        self._quarantine_from = time.monotonic() + _BETWEEN_QUARANTINES

        def let_go() -> None:
            self.reader.reopen()
            with suppress(sqlite3.Error):
                self._connection.close()

        self._roll_back()
        try:
            quarantine(self._path, reason, let_go, self._held)
            self._connection = open_file(self._path)
            saved = count_by_stream(self._connection)
            self._held = Counter({stream: saved[stream] for stream in self._held})
            self._upkeep.opened(self._connection)
            self._file, self._log = identity(self._path), None
            self._show_quarantined()
        except (JournalError, sqlite3.Error) as error:
            self._damage = reason
            _logger.critical("%s", error)
            return False
        self._damage = None
        return True

    def _check_file(self) -> None:
        """What goes into a file that has no name any more is gone with this process."""
        if identity(self._path) != self._file:
            raise OSError("removed or replaced while open; restart the bridge once nothing waits")

    def _check_log(self) -> None:
        """A write-ahead log that somebody has removed is gone with this process as well. Until then
        all of it is at hand, and is put into the file before anything else is promised."""
        log = identity(wal_of(self._path))
        if self._log is not None and log != self._log:
            _logger.critical("journal %s: its write-ahead log was removed", self._path)
            self._connection.execute("PRAGMA wal_checkpoint(FULL)").fetchall()
            self.reader.reopen()
            self._connection.close()
            self._connection = open_file(self._path)
            log = identity(wal_of(self._path))
        self._log = log

    def _insert(self, appends: list[Append], sequence: dict[str, int]) -> None:
        now = to_iso(utc_now())
        rows = []
        for append in appends:
            if append.tick is not None and not self._take_tick(append.tick, now):
                continue
            signals = []
            for part, draft in enumerate(append.drafts):
                number = sequence[draft.receiver] = sequence.get(draft.receiver, 0) + 1
                uid = f"{self.epoch}:{draft.receiver}:{number}"
                signal = Signal(uid, now, append.repeated_uid(part), draft)
                told = (append.link, append.fingerprint, part)
                body = signal.as_json()
                rows.append((uid, draft.receiver, now, *told, body, checksum(uid, body)))
                signals.append(signal)
            append.signals = tuple(signals)
            # Set inside the transaction, so that a retry in the same batch can name its original.
            append.uids = tuple(signal.uid for signal in signals)
        start = 0
        for size in _ROWS_AT_ONCE:
            while len(rows) - start >= size:
                values = list(chain.from_iterable(rows[start : start + size]))
                self._connection.execute(_insert(size), values)
                start += size
        memories = [memory for append in appends for memory in append.remember]
        if memories:
            _remember(self._connection, memories)

    def _take_tick(self, number: int, now: str) -> bool:
        """Whether the tick was open; it no longer is once this transaction is on disk."""
        changed = self._connection.execute(
            "UPDATE tick SET taken_at = ?"
            " WHERE number = ? AND taken_at IS NULL AND withdrawn_at IS NULL",
            (now, number),
        )
        return changed.rowcount == 1

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            _logger.critical("journal %s: cannot roll back: %s", self._path, error)

    def _finish(self, appends: list[Append]) -> None:
        self._call_done(lambda: tell(appends))

    def _keep_up(self) -> float:
        """Seconds until the next round of upkeep."""
        if time.monotonic() >= self._next_check:
            self._next_check = time.monotonic() + _CHECK_EVERY
            threading.Thread(target=self._check_aside, name="journal check", daemon=True).start()
        try:
            self._show_quarantined()
            return self._upkeep.round(self._connection)
        except (OSError, JournalError, sqlite3.Error) as error:
            _logger.error("journal %s: upkeep: %s", self._path, error)
            if is_damage(error):
                self._damage = f"journal {self._path}: {error}"
            return EVERY


@cache
def _insert(rows: int) -> str:
    """One statement for many rows: it lets go of the interpreter's lock once. Row by row, this
    thread and the event loop would pass the lock to and fro, which costs more than the rows."""
    return (
        "INSERT INTO signal"
        " (uid, receiver, journaled_at, link, fingerprint, part, body, checksum) VALUES "
        + ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * rows)
    )


def _remember(connection: sqlite3.Connection, memories: Sequence[tuple[str, str | None]]) -> None:
    """In order, because one name may come twice in a transaction."""
    for name, value in memories:
        if value is None:
            connection.execute("DELETE FROM memory WHERE name = ?", (name,))
        else:
            connection.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (name, value))
