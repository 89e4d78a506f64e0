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
from .opening import open_admin, open_journal, open_reader, open_tick_writer
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


def warnings(settings: JournalSettings) -> list[str]:
    """What a person must see to at the journal's files. Raises JournalError."""
    if settings.shared:
        return []
    with closing(open_reader(settings)) as reader:
        return describe_quarantined(settings.path, reader.recall)
