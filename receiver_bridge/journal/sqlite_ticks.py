"""Ticks in a SQLite journal, written beside the bridge or without one."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from ..clock import to_iso, utc_now
from .base import JournalError, Ticked
from .sqlite_schema import TICK_SCHEMA

_BUSY_SECONDS = 5.0
"""Somebody waits at the display."""


class SqliteTickWriter:
    """Shared by threads under a lock. It never makes a journal."""

    def __init__(self, path: Path) -> None:
        """Raises JournalError where there is no journal, or none that can be written."""
        self._lock = threading.Lock()
        self._path = path
        if not path.is_file():
            raise JournalError(f"journal {path}: there is none")
        # Takes the write lock, so that a journal that is to be read only says so now.
        self._write(self._make_table)

    def tick(self, signals: Sequence[Ticked], by: str, note: str) -> list[str]:
        now = to_iso(utc_now())

        def write(connection: sqlite3.Connection) -> list[str]:
            return [
                item.uid
                for item in signals
                if connection.execute(
                    "INSERT INTO tick (uid, receiver, account, by, at, note)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (item.uid, item.receiver, item.account, by, now, note),
                ).rowcount
                == 1
            ]

        return self._write(write)

    def withdraw(self, uids: Sequence[str]) -> list[str]:
        now = to_iso(utc_now())

        def write(connection: sqlite3.Connection) -> list[str]:
            return [
                uid
                for uid in uids
                if connection.execute(
                    "UPDATE tick SET withdrawn_at = ?"
                    " WHERE uid = ? AND taken_at IS NULL AND withdrawn_at IS NULL",
                    (now, uid),
                ).rowcount
                == 1
            ]

        return self._write(write)

    def close(self) -> None:
        """Nothing stays open between two calls."""

    def _make_table(self, connection: sqlite3.Connection) -> list[str]:
        """A journal of a release that knew no ticks gets its table here."""
        for statement in filter(str.strip, TICK_SCHEMA.split(";")):
            connection.execute(statement)
        # Statements that find everything there write nothing; this one does, and changes nothing.
        connection.execute("DELETE FROM tick WHERE number < 0")
        return []

    def _write(self, write: Callable[[sqlite3.Connection], list[str]]) -> list[str]:
        """One transaction on a connection of its own: one kept open would go on with a journal that
        the bridge has put aside, and its end would remove the log of the new one by its name."""
        with self._lock:
            try:
                with closing(
                    sqlite3.connect(self._path, isolation_level=None, timeout=_BUSY_SECONDS)
                ) as connection:
                    connection.execute("PRAGMA synchronous = FULL")
                    connection.execute("BEGIN IMMEDIATE")
                    written = write(connection)
                    connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise JournalError(f"journal {self._path}: {error}") from error
        return written
