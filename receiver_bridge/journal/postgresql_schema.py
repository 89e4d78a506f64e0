"""Tables of the PostgreSQL journal, and how they come to be.

``position`` orders the journal; ``body`` is the signal's JSON as Odoo gets it, but for
``repeat_of``, which the server finds and keeps in a column of its own. ``link``, ``fingerprint``
and ``part`` (index of the event in its frame) let a retry be known as one, whichever bridge it
comes to. ``written_at`` and ``settled_at`` are the server's time, ``journaled_at`` is the bridge's.
``lease`` says which bridge may send a receiver's signals. ``memory`` keeps small values such as
which lines were silent. ``tick`` says who handled which signal at a bridge's own display.
"""

from __future__ import annotations

from typing import Final

from .base import JournalError
from .postgresql_connection import Connection, Database, Refused

# One entry a version, applied in order; an entry that has been released is never changed.
_VERSIONS: Final = (
    """
CREATE TABLE {schema}.signal (
    position bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
    epoch text COLLATE "C" NOT NULL,
    receiver text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    journaled_at text COLLATE "C" NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
    settled_at timestamptz,
    reason text,
    link text COLLATE "C",
    fingerprint text COLLATE "C",
    part integer NOT NULL DEFAULT 0,
    repeat_of text,
    body text NOT NULL,
    UNIQUE (epoch, receiver, seq)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX signal_pending ON {schema}.signal (receiver, position) WHERE state = 'pending';
CREATE INDEX signal_dead ON {schema}.signal (receiver, position) WHERE state = 'dead';
CREATE INDEX signal_delivered ON {schema}.signal (settled_at) WHERE state = 'delivered';
CREATE INDEX signal_link ON {schema}.signal (link, position) WHERE part = 0 AND link IS NOT NULL;
CREATE INDEX signal_said ON {schema}.signal (link, fingerprint, position)
    WHERE part = 0 AND link IS NOT NULL;
CREATE TABLE {schema}.memory (name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE {schema}.lease (
    receiver text COLLATE "C" PRIMARY KEY,
    holder text NOT NULL,
    token bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    offered boolean NOT NULL DEFAULT false,
    asked_by text NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
CREATE TABLE {schema}.tick (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid text COLLATE "C" NOT NULL,
    receiver text NOT NULL,
    account text,
    by text NOT NULL,
    at text COLLATE "C" NOT NULL,
    note text NOT NULL,
    taken_at text COLLATE "C",
    withdrawn_at text COLLATE "C"
);
CREATE UNIQUE INDEX tick_uid ON {schema}.tick (uid) WHERE withdrawn_at IS NULL;
CREATE INDEX tick_open ON {schema}.tick (number) WHERE taken_at IS NULL AND withdrawn_at IS NULL;
""",
)


def set_up(connection: Connection, database: Database) -> None:
    """Make or migrate the tables; several bridges may start at the same moment. Raises JournalError
    when the tables are of a newer bridge, or the role may not make them."""
    if _version(connection, database) == len(_VERSIONS):
        return
    # One message, one transaction: the lock ends with it, whatever happens.
    try:
        connection.execute(_migration(connection, database), seconds=30)
    except Refused as error:
        raise JournalError(f"{error}; the role needs CREATE on the database") from None


def check(connection: Connection, database: Database) -> None:
    """Raises JournalError where there is no journal, or one that this release does not know."""
    if _version(connection, database) != len(_VERSIONS):
        raise JournalError(
            f"journal {database.name}: schema {database.schema} holds no journal of this release;"
            " a bridge makes it when it starts"
        )


def _migration(connection: Connection, database: Database) -> str:
    schema = database.schema.replace("'", "''")
    steps = "".join(
        f"IF have < {number} THEN\n{text}\n"
        f"UPDATE {{schema}}.version SET version = {number};\nEND IF;\n"
        for number, text in enumerate(_VERSIONS, start=1)
    )
    return f"""
SET LOCAL statement_timeout = '30s'; SET LOCAL lock_timeout = '30s';
SELECT pg_advisory_xact_lock(hashtext('receiver_bridge ' || '{schema}'));
DO $migration$
DECLARE have integer;
BEGIN
IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '{schema}') THEN
    CREATE SCHEMA {{schema}};
END IF;
CREATE TABLE IF NOT EXISTS {{schema}}.version (version integer NOT NULL);
SELECT version INTO have FROM {{schema}}.version;
IF NOT FOUND THEN
    INSERT INTO {{schema}}.version VALUES (0);
    have := 0;
END IF;
{steps}
END
$migration$
"""


def _version(connection: Connection, database: Database) -> int:
    """0 where there is nothing yet."""
    [(known,)] = connection.execute(
        "SELECT to_regclass(%s) IS NOT NULL", (database.sql("{schema}.version"),)
    )
    rows = connection.execute("SELECT version FROM {schema}.version") if known else []
    version = int(rows[0][0]) if rows else 0
    if version > len(_VERSIONS):
        raise JournalError(
            f"journal {database.name}: schema {database.schema} is of version {version}, this"
            f" bridge knows up to {len(_VERSIONS)}; use a newer bridge"
        )
    return version
