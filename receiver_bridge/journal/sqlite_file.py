"""The file under a SQLite journal: its lock, its opening, and what tells that it is damaged."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import sqlite3
import time
from pathlib import Path
from typing import IO

from .base import JournalError, JournalUnavailable
from .sqlite_pages import page_size_of, read_wal
from .sqlite_schema import create_tables

_logger = logging.getLogger(__name__)

BUSY_SECONDS = 10.0
"""So long a statement waits for another process that writes the same file."""

_SECOND_LOOK = 0.2
_LARGEST_CHECKED_LOG = 64 * 1024 * 1024
_DAMAGE = (
    "malformed",
    "not a database",
    "decode to UTF-8",
    "no such table",
    "no such column",
    "unsupported file format",
)


_MAY_PASS = ("disk is full", "disk I/O error", "unable to open", "locked")
_NUMBERS_THAT_MAY_PASS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENFILE)


class DamagedError(JournalError):
    """The file is there and can be read, but what it holds is not what was written."""


def is_damage(error: BaseException) -> bool:
    """Whether a failure says that the file's contents are wrong, not that a disk or a lock is in
    the way. By the message: Python 3.10 gives no error codes."""
    if isinstance(error, DamagedError):
        return True
    if not isinstance(error, sqlite3.Error):
        return False
    return any(words in str(error) for words in _DAMAGE)


def named(error: Exception, what: str) -> JournalError:
    """The journal's error for one of SQLite or the operating system; ``what`` says what failed."""
    if is_damage(error):
        return DamagedError(f"{what}: {error}")
    cause = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    passing = (
        error.errno in _NUMBERS_THAT_MAY_PASS
        if isinstance(error, OSError)
        else any(words in cause for words in _MAY_PASS)
    )
    return (JournalUnavailable if passing else JournalError)(f"{what}: {cause}")


def wal_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def shm_of(path: Path) -> Path:
    return path.with_name(path.name + "-shm")


def identity(path: Path) -> tuple[int, int] | None:
    """Device and inode; None where there is no such file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def size_of(path: Path) -> int:
    """In bytes; 0 where there is no such file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def lock(path: Path) -> IO[str]:
    """Held until it is closed. Raises JournalError while another bridge holds it."""
    lock_path = path.with_name(path.name + ".lock")
    try:
        file = open(os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600), "r+")  # noqa: SIM115
    except OSError as error:
        raise named(error, f"journal {path}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        if isinstance(error, BlockingIOError):
            raise JournalError(f"journal {path}: another bridge is writing it") from error
        raise JournalError(f"journal {path}: {error.strerror or error}") from error
    return file


def open_file(path: Path) -> sqlite3.Connection:
    """The writer's connection to a journal that is made where there is none. Raises DamagedError or
    JournalError naming the file."""
    connection: sqlite3.Connection | None = None
    try:
        # Signals are personal data: the file is its owner's alone from the first byte on.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS
        )
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        create_tables(connection)
    except (OSError, sqlite3.Error) as error:
        if connection is not None:
            connection.close()
        raise named(error, f"journal {path}") from error
    return connection


def look_before_opening(path: Path) -> None:
    """Find the damage that SQLite would take for an end: it ignores a write-ahead log from the
    first damaged page on, and removes the log of an empty file. Raises DamagedError."""
    log_size = size_of(wal_of(path))
    if not log_size:
        return
    if not size_of(path):
        raise DamagedError(f"journal {path}: empty, but its write-ahead log is not")
    if log_size > _LARGEST_CHECKED_LOG:
        _logger.warning("%s: too large to be checked page by page", wal_of(path))
        return
    try:
        with path.open("rb") as file:
            header = file.read(100)
        damage = read_wal(wal_of(path).read_bytes()).damage
        if damage is not None:
            # Another program may have been writing at this moment: damage is there a second time.
            time.sleep(_SECOND_LOOK)
            again = wal_of(path).read_bytes() if size_of(wal_of(path)) else b""
            damage = damage if read_wal(again).damage == damage else None
    except OSError as error:
        raise named(error, f"journal {path}") from error
    if damage is not None:
        raise DamagedError(f"journal {path}: {damage}")
    if page_size_of(header) is None:
        raise DamagedError(f"journal {path}: its header is damaged")


def check(connection: sqlite3.Connection, path: Path, seconds: float | None) -> bool:
    """Have SQLite look at every page; False when ``seconds`` were not enough. Raises DamagedError,
    and JournalError when the file cannot be read.

    About a second a gigabyte where the file is in memory, else what the disk takes to read it.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    if deadline is not None:
        connection.set_progress_handler(lambda: int(time.monotonic() > deadline), 100_000)
    try:
        rows = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.OperationalError as error:
        if deadline is not None and "interrupted" in str(error):
            return False
        raise named(error, f"journal {path}") from error
    except sqlite3.Error as error:
        raise named(error, f"journal {path}") from error
    finally:
        connection.set_progress_handler(None, 0)
    if rows != [("ok",)]:
        raise DamagedError(f"journal {path}: {str(rows[0][0]).strip() if rows else 'unreadable'}")
    return True
