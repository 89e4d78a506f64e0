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
    SignalState,
    SignalStatus,
    Stored,
    Tick,
    Ticked,
    TickWriter,
)
from .sqlite import SqliteJournal
from .sqlite_reader import SqliteReader
from .sqlite_ticks import SqliteTickWriter

__all__ = [
    "Append",
    "Commit",
    "DeadSignal",
    "Journal",
    "JournalError",
    "JournalReader",
    "Pending",
    "RecentFrame",
    "SignalState",
    "SignalStatus",
    "SqliteJournal",
    "SqliteReader",
    "SqliteTickWriter",
    "Stored",
    "Tick",
    "TickWriter",
    "Ticked",
]
