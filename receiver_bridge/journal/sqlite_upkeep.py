"""Keeps the files of a SQLite journal small: old rows, free pages, the write-ahead log, the disk.

What Odoo does not have is never removed. Delivered rows are kept for the retention; when the disk
runs low they go at once, oldest first.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from ..clock import from_iso, to_iso, utc_now
from ..conditions import Conditions
from .sqlite_file import BUSY_SECONDS, size_of, wal_of

_logger = logging.getLogger(__name__)

EVERY: Final = 10.0
"""Seconds between two rounds when nothing is left to do."""

_SOON = 0.05
_ROWS = 2000
_PAGES = 1024
_SPARE_PAGES = 1024
"""Free pages that stay in the file: the next signals use them."""

_LOG_TO_CUT = 16 * 1024 * 1024
_LOG_TO_SHOUT = 256 * 1024 * 1024
_KEPT_AT_LEAST = 1000
"""Of the newest rows, delivered or not, none is removed: they tell retries after a restart."""

_EXPIRED = """
DELETE FROM signal WHERE position IN
    (SELECT position FROM signal WHERE state = 'delivered' AND settled_at < ? LIMIT ?)
RETURNING uid
"""
_OLDEST = f"""
DELETE FROM signal WHERE position IN
    (SELECT position FROM signal WHERE state = 'delivered'
        AND position <= (SELECT max(position) FROM signal) - {_KEPT_AT_LEAST}
     ORDER BY settled_at LIMIT ?)
RETURNING uid
"""


class Upkeep:
    """Run by the writer between two commits. ``min_free``: bytes that are to stay free on the
    journal's disk; ``on_removed`` is told of the uids of removed rows."""

    def __init__(
        self,
        path: Path,
        retention: timedelta,
        min_free: int,
        conditions: Conditions,
        on_removed: Callable[[Iterable[str]], object] = lambda uids: None,
    ) -> None:
        self._path = path
        self._retention = retention
        self._min_free = min_free
        self._conditions = conditions
        self._on_removed = on_removed
        self._started = time.monotonic()
        self._began_at = utc_now()
        self._newest: datetime | None = None

    def opened(self, connection: sqlite3.Connection) -> None:
        """A journal has been opened: its newest row counts for what its clock then said."""
        (newest,) = connection.execute(
            "SELECT max(settled_at) FROM signal WHERE state = 'delivered'"
        ).fetchone()
        try:
            self._newest = from_iso(newest) if newest else None
        except ValueError:
            self._newest = None
        self._started, self._began_at = time.monotonic(), utc_now()

    def round(self, connection: sqlite3.Connection) -> float:
        """Some of the work; the seconds until the next round. Raises sqlite3.Error, OSError."""
        low = self._disk_is_low()
        before = to_iso(self._before())
        connection.execute(
            "DELETE FROM tick WHERE taken_at < ? OR withdrawn_at < ?", (before, before)
        )
        removed = connection.execute(_EXPIRED, (before, _ROWS)).fetchall()
        if low and not removed:
            removed = connection.execute(_OLDEST, (_ROWS,)).fetchall()
        self._on_removed(uid for (uid,) in removed)
        freed = self._give_back(connection, low)
        self._cut_log(connection, freed)
        return _SOON if len(removed) == _ROWS or freed == _PAGES else EVERY

    def _before(self) -> datetime:
        """Rows settled before this moment are old. A clock that is set forward, now or while the
        bridge was down, must not make all of them old: time goes on from the newest row by what
        has really passed, and never beyond what the clock says."""
        passed = timedelta(seconds=time.monotonic() - self._started)
        moments = [utc_now(), self._began_at + passed]
        if self._newest is not None:
            moments.append(self._newest + passed)
        return min(moments) - self._retention

    def _disk_is_low(self) -> bool:
        free = shutil.disk_usage(self._path.parent).free
        if free >= self._min_free:
            self._conditions.clear("disk_low")
            return False
        self._conditions.set(
            "disk_low",
            f"{self._path.parent}: {free // 1_000_000} MB free, {self._min_free // 1_000_000} MB"
            " are to stay free; delivered signals are removed, oldest first",
        )
        return True

    def _give_back(self, connection: sqlite3.Connection, low: bool) -> int:
        """Pages given back to the disk."""
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        pages = min(int(free) - (0 if low else _SPARE_PAGES), _PAGES)
        if pages <= 0:
            return 0
        # A page is a row without columns, at which `execute` stops: it would free one page only.
        connection.executescript(f"PRAGMA incremental_vacuum({pages})")
        return pages

    def _cut_log(self, connection: sqlite3.Connection, freed: int) -> None:
        """A reader that holds an old state open keeps the log from being used anew."""
        size = size_of(wal_of(self._path))
        if size > _LOG_TO_CUT or freed:
            connection.execute("PRAGMA busy_timeout = 0")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
            size = size_of(wal_of(self._path))
        if size > _LOG_TO_SHOUT:
            self._conditions.set(
                "journal_log",
                f"{wal_of(self._path)}: {size // 1_000_000} MB, because another program has been"
                " reading the journal all the time",
            )
        else:
            self._conditions.clear("journal_log")
