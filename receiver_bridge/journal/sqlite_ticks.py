"""Ticks in a SQLite journal, written beside the bridge or without one."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from ..clock import to_iso, utc_now
from .base import JournalError, Ticked
from .sqlite_schema import TICK_SCHEMA


class SqliteTickWriter:
    """One connection, shared by threads under a lock. It never makes a journal."""

    def __init__(self, path: Path) -> None:
        """Raises JournalError where there is no journal, or none that can be written."""
        self._lock = threading.Lock()
        self._path = path
        if not path.is_file():
            raise JournalError(f"journal {path}: there is none")
        try:
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=5
            )
            self._connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error as error:
            raise JournalError(f"journal {path}: {error}") from error
        try:
            # Takes the write lock, so that a journal that is to be read only says so now.
            self._write(self._make_table)
        except JournalError:
            self._connection.close()
            raise

    def tick(self, signals: Sequence[Ticked], by: str, note: str) -> list[str]:
        now = to_iso(utc_now())

        def write() -> list[str]:
            return [
                item.uid
                for item in signals
                if self._connection.execute(
                    "INSERT INTO tick (uid, receiver, account, by, at, note)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (item.uid, item.receiver, item.account, by, now, note),
                ).rowcount
                == 1
            ]

        return self._write(write)

    def withdraw(self, uids: Sequence[str]) -> list[str]:
        now = to_iso(utc_now())

        def write() -> list[str]:
            return [
                uid
                for uid in uids
                if self._connection.execute(
                    "UPDATE tick SET withdrawn_at = ?"
                    " WHERE uid = ? AND taken_at IS NULL AND withdrawn_at IS NULL",
                    (now, uid),
                ).rowcount
                == 1
            ]

        return self._write(write)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _make_table(self) -> list[str]:
        """A journal of a release that knew no ticks gets its table here."""
        for statement in filter(str.strip, TICK_SCHEMA.split(";")):
            self._connection.execute(statement)
        # Statements that find everything there write nothing; this one does, and changes nothing.
        self._connection.execute("DELETE FROM tick WHERE number < 0")
        return []

    def _write(self, write: Callable[[], list[str]]) -> list[str]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    written = write()
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise JournalError(f"journal {self._path}: {error}") from error
        return written
