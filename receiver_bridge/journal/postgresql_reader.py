"""Reads a PostgreSQL journal, and works on one from beside the bridge."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from ..clock import to_iso, utc_now
from ..signal import storable
from .base import (
    DeadSignal,
    ExportedSignal,
    Pending,
    RecentFrame,
    SignalStatus,
    Stored,
    Tick,
    Ticked,
)
from .postgresql_connection import Database, Pool

_UID: Final = "epoch || ':' || receiver || ':' || seq"
_STORED: Final = (
    f"SELECT position, {_UID}, state, settled_at, reason, body, repeat_of FROM {{schema}}.signal"
)
_TICK: Final = "number, uid, receiver, account, by, at, note, taken_at, withdrawn_at"
_OPEN: Final = "taken_at IS NULL AND withdrawn_at IS NULL"
_PORTION: Final = 2000
_COUNT_SECONDS: Final = 60


def split_uid(uid: str) -> tuple[str, str, int] | None:
    """Epoch, receiver and number of ``<epoch>:<receiver>:<seq>``; None for any other text."""
    epoch, _, rest = uid.partition(":")
    receiver, _, seq = rest.rpartition(":")
    if not (epoch and receiver and seq.isascii() and seq.isdigit() and len(seq) <= 18):
        return None
    return epoch, receiver, int(seq)


def number_of(uid: str) -> tuple[str, str, int]:
    """The same of a uid that the journal itself has given; ValueError for any other text."""
    named = split_uid(uid)
    if named is None:
        raise ValueError(f"{uid!r} is no uid of a journal")
    return named


def whole_body(body: str, repeat_of: str | None) -> str:
    """The signal's JSON with what it repeats. Of its members only uid and journaled_at come before
    that one, so the first of this name is the right one."""
    if repeat_of is None:
        return body
    return body.replace('"repeat_of":null', f'"repeat_of":{json.dumps(repeat_of)}', 1)


class PostgresqlReader:
    """Usable from any thread; every method raises JournalError."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def pending(self, receiver: str, limit: int, after: int = 0) -> list[Pending]:
        rows = self._pool.execute(
            f"SELECT position, {_UID}, body, repeat_of FROM {{schema}}.signal"
            " WHERE state = 'pending' AND receiver = %s AND position > %s"
            " ORDER BY position LIMIT %s",
            (receiver, after, limit),
        )
        return [
            Pending(position, uid, whole_body(body, repeat_of))
            for position, uid, body, repeat_of in rows
        ]

    def pending_counts(self) -> dict[str, int]:
        return self._counts("pending")

    def dead_counts(self) -> dict[str, int]:
        return self._counts("dead")

    def delivered_count(self) -> int:
        # The one question that reads all of a long journal; only people ask it.
        rows = self._pool.execute(
            f"SET LOCAL statement_timeout = '{_COUNT_SECONDS}s';"
            " SELECT count(*) FROM {schema}.signal WHERE state = 'delivered'",
            seconds=_COUNT_SECONDS,
        )
        return int(rows[0][0])

    def dead(self, limit: int) -> list[DeadSignal]:
        rows = self._pool.execute(
            f"SELECT {_UID}, settled_at, reason, body, repeat_of FROM {{schema}}.signal"
            " WHERE state = 'dead' ORDER BY position DESC LIMIT %s",
            (limit,),
        )
        return [
            DeadSignal(uid, to_iso(settled_at), reason, whole_body(body, repeat_of))
            for uid, settled_at, reason, body, repeat_of in rows
        ]

    def recent_frames(self, since: str) -> list[RecentFrame]:
        """Frames whose parts were all written; the server finds repeats without this list."""
        rows = self._pool.execute(
            f"SELECT link, fingerprint, journaled_at, array_agg({_UID} ORDER BY position)"
            " FROM {schema}.signal WHERE link IS NOT NULL AND journaled_at >= %s"
            " GROUP BY link, fingerprint, journaled_at, epoch, seq - part ORDER BY min(position)",
            (since,),
        )
        return [RecentFrame(link, said, at, tuple(uids)) for link, said, at, uids in rows]

    def recall(self, name: str) -> str | None:
        rows = self._pool.execute("SELECT value FROM {schema}.memory WHERE name = %s", (name,))
        return str(rows[0][0]) if rows else None

    def recall_all(self, prefix: str) -> dict[str, str]:
        return dict(
            self._pool.execute(
                "SELECT name, value FROM {schema}.memory WHERE starts_with(name, %s)", (prefix,)
            )
        )

    def newest(self, limit: int) -> list[Stored]:
        rows = self._pool.execute(f"{_STORED} ORDER BY position DESC LIMIT %s", (limit,))
        return [_stored(row) for row in reversed(rows)]

    def after(self, position: int, limit: int) -> list[Stored]:
        query = f"{_STORED} WHERE position > %s ORDER BY position LIMIT %s"
        return [_stored(row) for row in self._pool.execute(query, (position, limit))]

    def waiting(self, receiver: str, position: int, limit: int) -> list[Stored]:
        query = (
            f"{_STORED} WHERE state = 'pending' AND receiver = %s AND position > %s"
            " ORDER BY position LIMIT %s"
        )
        return [_stored(row) for row in self._pool.execute(query, (receiver, position, limit))]

    def statuses(self, positions: Collection[int]) -> dict[int, SignalStatus]:
        rows = self._pool.execute(
            "SELECT position, state, settled_at, reason FROM {schema}.signal"
            " WHERE position = ANY(%s::bigint[])",
            (list(positions),),
        )
        return {
            position: SignalStatus(state, _iso(settled_at), reason)
            for position, state, settled_at, reason in rows
        }

    def ticks(self, limit: int) -> list[Tick]:
        rows = self._pool.execute(
            f"SELECT {_TICK} FROM {{schema}}.tick"
            " WHERE number > (SELECT max(number) FROM {schema}.tick) - %s"
            f" UNION SELECT {_TICK} FROM {{schema}}.tick WHERE {_OPEN} ORDER BY number",
            (limit,),
        )
        return [Tick(*row) for row in rows]

    def ticks_to_take(self, before: str, limit: int) -> list[Tick]:
        rows = self._pool.execute(
            f"SELECT {_TICK} FROM {{schema}}.tick WHERE {_OPEN} AND at < %s AND NOT EXISTS"
            " (SELECT FROM {schema}.signal WHERE state = 'pending'"
            " AND epoch = split_part(uid, ':', 1) AND signal.receiver = tick.receiver"
            " AND seq = split_part(uid, ':', 3)::bigint)"
            " ORDER BY number LIMIT %s",
            (before, limit),
        )
        return [Tick(*row) for row in rows]

    def close(self) -> None:
        self._pool.close()

    def _counts(self, state: str) -> dict[str, int]:
        # The state is written out: a partial index serves only a query that names its condition.
        return dict(
            self._pool.execute(
                f"SELECT receiver, count(*) FROM {{schema}}.signal WHERE state = '{state}'"
                " GROUP BY receiver"
            )
        )


class PostgresqlTickWriter:
    """A display's own hand on the journal; every method raises JournalError."""

    def __init__(self, database: Database) -> None:
        self._pool = Pool(database, "receiver-bridge watch")
        # Says at once when there is no journal, or none that may be written.
        self._pool.execute("DELETE FROM {schema}.tick WHERE number < 0")

    def tick(self, signals: Sequence[Ticked], by: str, note: str) -> list[str]:
        now = to_iso(utc_now())
        known = [signal for signal in signals if split_uid(signal.uid) is not None]
        rows = self._pool.execute(
            "INSERT INTO {schema}.tick (uid, receiver, account, by, at, note)"
            " SELECT uid, receiver, account, %s, %s, %s"
            " FROM unnest(%s::text[], %s::text[], %s::text[]) AS new (uid, receiver, account)"
            " ON CONFLICT DO NOTHING RETURNING uid",
            (
                *(storable(by), now, storable(note)),
                [signal.uid for signal in known],
                [signal.receiver for signal in known],
                [signal.account for signal in known],
            ),
        )
        return [uid for (uid,) in rows]

    def withdraw(self, uids: Sequence[str]) -> list[str]:
        rows = self._pool.execute(
            "UPDATE {schema}.tick SET withdrawn_at = %s"
            f" WHERE uid = ANY(%s::text[]) AND {_OPEN} RETURNING uid",
            (to_iso(utc_now()), list(uids)),
        )
        return [uid for (uid,) in rows]

    def close(self) -> None:
        self._pool.close()


class PostgresqlAdmin:
    """The operator's work on a journal; every method raises JournalError."""

    def __init__(self, database: Database) -> None:
        self._pool = Pool(database, "receiver-bridge journal")

    def replay(self, uids: Sequence[str]) -> list[str]:
        found = {uid for uid in uids if self._set_back_one(uid)}
        return [uid for uid in uids if uid in found]

    def replay_since(self, since: str) -> int:
        return sum(
            len(
                self._pool.execute(
                    "UPDATE {schema}.signal SET state = 'pending', settled_at = NULL, reason = NULL"
                    " WHERE position BETWEEN %s AND %s AND journaled_at >= %s"
                    " AND state <> 'pending' RETURNING 1",
                    (low, high, since),
                )
            )
            for low, high in self._portions()
        )

    def export(self, since: str | None = None) -> Iterator[ExportedSignal]:
        for low, high in self._portions():
            rows: list[Any] = self._pool.execute(
                f"SELECT {_UID}, receiver, journaled_at, state, settled_at, reason, body, repeat_of"
                " FROM {schema}.signal WHERE position BETWEEN %s AND %s AND journaled_at >= %s"
                " ORDER BY position",
                (low, high, since or ""),
            )
            for uid, receiver, at, state, settled_at, reason, body, repeat_of in rows:
                whole = whole_body(body, repeat_of)
                yield ExportedSignal(uid, receiver, at, state, _iso(settled_at), reason, whole)

    def _portions(self) -> Iterator[tuple[int, int]]:
        """Ranges of positions, as far as there are signals now: each is read, or changed, in a
        time that does not grow with the journal."""
        [(first, last)] = self._pool.execute(
            "SELECT min(position), max(position) FROM {schema}.signal"
        )
        for low in range(first or 0, (last or -1) + 1, _PORTION):
            yield low, low + _PORTION - 1

    def close(self) -> None:
        self._pool.close()

    def _set_back_one(self, uid: str) -> bool:
        named = split_uid(uid)
        if named is None:
            return False
        return bool(
            self._pool.execute(
                "UPDATE {schema}.signal SET state = 'pending', settled_at = NULL, reason = NULL"
                " WHERE epoch = %s AND receiver = %s AND seq = %s AND state <> 'pending'"
                " RETURNING position",
                named,
            )
        )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else to_iso(moment)


def _stored(row: Any) -> Stored:
    position, uid, state, settled_at, reason, body, repeat_of = row
    status = SignalStatus(state, _iso(settled_at), reason)
    return Stored(position, uid, status, whole_body(body, repeat_of))
