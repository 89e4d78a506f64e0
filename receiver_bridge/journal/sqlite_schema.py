"""Tables of the SQLite journal.

``position`` orders the journal; ``body`` is the signal's JSON as Odoo gets it. ``link``,
``fingerprint`` and ``part`` (index of the event in its frame) let a retry be known as one after a
restart. ``checksum`` covers uid and body, because SQLite itself does not notice a bit that flips in
a value; rows of a journal from before there was one have none. ``memory`` keeps small values such
as which lines were reported silent. ``tick`` says who handled which signal at the bridge's own
display; a bridge has ``taken`` it once it is a signal.
"""

from __future__ import annotations

import sqlite3
import zlib
from typing import Final

TICK_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS tick (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL,
    receiver TEXT NOT NULL,
    account TEXT,
    by TEXT NOT NULL,
    at TEXT NOT NULL,
    note TEXT NOT NULL,
    taken_at TEXT,
    withdrawn_at TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS tick_uid ON tick (uid) WHERE withdrawn_at IS NULL;
CREATE INDEX IF NOT EXISTS tick_open ON tick (number)
    WHERE taken_at IS NULL AND withdrawn_at IS NULL;
"""

SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS signal (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    receiver TEXT NOT NULL,
    journaled_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
    settled_at TEXT,
    reason TEXT,
    link TEXT,
    fingerprint TEXT,
    part INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL,
    checksum INTEGER
);
CREATE INDEX IF NOT EXISTS signal_pending ON signal (receiver, position) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS signal_dead ON signal (receiver, position) WHERE state = 'dead';
CREATE INDEX IF NOT EXISTS signal_delivered ON signal (settled_at) WHERE state = 'delivered';
CREATE TABLE IF NOT EXISTS memory (name TEXT PRIMARY KEY, value TEXT NOT NULL);
{TICK_SCHEMA}"""


def create_tables(connection: sqlite3.Connection) -> None:
    """All tables and indexes, where they are not there yet; raises sqlite3.Error."""
    connection.executescript(SCHEMA)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(signal)")]
    if "checksum" not in columns:
        connection.execute("ALTER TABLE signal ADD COLUMN checksum INTEGER")


def checksum(uid: str, body: str) -> int:
    """CRC-32 over uid and body; of text that is not UTF-8 it is never that of a journaled row."""
    return zlib.crc32(f"{uid}\n{body}".encode("utf-8", "surrogatepass"))
