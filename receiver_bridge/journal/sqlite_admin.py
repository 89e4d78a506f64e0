"""Work on a SQLite journal from beside the bridge, also while one is running."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from .base import ExportedSignal, JournalError
from .sqlite_file import BUSY_SECONDS

_AGAIN = "UPDATE signal SET state = 'pending', settled_at = NULL, reason = NULL"
_Result = TypeVar("_Result")
_PORTION = 2000
"""Positions in one look or one transaction, so that the bridge never waits long for its turn."""


class SqliteAdmin:
    """Opens the file for each portion of its work, so that a journal that is put aside meanwhile is
    let go."""

    def __init__(self, path: Path) -> None:
        """Raises JournalError when there is no journal at ``path``."""
        self._path = path
        if not path.is_file():
            raise JournalError(f"journal {path}: there is none")

    def replay(self, uids: Sequence[str]) -> list[str]:
        def write(connection: sqlite3.Connection) -> list[str]:
            return [
                uid
                for uid in uids
                if connection.execute(
                    f"{_AGAIN} WHERE uid = ? AND state != 'pending'", (uid,)
                ).rowcount
            ]

        return self._write(write)

    def replay_since(self, since: str) -> int:
        """The clock may have been set meanwhile, so that every row is looked at."""
        found = 0
        for low, high in self._portions():

            def write(connection: sqlite3.Connection, low: int = low, high: int = high) -> int:
                return connection.execute(
                    f"{_AGAIN} WHERE position BETWEEN ? AND ? AND journaled_at >= ?"
                    " AND state != 'pending'",
                    (low, high, since),
                ).rowcount

            found += self._write(write)
        return found

    def export(self, since: str | None = None) -> Iterator[ExportedSignal]:
        for low, high in self._portions():

            def read(
                connection: sqlite3.Connection, low: int = low, high: int = high
            ) -> list[ExportedSignal]:
                rows = connection.execute(
                    "SELECT uid, receiver, journaled_at, state, settled_at, reason, body"
                    " FROM signal WHERE position BETWEEN ? AND ? AND journaled_at >= ?"
                    " ORDER BY position",
                    (low, high, since or ""),
                )
                return [ExportedSignal(*row) for row in rows]

            yield from self._do(read)

    def close(self) -> None:
        """Nothing stays open between two calls."""

    def _portions(self) -> list[tuple[int, int]]:
        """Ranges of positions, as far as there are signals now."""

        def read(connection: sqlite3.Connection) -> tuple[int, int]:
            first, last = connection.execute(
                "SELECT min(position), max(position) FROM signal"
            ).fetchone()
            return (first or 0, last or -1)

        first, last = self._do(read)
        return [(low, low + _PORTION - 1) for low in range(first, last + 1, _PORTION)]

    def _write(self, write: Callable[[sqlite3.Connection], _Result]) -> _Result:
        def transaction(connection: sqlite3.Connection) -> _Result:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            result = write(connection)
            connection.execute("COMMIT")
            return result

        return self._do(transaction)

    def _do(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        try:
            with closing(
                sqlite3.connect(self._path, isolation_level=None, timeout=BUSY_SECONDS)
            ) as connection:
                return work(connection)
        except sqlite3.Error as error:
            raise JournalError(f"journal {self._path}: {error}") from error
