"""Reads a SQLite journal, also while another process writes it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from .base import DeadSignal, Pending, RecentFrame, SignalStatus, Stored, Tick
from .sqlite_file import DamagedError, identity, named
from .sqlite_schema import checksum

_Result = TypeVar("_Result")

_RECENT = """
SELECT link, fingerprint, journaled_at, uid, part FROM signal
WHERE link IS NOT NULL ORDER BY position DESC
"""

_STORED = "SELECT position, uid, state, settled_at, reason, body FROM signal"
_TICK = "number, uid, receiver, account, by, at, note, taken_at, withdrawn_at"
_OPEN = "taken_at IS NULL AND withdrawn_at IS NULL"

# SQLite before 3.32 takes 999 variables in one statement.
_VARIABLES = 900


def _stored(row: tuple[Any, ...]) -> Stored:
    position, uid, state, settled_at, reason, body = row
    return Stored(position, uid, SignalStatus(state, settled_at, reason), body)


class SqliteReader:
    """One read-only connection, shared by threads under a lock.

    ``on_damage`` is for the reader of the process that writes: it is told what is wrong with a file
    whose contents are damaged, and says whether a sound one is in its place now. All others notice
    by themselves that there is another file at the path.
    """

    def __init__(self, path: Path, on_damage: Callable[[str], bool] | None = None) -> None:
        """Raises JournalError when there is no journal at ``path``."""
        self._lock = threading.Lock()
        self._path = path
        self._on_damage = on_damage
        self._file = identity(path)
        self._connection: sqlite3.Connection | None = self._open()

    def reopen(self) -> None:
        """Another file is about to be at the journal's path: the next question goes to that one."""
        with self._lock:
            self._let_go()

    def pending(self, receiver: str, limit: int, after: int = 0) -> list[Pending]:
        def read(connection: sqlite3.Connection) -> list[Pending]:
            rows = connection.execute(
                "SELECT position, uid, body, checksum FROM signal"
                " WHERE state = 'pending' AND receiver = ? AND position > ?"
                " ORDER BY position LIMIT ?",
                (receiver, after, limit),
            ).fetchall()
            for _position, uid, body, crc in rows:
                if crc is not None and crc != checksum(uid, body):
                    raise DamagedError(f"the contents of signal {uid} are damaged")
            return [Pending(*row[:3]) for row in rows]

        return self._read(read)

    def pending_counts(self) -> dict[str, int]:
        return self._counts("pending")

    def dead_counts(self) -> dict[str, int]:
        return self._counts("dead")

    def delivered_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM signal WHERE state = 'delivered'")[0][0])

    def dead(self, limit: int) -> list[DeadSignal]:
        rows = self._rows(
            "SELECT uid, settled_at, reason, body FROM signal WHERE state = 'dead'"
            " ORDER BY position DESC LIMIT ?",
            limit,
        )
        return [DeadSignal(*row) for row in rows]

    def recent_frames(self, since: str) -> list[RecentFrame]:
        def read(connection: sqlite3.Connection) -> list[RecentFrame]:
            frames: list[RecentFrame] = []
            uids: list[str] = []
            # Newest first, because only the end of a long journal is of interest.
            for link, fingerprint, journaled_at, uid, part in connection.execute(_RECENT):
                if journaled_at < since:
                    break
                uids.append(uid)
                if part == 0:
                    whole = tuple(reversed(uids))
                    frames.append(RecentFrame(link, fingerprint, journaled_at, whole))
                    uids.clear()
            frames.reverse()
            return frames

        return self._read(read)

    def recall(self, name: str) -> str | None:
        rows = self._rows("SELECT value FROM memory WHERE name = ?", name)
        return str(rows[0][0]) if rows else None

    def newest(self, limit: int) -> list[Stored]:
        rows = self._rows(f"{_STORED} ORDER BY position DESC LIMIT ?", limit)
        return [_stored(row) for row in reversed(rows)]

    def after(self, position: int, limit: int) -> list[Stored]:
        query = f"{_STORED} WHERE position > ? ORDER BY position LIMIT ?"
        return [_stored(row) for row in self._rows(query, position, limit)]

    def waiting(self, receiver: str, position: int, limit: int) -> list[Stored]:
        query = (
            f"{_STORED} WHERE state = 'pending' AND receiver = ? AND position > ?"
            " ORDER BY position LIMIT ?"
        )
        return [_stored(row) for row in self._rows(query, receiver, position, limit)]

    def statuses(self, positions: Collection[int]) -> dict[int, SignalStatus]:
        found: dict[int, SignalStatus] = {}
        wanted = list(positions)
        for start in range(0, len(wanted), _VARIABLES):
            part = wanted[start : start + _VARIABLES]
            marks = ",".join("?" * len(part))
            for position, *status in self._rows(
                "SELECT position, state, settled_at, reason FROM signal"
                f" WHERE position IN ({marks})",
                *part,
            ):
                found[position] = SignalStatus(*status)
        return found

    def ticks(self, limit: int) -> list[Tick]:
        rows = self._tick_rows(
            f"SELECT {_TICK} FROM tick WHERE number > (SELECT max(number) FROM tick) - ?"
            f" UNION SELECT {_TICK} FROM tick WHERE {_OPEN} ORDER BY number",
            limit,
        )
        return [Tick(*row) for row in rows]

    def ticks_to_take(self, before: str, limit: int) -> list[Tick]:
        rows = self._tick_rows(
            f"SELECT {_TICK} FROM tick WHERE {_OPEN} AND at < ? AND NOT EXISTS"
            " (SELECT 1 FROM signal WHERE signal.uid = tick.uid AND signal.state = 'pending')"
            " ORDER BY number LIMIT ?",
            before,
            limit,
        )
        return [Tick(*row) for row in rows]

    def recall_all(self, prefix: str) -> dict[str, str]:
        return dict(
            self._rows(
                "SELECT name, value FROM memory WHERE substr(name, 1, ?) = ?", len(prefix), prefix
            )
        )

    def close(self) -> None:
        with self._lock:
            self._let_go()

    def _counts(self, state: str) -> dict[str, int]:
        # The state is written out: a partial index serves only a query that names its condition.
        return dict(
            self._rows(
                f"SELECT receiver, count(*) FROM signal WHERE state = '{state}' GROUP BY receiver"
            )
        )

    def _tick_rows(self, query: str, *parameters: object) -> list[Any]:
        """Nothing where the journal is of a release that knew no ticks."""
        known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'tick'"
        return self._rows(query, *parameters) if self._rows(known) else []

    def _rows(self, query: str, *parameters: object) -> list[Any]:
        return self._read(lambda connection: connection.execute(query, parameters).fetchall())

    def _read(self, read: Callable[[sqlite3.Connection], _Result]) -> _Result:
        try:
            return self._try(read)
        except DamagedError as damage:
            if self._on_damage is None or not self._on_damage(str(damage)):
                raise
        return self._try(read)

    def _try(self, read: Callable[[sqlite3.Connection], _Result]) -> _Result:
        with self._lock:
            try:
                return read(self._at_hand())
            except (DamagedError, sqlite3.Error) as error:
                raise named(error, f"journal {self._path}") from error

    def _at_hand(self) -> sqlite3.Connection:
        if self._on_damage is None and identity(self._path) not in (self._file, None):
            self._let_go()
        if self._connection is None:
            self._file = identity(self._path)
            self._connection = self._open()
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _open(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                f"file:{quote(str(self._path))}?mode=ro",
                uri=True,
                check_same_thread=False,
                timeout=10,
            )
        except sqlite3.Error as error:
            raise named(error, f"journal {self._path}") from error
        return connection
