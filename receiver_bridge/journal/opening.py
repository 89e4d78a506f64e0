"""The journal that the configuration names: a file of this bridge's own, or a shared PostgreSQL.

psycopg2 is loaded only where there is such an address: it costs a bridge that has no use for it
memory and a second at the start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..conditions import Conditions
from ..config import JournalSettings
from .base import Commit, Journal, JournalAdmin, JournalError, JournalReader, TickWriter

if TYPE_CHECKING:
    from .postgresql_connection import Database


def open_journal(
    settings: JournalSettings,
    bridge: str,
    call_done: Callable[[Callable[[], None]], object],
    on_commit: Callable[[Commit], None],
    conditions: Conditions,
) -> Journal:
    """The bridge's writer. ``bridge``: its name, for whoever looks who sends what. Raises
    JournalError."""
    if settings.shared:
        database = _database(settings)
        from .postgresql import PostgresqlJournal

        return PostgresqlJournal(
            *(database, bridge, settings.retention_days, call_done, on_commit), conditions
        )
    from .sqlite import SqliteJournal

    return SqliteJournal(
        *(settings.path, settings.retention_days, call_done, on_commit),
        *(conditions, settings.min_free),
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


def _database(settings: JournalSettings) -> Database:
    try:
        from .postgresql_connection import Database
    except ImportError as error:
        raise JournalError(f"journal {settings.url}: {error}; install psycopg2-binary") from None
    return Database(settings.url, settings.password, settings.schema)
