"""The last-seen store of a bridge with a journal of its own: one SQLite file beside it."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .last_seen import Batch, Key, LastSeenError, Seen

_logger = logging.getLogger(__name__)

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS last_seen (
    scope TEXT NOT NULL,
    account TEXT NOT NULL,
    receiver TEXT NOT NULL,
    seen REAL NOT NULL,
    PRIMARY KEY (scope, account)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listened (
    receiver TEXT PRIMARY KEY,
    began REAL NOT NULL,
    until REAL NOT NULL
) WITHOUT ROWID;
"""

_SEEN: Final = """
INSERT INTO last_seen VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
SET receiver = excluded.receiver, seen = excluded.seen WHERE excluded.seen > seen
"""

_LISTENED: Final = """
INSERT INTO listened VALUES (:receiver, :now, :now) ON CONFLICT DO UPDATE
SET began = CASE WHEN :now - until BETWEEN 0 AND :grace THEN began ELSE :now END, until = :now
"""


class SqliteLastSeen:
    """``synchronous`` is NORMAL: a power cut may cost the last batches, and with them no more than
    the knowledge that somebody listened, which delays a report and never makes a false one.

    Times are seconds since 1970 by a clock that is set once, at the start, and is deaf to later
    jumps of the machine's clock: all ages of one process agree with each other.
    """

    shared = False

    def __init__(self, path: Path, clock: Callable[[], float] | None = None) -> None:
        """The file is opened, or made, at the first use: a disk that fails must keep no bridge
        from taking signals. ``clock``: seconds since 1970 by another clock than the machine's."""
        offset = time.time() - time.monotonic()
        self._clock = clock or (lambda: offset + time.monotonic())
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def write(self, batch: Batch) -> None:
        with self._using() as connection:
            now = self._clock()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                _SEEN,
                # One after the other: a list of them all would be the largest thing in memory.
                ((*key, seen.receiver, now - seen.age) for key, seen in batch.seen.items()),
            )
            connection.executemany(
                _LISTENED,
                [{"receiver": name, "now": now, "grace": batch.grace} for name in batch.listening],
            )
            connection.execute("COMMIT")

    def read(self, keys: Sequence[Key]) -> dict[Key, Seen]:
        found: dict[Key, Seen] = {}
        with self._using() as connection:
            now = self._clock()
            for key in keys:
                row = connection.execute(
                    "SELECT receiver, seen FROM last_seen WHERE scope = ? AND account = ?", key
                ).fetchone()
                if row is not None:
                    found[key] = Seen(row[0], now - row[1])
        return found

    def scope(self, scope: str) -> Iterator[tuple[str, Seen]]:
        with self._using() as connection:
            now = self._clock()
            rows = connection.execute(
                "SELECT account, receiver, seen FROM last_seen WHERE scope = ?", (scope,)
            )
            for account, receiver, seen in rows:
                yield account, Seen(receiver, now - seen)

    def listened(self) -> Mapping[str, tuple[float, float]]:
        with self._using() as connection:
            now = self._clock()
            rows = connection.execute("SELECT receiver, began, until FROM listened")
            return {name: (now - began, now - until) for name, began, until in rows}

    def forget(self, older_than: float) -> int:
        with self._using() as connection:
            return connection.execute(
                "DELETE FROM last_seen WHERE seen < ?", (self._clock() - older_than,)
            ).rowcount

    def close(self) -> None:
        with self._lock:
            self._close()

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = _open(self._path)
                yield self._connection
            except (OSError, sqlite3.Error) as error:
                self._close()
                # Its subclasses are faults of the moment (locked, disk full); itself is damage.
                if type(error) is sqlite3.DatabaseError:
                    self._put_aside()
                raise LastSeenError(f"last seen {self._path}: {error}") from error

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _put_aside(self) -> None:
        """Without it every account has its full time again, as after a first start."""
        try:
            self._path.replace(self._path.with_name(self._path.name + ".damaged"))
            for ending in ("-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        except OSError as error:
            _logger.error("last seen %s: cannot be put aside: %s", self._path, error)
        else:
            _logger.error("last seen %s: damaged, put aside as .damaged", self._path)


def _open(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(_SCHEMA)
    return connection
