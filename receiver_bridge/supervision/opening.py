"""The last-seen store that goes with the journal: this bridge's own file, or shared tables."""

from __future__ import annotations

from ..config import Config
from .last_seen import LastSeen
from .sqlite_last_seen import SqliteLastSeen


def open_last_seen(config: Config) -> LastSeen:
    """Opens nothing yet; psycopg2 is loaded only where the journal is a PostgreSQL."""
    journal = config.journal
    if not journal.shared:
        return SqliteLastSeen(config.last_seen_path)
    from ..journal.postgresql_connection import Database
    from .postgresql_last_seen import PostgresqlLastSeen

    return PostgresqlLastSeen(Database(journal.url, journal.password, journal.schema))
