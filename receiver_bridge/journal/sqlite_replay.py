"""Sends signals again that were delivered or set aside, also while a bridge is running."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from .base import JournalError


def replay(path: Path, uids: Sequence[str]) -> list[str]:
    """Make these signals pending again; the bridge finds them within seconds.

    Returns the uids that were set back, in the order given; those unknown or pending already are
    not among them. Raises JournalError.
    """
    if not path.is_file():
        raise JournalError(f"journal {path}: there is none")
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            found = [
                uid
                for uid in uids
                if connection.execute(
                    "UPDATE signal SET state = 'pending', settled_at = NULL, reason = NULL"
                    " WHERE uid = ? AND state != 'pending'",
                    (uid,),
                ).rowcount
            ]
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise JournalError(f"journal {path}: {error}") from error
    return found
