"""The file that keeps Odoo's configuration: its tables, and what it is opened with.

``state`` has the rows ``salt`` (in the clear), ``transfer`` and ``receivers`` (sealed). ``account``
has what the bridge needs of every account in memory, ``entry`` what is read on demand; both are
found by the hidden name of group and account. ``generation`` tells what a completed full transfer
has named from what it has not.
"""

from __future__ import annotations

from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS account (
    identity BLOB PRIMARY KEY,
    generation INTEGER NOT NULL,
    sealed BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS entry (identity BLOB PRIMARY KEY, sealed BLOB NOT NULL);
"""

RECEIVERS: Final = b"receivers"
"""The place that the row ``receivers`` is sealed for; an identity is the place of all others."""

TRANSFER: Final = b"transfer"


def entry_place(identity: bytes) -> bytes:
    """Where an entry is sealed for: not the place of the same account's settings."""
    return b"entry" + identity
