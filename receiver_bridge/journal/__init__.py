"""The journal: signals on disk before the sender hears that they have arrived."""

from contextlib import closing

from ..config.model import JournalSettings
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
from .sqlite_admin import SqliteAdmin
from .sqlite_quarantine import describe_quarantined
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
    "open_reader",
    "warnings",
]


def open_reader(settings: JournalSettings) -> JournalReader:
    """Reads a bridge's journal, whether or not the bridge is running. Raises JournalError."""
    return SqliteReader(settings.path)


def open_admin(settings: JournalSettings) -> JournalAdmin:
    """Works on a bridge's journal, whether or not the bridge is running. Raises JournalError."""
    return SqliteAdmin(settings.path)


def warnings(settings: JournalSettings) -> list[str]:
    """What a person must see to at the journal's files. Raises JournalError."""
    with closing(open_reader(settings)) as reader:
        return describe_quarantined(settings.path, reader.recall)
