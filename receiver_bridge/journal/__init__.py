"""The journal: signals on disk before the sender hears that they have arrived."""

from .base import (
    Append,
    Commit,
    DeadSignal,
    ExportedSignal,
    Journal,
    JournalAdmin,
    JournalError,
    JournalReader,
    JournalUnavailable,
    LeaseLost,
    Pending,
    RecentFrame,
    SignalState,
    SignalStatus,
    Stored,
    Tick,
    Ticked,
    TickWriter,
)
from .elapsed import Moment
from .opening import open_admin, open_journal, open_reader, open_tick_writer, warnings
from .sqlite import SqliteJournal
from .sqlite_admin import SqliteAdmin
from .sqlite_reader import SqliteReader
from .sqlite_ticks import SqliteTickWriter

__all__ = [
    "Append",
    "Commit",
    "DeadSignal",
    "ExportedSignal",
    "Journal",
    "JournalAdmin",
    "JournalError",
    "JournalReader",
    "JournalUnavailable",
    "LeaseLost",
    "Moment",
    "Pending",
    "RecentFrame",
    "SignalState",
    "SignalStatus",
    "SqliteAdmin",
    "SqliteJournal",
    "SqliteReader",
    "SqliteTickWriter",
    "Stored",
    "Tick",
    "TickWriter",
    "Ticked",
    "open_admin",
    "open_journal",
    "open_reader",
    "open_tick_writer",
    "warnings",
]
