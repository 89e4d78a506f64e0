"""The last-seen store of bridges that share a PostgreSQL journal: two tables beside it.

Ages are told by the server's clock alone, so that bridges whose clocks differ agree. Commits do not
wait for the server's disk (``synchronous_commit = off``): a crash of it may cost the last moments,
which delays a report and never makes a false one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from ..journal import JournalError
from ..journal.postgresql_connection import Database, Pool
from .last_seen import Batch, Key, LastSeenError, Seen

_ROWS_A_STATEMENT: Final = 5000
_LONG: Final = 6.0
"""Seconds that a statement may take: a server that has vanished must not hold up a stop."""

_SET_UP: Final = """
SELECT pg_advisory_xact_lock(hashtext('receiver_bridge last_seen'));
CREATE TABLE IF NOT EXISTS {schema}.last_seen (
    scope text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    receiver text NOT NULL,
    seen timestamptz NOT NULL,
    PRIMARY KEY (scope, account)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
CREATE TABLE IF NOT EXISTS {schema}.listened (
    receiver text COLLATE "C" PRIMARY KEY,
    began timestamptz NOT NULL,
    until timestamptz NOT NULL
) WITH (fillfactor = 60)
"""

# In one order everywhere: two bridges that write the same rows must not wait for each other.
_SEEN: Final = """
SET LOCAL synchronous_commit = off;
INSERT INTO {schema}.last_seen AS known (scope, account, receiver, seen)
SELECT scope, account, receiver, statement_timestamp() - age * interval '1 second'
FROM unnest(%s::text[], %s::text[], %s::text[], %s::float8[])
    AS heard (scope, account, receiver, age)
ORDER BY scope COLLATE "C", account COLLATE "C"
ON CONFLICT (scope, account) DO UPDATE SET receiver = excluded.receiver, seen = excluded.seen
WHERE excluded.seen > known.seen
"""

_LISTENED: Final = """
SET LOCAL synchronous_commit = off;
INSERT INTO {schema}.listened AS known (receiver, began, until)
SELECT receiver, statement_timestamp(), statement_timestamp()
FROM unnest(%s::text[]) AS receiver ORDER BY receiver COLLATE "C"
ON CONFLICT (receiver) DO UPDATE SET
    began = CASE
        WHEN extract(epoch FROM excluded.until - known.until) BETWEEN -1 AND %s THEN known.began
        ELSE excluded.began END,
    until = excluded.until
"""

_AGE: Final = "extract(epoch FROM statement_timestamp() - seen)::float8"


class PostgresqlLastSeen:
    """Makes its tables at the first use; the schema is the journal's."""

    shared = True

    def __init__(self, database: Database) -> None:
        self._pool = Pool(database, "receiver-bridge last seen")
        self._lock = threading.Lock()
        self._ready = False

    def write(self, batch: Batch) -> None:
        rows = iter(batch.seen.items())
        while chunk := list(islice(rows, _ROWS_A_STATEMENT)):
            self._execute(
                _SEEN,
                (
                    [key[0] for key, _seen in chunk],
                    [_storable(key[1]) for key, _seen in chunk],
                    [seen.receiver for _key, seen in chunk],
                    [seen.age for _key, seen in chunk],
                ),
            )
        if batch.listening:
            self._execute(_LISTENED, (list(batch.listening), batch.grace))

    def read(self, keys: Sequence[Key]) -> dict[Key, Seen]:
        rows = self._execute(
            f"SELECT scope, account, receiver, {_AGE} FROM {{schema}}.last_seen"
            " JOIN unnest(%s::text[], %s::text[]) AS asked (scope, account)"
            " USING (scope, account)",
            ([key[0] for key in keys], [key[1] for key in keys]),
        )
        return {(scope, account): Seen(receiver, age) for scope, account, receiver, age in rows}

    def scope(self, scope: str) -> Iterator[tuple[str, Seen]]:
        rows = self._execute(
            f"SELECT account, receiver, {_AGE} FROM {{schema}}.last_seen WHERE scope = %s",
            (scope,),
        )
        for account, receiver, age in rows:
            yield account, Seen(receiver, age)

    def listened(self) -> Mapping[str, tuple[float, float]]:
        rows = self._execute(
            "SELECT receiver, extract(epoch FROM statement_timestamp() - began)::float8,"
            " extract(epoch FROM statement_timestamp() - until)::float8 FROM {schema}.listened"
        )
        return {receiver: (began, until) for receiver, began, until in rows}

    def forget(self, older_than: float) -> int:
        rows = self._execute(
            "WITH gone AS (DELETE FROM {schema}.last_seen"
            " WHERE seen < statement_timestamp() - %s * interval '1 second' RETURNING 1)"
            " SELECT count(*) FROM gone",
            (older_than,),
        )
        return int(rows[0][0])

    def close(self) -> None:
        self._pool.close()

    def _execute(self, statement: str, parameters: Any = ()) -> list[Any]:
        try:
            with self._lock:
                if not self._ready:
                    self._pool.execute(_SET_UP, seconds=_LONG)
                    self._ready = True
            return self._pool.execute(statement, parameters, seconds=_LONG)
        except JournalError as error:
            raise LastSeenError(f"last seen: {error}") from error


def _storable(account: str) -> str:
    """A stranger may call itself anything; PostgreSQL's text knows no NUL."""
    return account.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
