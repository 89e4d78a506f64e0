"""The journal that the configuration names: a file of this bridge's own, or a shared PostgreSQL.

psycopg2 is loaded only where there is such an address: it costs a bridge that has no use for it
memory and a second at the start.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from ..conditions import Conditions
from ..config import JournalSettings
from .base import Commit, Journal, JournalAdmin, JournalError, JournalReader, TickWriter
from .gathering import CallSoon, at_once

if TYPE_CHECKING:
    from .postgresql_connection import Database


def open_journal(
    settings: JournalSettings,
    bridge: str,
    call_done: Callable[[Callable[[], None]], object],
    on_commit: Callable[[Commit], None],
    conditions: Conditions | None = None,
    call_soon: CallSoon = at_once,
) -> Journal:
    """The bridge's writer. ``bridge``: its name, for whoever looks who sends what; the others as in
    :class:`SqliteJournal`. Raises JournalError."""
    if settings.shared:
        database = _database(settings)
        from .postgresql import PostgresqlJournal

        return PostgresqlJournal(
            *(database, bridge, settings.retention_days, call_done, on_commit),
            *(conditions, call_soon),
        )
    from .sqlite import SqliteJournal

    return SqliteJournal(
        *(settings.path, settings.retention_days, call_done, on_commit),
        *(conditions, settings.min_free, call_soon),
    )


def open_reader(settings: JournalSettings) -> JournalReader:
    """Reads a journal beside the bridge; raises JournalError when there is none."""
    if settings.shared:
        database = _database(settings)
        from .postgresql_connection import Pool
        from .postgresql_reader import PostgresqlReader
        from .postgresql_schema import check

        pool = Pool(database, "receiver-bridge reader")
        try:
            with pool.connection() as connection:
                check(connection, database)
        except JournalError:
            pool.close()
            raise
        return PostgresqlReader(pool)
    from .sqlite_reader import SqliteReader

    return SqliteReader(settings.path)


def open_admin(settings: JournalSettings) -> JournalAdmin:
    """Works on a journal beside the bridge; raises JournalError when there is none."""
    if settings.shared:
        from .postgresql_reader import PostgresqlAdmin

        open_reader(settings).close()
        return PostgresqlAdmin(_database(settings))
    from .sqlite_admin import SqliteAdmin

    return SqliteAdmin(settings.path)


def open_tick_writer(settings: JournalSettings) -> TickWriter:
    """Writes ticks beside the bridge; raises JournalError when there is no journal."""
    if settings.shared:
        from .postgresql_reader import PostgresqlTickWriter

        open_reader(settings).close()
        return PostgresqlTickWriter(_database(settings))
    from .sqlite_ticks import SqliteTickWriter

    return SqliteTickWriter(settings.path)


def warnings(settings: JournalSettings) -> list[str]:
    """What a person must see to at the journal's files. Raises JournalError."""
    if settings.shared:
        return []
    from .sqlite_quarantine import describe_quarantined

    with closing(open_reader(settings)) as reader:
        return describe_quarantined(settings.path, reader.recall)


def _database(settings: JournalSettings) -> Database:
    try:
        from .postgresql_connection import Database
    except ImportError as error:
        raise JournalError(f"journal {settings.url}: {error}; install psycopg2-binary") from None
    return Database(settings.url, settings.password, settings.schema)
