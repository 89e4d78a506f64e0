"""The SQLite journal: write-ahead log, fsync at every commit, one writer thread.

Group commit without waiting: the writer commits at once what is queued, and what gathers while the
disk works is the next transaction.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import queue
import secrets
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import IO

from ..clock import to_iso, utc_now
from ..signal import Signal
from .base import Append, Commit, JournalError, Pending
from .sqlite_reader import SqliteReader
from .sqlite_schema import SCHEMA

_logger = logging.getLogger(__name__)

_Write = Callable[[sqlite3.Connection], int]
_LARGEST_TRANSACTION = 2000
_LARGEST_QUEUE = 100_000
_PURGE_EVERY = 60.0
_PURGE_ROWS = 2000


class _Task:
    """Any write that is not an append; ``future`` gets the number of rows once it is on disk."""

    def __init__(self, write: _Write) -> None:
        self.write = write
        self.future: Future[int] = Future()
        self.rows = 0


class SqliteJournal:
    """One process at a time may write a journal; a lock file beside it sees to that.

    ``call_done`` runs the ``done`` callbacks of one commit, all in one call (an event loop's
    ``call_soon_threadsafe``); ``on_commit`` is told of every commit in the writer's thread.
    """

    finds_repeats = False
    shared = False

    def __init__(
        self,
        path: Path,
        retention_days: float = 7.0,
        call_done: Callable[[Callable[[], None]], object] = lambda callback: callback(),
        on_commit: Callable[[Commit], None] = lambda commit: None,
    ) -> None:
        """Opens or creates the journal; raises JournalError naming the file."""
        self.epoch = secrets.token_hex(16)
        self._path = path
        self._retention = timedelta(days=retention_days)
        self._call_done = call_done
        self._on_commit = on_commit
        self._queue: queue.SimpleQueue[Append | _Task | None] = queue.SimpleQueue()
        self._sequence: dict[str, int] = {}
        self._healthy = True
        self._closed = False
        self._next_purge = time.monotonic() + _PURGE_EVERY
        self._lock_file = _lock(path)
        self._connection = _open(path)
        self._file = _identity(path)
        self.reader = SqliteReader(path)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def healthy(self) -> bool:
        return self._healthy

    def append(self, append: Append) -> None:
        if self._closed or self._queue.qsize() >= _LARGEST_QUEUE:
            condition = "closed" if self._closed else "too slow for what arrives"
            append.error = JournalError(f"journal {self._path}: {condition}")
            self._finish([append])
        else:
            self._queue.put(append)

    def compete(self, receivers: Iterable[str]) -> None:
        """There is nobody to compete with: a lock file sees to that."""

    def lease(self, receiver: str) -> int | None:
        return 0

    def settle(
        self, delivered: Sequence[Pending], dead: Mapping[str, str], token: int | None = None
    ) -> None:
        now = to_iso(utc_now())

        def write(connection: sqlite3.Connection) -> int:
            connection.executemany(
                "UPDATE signal SET state = 'delivered', settled_at = ? WHERE position = ?",
                [(now, pending.position) for pending in delivered],
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
        self._queue.put(None)
        self._thread.join()
        self.reader.close()
        self._connection.close()
        self._lock_file.close()

    def _perform(self, write: _Write) -> int:
        if self._closed:
            raise JournalError(f"journal {self._path}: closed")
        task = _Task(write)
        self._queue.put(task)
        return task.future.result()

    def _run(self) -> None:
        more = True
        while more:
            batch, more = self._gather()
            if batch:
                self._commit(batch)
            if time.monotonic() >= self._next_purge:
                self._purge()

    def _gather(self) -> tuple[list[Append | _Task], bool]:
        """Waits for the first item, then takes what is there; False once the journal closes."""
        batch: list[Append | _Task] = []
        try:
            item = self._queue.get(timeout=max(0.0, self._next_purge - time.monotonic()))
            while item is not None:
                batch.append(item)
                if len(batch) >= _LARGEST_TRANSACTION:
                    return batch, True
                item = self._queue.get_nowait()
        except queue.Empty:
            return batch, True
        return batch, False

    def _commit(self, batch: list[Append | _Task]) -> None:
        started = time.monotonic()
        appends = [item for item in batch if isinstance(item, Append)]
        tasks = [item for item in batch if isinstance(item, _Task)]
        sequence = dict(self._sequence)
        error: JournalError | None = None
        try:
            if appends:
                self._check_file()
            self._connection.execute("BEGIN IMMEDIATE")
            self._insert(appends, sequence)
            for task in tasks:
                task.rows = task.write(self._connection)
            self._connection.execute("COMMIT")
        except Exception as failure:  # noqa: BLE001 - whatever it is, no signal counts as safe
            error = JournalError(f"journal {self._path}: {failure}")
            self._roll_back()
            _logger.critical("%s; nothing is acknowledged until it can be written again", error)
        else:
            self._sequence = sequence
        self._healthy = error is None
        for append in appends:
            if error is not None:
                append.uids, append.signals, append.error = (), (), error
            append.repeats = None
        rows = Counter[str]()
        if error is None:
            for append in appends:
                rows.update(signal.draft.receiver for signal in append.signals)
        # From here on the appends belong to whoever is told of them.
        if appends:
            self._finish(appends)
        for task in tasks:
            if error is None:
                task.future.set_result(task.rows)
            else:
                task.future.set_exception(error)
        self._on_commit(Commit(rows, time.monotonic() - started))

    def _check_file(self) -> None:
        """What goes into a file that has no name any more is gone with this process."""
        if _identity(self._path) != self._file:
            raise OSError("removed or replaced while open; restart the bridge once nothing waits")

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
                body = json.dumps(signal.as_dict(), separators=(",", ":"))
                rows.append((uid, draft.receiver, now, append.link, append.fingerprint, part, body))
                signals.append(signal)
            append.signals = tuple(signals)
            # Set inside the transaction, so that a retry in the same batch can name its original.
            append.uids = tuple(signal.uid for signal in signals)
        self._connection.executemany(
            "INSERT INTO signal (uid, receiver, journaled_at, link, fingerprint, part, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
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
        def run() -> None:
            for append in appends:
                if append.done is not None:
                    append.done(append)

        self._call_done(run)

    def _purge(self) -> None:
        before = to_iso(utc_now() - self._retention)
        try:
            removed = self._connection.execute(
                "DELETE FROM signal WHERE position IN (SELECT position FROM signal"
                " WHERE state = 'delivered' AND settled_at < ? LIMIT ?)",
                (before, _PURGE_ROWS),
            ).rowcount
            self._connection.execute(
                "DELETE FROM tick WHERE taken_at < ? OR withdrawn_at < ?", (before, before)
            )
            self._connection.execute("PRAGMA incremental_vacuum(256)").fetchall()
        except sqlite3.Error as error:
            removed = 0
            _logger.error("journal %s: old rows stay: %s", self._path, error)
        # A full round says that there may be more: the next follows soon, between commits.
        pause = 0.1 if removed == _PURGE_ROWS else _PURGE_EVERY
        self._next_purge = time.monotonic() + pause


def _remember(connection: sqlite3.Connection, memories: Sequence[tuple[str, str | None]]) -> None:
    """In order, because one name may come twice in a transaction."""
    for name, value in memories:
        if value is None:
            connection.execute("DELETE FROM memory WHERE name = ?", (name,))
        else:
            connection.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (name, value))


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode; None where there is no such file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _lock(path: Path) -> IO[str]:
    lock_path = path.with_name(path.name + ".lock")
    try:
        file = open(os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600), "r+")  # noqa: SIM115
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise JournalError(f"journal {path}: another bridge is writing it") from error
    except OSError as error:
        raise JournalError(f"journal {path}: {error.strerror or error}") from error
    return file


def _open(path: Path) -> sqlite3.Connection:
    try:
        # Signals are personal data: the file is its owner's alone from the first byte on.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=10
        )
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(SCHEMA)
    except (OSError, sqlite3.Error) as error:
        raise JournalError(f"journal {path}: {error}") from error
    return connection
