"""The journal: signals on disk before the sender hears that they have arrived."""

from .base import (
    Append,
    Commit,
    DeadSignal,
    Journal,
    JournalError,
    JournalReader,
    Pending,
    RecentFrame,
)
from .sqlite import SqliteJournal
from .sqlite_reader import SqliteReader

__all__ = [
    "Append",
    "Commit",
    "DeadSignal",
    "Journal",
    "JournalError",
    "JournalReader",
    "Pending",
    "RecentFrame",
    "SqliteJournal",
    "SqliteReader",
]
