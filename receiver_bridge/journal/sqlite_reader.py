"""Reads a SQLite journal, also while another process writes it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .base import DeadSignal, JournalError, Pending, RecentFrame
from .sqlite_file import DamagedError, is_damage
from .sqlite_schema import checksum

_RECENT = """
SELECT link, fingerprint, journaled_at, uid, part FROM signal
WHERE link IS NOT NULL ORDER BY position DESC
"""


class SqliteReader:
    """One read-only connection, shared by threads under a lock; ``on_damage`` is told what is wrong
    with a file whose contents are damaged."""

    def __init__(self, path: Path, on_damage: Callable[[str], None] = lambda damage: None) -> None:
        """Raises JournalError when there is no journal at ``path``."""
        self._lock = threading.Lock()
        self._path = path
        self._on_damage = on_damage
        self._connection: sqlite3.Connection | None = self._open()

    def reopen(self) -> None:
        """Another file is about to be at the journal's path: the next question goes to that one."""
        with self._lock:
            self._let_go()

    def pending(self, receiver: str, limit: int) -> list[Pending]:
        rows = self._rows(
            "SELECT position, uid, body, checksum FROM signal"
            " WHERE state = 'pending' AND receiver = ? ORDER BY position LIMIT ?",
            receiver,
            limit,
        )
        for _position, uid, body, crc in rows:
            if crc is not None and crc != checksum(uid, body):
                raise self._failed(DamagedError(f"the contents of signal {uid} are damaged"))
        return [Pending(*row[:3]) for row in rows]

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
        frames: list[RecentFrame] = []
        uids: list[str] = []
        with self._lock:
            try:
                # Newest first, because only the end of a long journal is of interest.
                for link, fingerprint, journaled_at, uid, part in self._at_hand().execute(_RECENT):
                    if journaled_at < since:
                        break
                    uids.append(uid)
                    if part == 0:
                        whole = tuple(reversed(uids))
                        frames.append(RecentFrame(link, fingerprint, journaled_at, whole))
                        uids.clear()
            except sqlite3.Error as error:
                raise self._failed(error) from error
        frames.reverse()
        return frames

    def recall(self, name: str) -> str | None:
        rows = self._rows("SELECT value FROM memory WHERE name = ?", name)
        return str(rows[0][0]) if rows else None

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

    def _rows(self, query: str, *parameters: object) -> list[Any]:
        with self._lock:
            try:
                return self._at_hand().execute(query, parameters).fetchall()
            except sqlite3.Error as error:
                raise self._failed(error) from error

    def _failed(self, error: Exception) -> JournalError:
        named = f"journal {self._path}: {error}"
        if not is_damage(error):
            return JournalError(named)
        self._on_damage(named)
        return DamagedError(named)

    def _at_hand(self) -> sqlite3.Connection:
        if self._connection is None:
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
            raise JournalError(f"journal {self._path}: {error}") from error
        return connection
