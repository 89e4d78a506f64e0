"""Puts a damaged journal aside and a new one, with everything readable, in its place.

Every step can be the last one before a power cut: the new journal is complete, under a name of its
own that says what the damaged one shall be called, before the first file is moved.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

from ..clock import utc_now
from .base import JournalError
from .sqlite_file import named, shm_of, size_of, wal_of
from .sqlite_pages import MAGIC
from .sqlite_salvage import Salvaged, salvage

_logger = logging.getLogger(__name__)

_STAMP = "%Y%m%dT%H%M%SZ"
_DAMAGED = ".damaged-"
_RESTORED = ".restored-"
_RESTORING = ".restoring"


def quarantine(
    path: Path,
    reason: str,
    let_go: Callable[[], None] = lambda: None,
    held: Mapping[str, int] | None = None,
) -> Path:
    """Replace the damaged journal at ``path`` by one with all that can be read of it; the name
    under which the damaged one is kept. ``let_go`` closes whatever this process has open of it;
    ``held``: see ``salvage``.

    Raises JournalError when the new journal cannot be written (the old one is then in its place),
    and when the file is none of ours.
    """
    try:
        if (restored := _restored(path)) is None:
            _logger.critical("%s; saving what can be read of it", reason)
            restored = _restore(path, reason, held or {})
        return _put_in_place(path, restored, let_go)
    except (OSError, sqlite3.Error) as error:
        raise named(error, f"{reason}; and what can be read cannot be saved") from error


def finish_interrupted(path: Path) -> None:
    """Go on with a quarantine that a power cut has ended. Raises JournalError."""
    try:
        if (restored := _restored(path)) is not None:
            _put_in_place(path, restored, lambda: None)
        _remove(_beside(path, _RESTORING))
    except OSError as error:
        raise named(error, f"journal {path}") from error


def quarantined(path: Path) -> list[Path]:
    """The damaged files that nobody has taken away yet, oldest first."""
    endings = ("-wal", "-shm", "-journal")
    found = path.parent.glob(_pattern(path.name) + _DAMAGED + "*")
    return sorted(file for file in found if not file.name.endswith(endings))


def describe_quarantined(path: Path, recall: Callable[[str], str | None]) -> list[str]:
    """Each of them with what was saved of it, for a person; ``recall`` gives what the journal that
    is now in its place remembers."""
    described = []
    for file in quarantined(path):
        described.append(f"{file}: {recall(memory_of(file)) or 'what was saved is not known'}")
    return described


def memory_of(damaged: Path) -> str:
    """The name in the journal's memory under which the counts of a quarantine are kept."""
    return f"quarantine {damaged.name}"


def _restore(path: Path, reason: str, held: Mapping[str, int]) -> Path:
    restoring = _beside(path, _RESTORING)
    _remove(restoring)
    os.close(os.open(restoring, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    saved = salvage(path, restoring, held)
    if not any((saved.pending, saved.delivered, saved.dead)) and _is_foreign(path):
        _remove(restoring)
        raise JournalError(f"{reason}; there is no journal in it")
    stamp = _free_stamp(path)
    damaged = _beside(path, _DAMAGED + stamp)
    _note(restoring, damaged, saved, reason)
    restored = _beside(path, _RESTORED + stamp)
    restoring.rename(restored)
    _sync_folder(path)
    _logger.critical("journal %s: %s; the damaged file becomes %s", path, saved, damaged.name)
    return restored


def _put_in_place(path: Path, restored: Path, let_go: Callable[[], None]) -> Path:
    damaged = _beside(path, _DAMAGED + restored.name.rpartition(_RESTORED)[2])
    for source, target in ((path, damaged), (wal_of(path), wal_of(damaged))):
        if source.exists():
            source.rename(target)
    shm_of(path).unlink(missing_ok=True)
    # Only now: closed earlier, SQLite would tidy the evidence up.
    let_go()
    restored.rename(path)
    _sync_folder(path)
    return damaged


def _note(restoring: Path, damaged: Path, saved: Salvaged, reason: str) -> None:
    with closing(sqlite3.connect(restoring, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(
            "INSERT OR REPLACE INTO memory VALUES (?, ?)",
            (memory_of(damaged), f"{saved} ({reason})"),
        )


def _is_foreign(path: Path) -> bool:
    """Whether this is somebody else's file: not SQLite's, and not what a damaged disk leaves."""
    with path.open("rb") as file:
        begin = file.read(4096)
    return not begin.startswith(MAGIC) and bool(begin.strip(b"\0")) and not size_of(wal_of(path))


def _free_stamp(path: Path) -> str:
    moment = utc_now()
    while _beside(path, _DAMAGED + moment.strftime(_STAMP)).exists():
        moment += timedelta(seconds=1)
    return moment.strftime(_STAMP)


def _restored(path: Path) -> Path | None:
    found = sorted(path.parent.glob(_pattern(path.name) + _RESTORED + "*Z"))
    return found[0] if found else None


def _pattern(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _remove(path: Path) -> None:
    for file in (path, _beside(path, "-journal"), wal_of(path), shm_of(path)):
        with suppress(FileNotFoundError):
            file.unlink()


def _sync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
