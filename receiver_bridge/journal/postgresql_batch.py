"""One group commit of the PostgreSQL journal: the rows, and the one message that writes them.

Why the order holds. The batches of all bridges take turns under a lock that ends with their
transaction, after the commit is on disk and visible. So positions become visible in the order in
which they are numbered, nobody reads past a gap that is filled later, and whoever looks for the
frame before on a line finds it. A sender of signals does not remember up to where it has read,
either: what is pending is asked anew each time, oldest first. A panel that waits for its
acknowledgement before it sends the next record has them in its own order, through whichever bridge
each of them came. The price, one bridge's disk write waiting for another's, is paid once a batch.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..clock import to_iso, utc_now
from ..signal import Signal, storable
from .base import Append, JournalError
from .elapsed import Moment
from .postgresql_connection import Connection

_LATE: Final = 0.5
"""Seconds after which a frame counts as one that may have been overtaken by its own retry."""

# One message: one round trip, one transaction, one fsync. The statements see one after another what
# has been committed before each of them, so the last one sees all that the lock has waited for.
_NOTIFY: Final = "SELECT pg_notify(%(channel)s, name) FROM unnest(%(notify)s::text[]) AS name;"
_LOCK: Final = "SELECT pg_advisory_xact_lock(%(lock)s);"

# What a frame repeats: the frame before on its line when that says the same and is not too old. A
# frame that comes late, because its bridge was frozen or cut off, has perhaps come in over another
# bridge meanwhile, and others after it: then any frame that says the same and was written since.
_INSERT: Final = f"""
WITH timely AS MATERIALIZED (
    SELECT 1 WHERE clock_timestamp() < to_timestamp(%(until)s)
), taken AS (
    UPDATE {{schema}}.tick SET taken_at = %(now)s WHERE number = %(tick)s AND taken_at IS NULL
        AND withdrawn_at IS NULL AND EXISTS (SELECT FROM timely)
    RETURNING number
), kept AS (
    INSERT INTO {{schema}}.memory SELECT name, value
    FROM unnest(%(kept)s::text[], %(values)s::text[]) AS new (name, value), timely
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
), forgotten AS (
    DELETE FROM {{schema}}.memory USING timely WHERE name = ANY(%(forgotten)s::text[])
), added AS (
    INSERT INTO {{schema}}.signal
        (epoch, receiver, seq, journaled_at, link, fingerprint, part, repeat_of, body)
    SELECT %(epoch)s, frame.receiver, frame.seq, %(now)s, frame.link, frame.fingerprint, frame.part,
        coalesce(frame.repeat_of,
            first.epoch || ':' || first.receiver || ':' || (first.seq + frame.part)),
        frame.body
    FROM unnest(%(receiver)s::text[], %(seq)s::bigint[], %(link)s::text[], %(fingerprint)s::text[],
            %(part)s::int[], %(repeat_of)s::text[], %(ask)s::text[], %(window)s::float[],
            %(came)s::float[], %(body)s::text[]) WITH ORDINALITY
        AS frame
            (receiver, seq, link, fingerprint, part, repeat_of, ask, within, came, body, number)
    LEFT JOIN LATERAL (
        (SELECT before.epoch, before.receiver, before.seq FROM (
            SELECT epoch, receiver, seq, fingerprint, written_at FROM {{schema}}.signal
            WHERE link = frame.ask COLLATE "C" AND part = 0
            ORDER BY position DESC LIMIT 1) AS before
         WHERE before.fingerprint = frame.fingerprint COLLATE "C"
            AND before.written_at >= clock_timestamp() - frame.within * interval '1 second')
        UNION ALL
        (SELECT since.epoch, since.receiver, since.seq FROM (
            SELECT epoch, receiver, seq, fingerprint, written_at FROM {{schema}}.signal
            WHERE link = frame.ask COLLATE "C" AND part = 0
                AND fingerprint = frame.fingerprint COLLATE "C"
                AND to_timestamp(frame.came) < clock_timestamp() - interval '{_LATE} second'
            ORDER BY position DESC LIMIT 1) AS since
         WHERE since.written_at >= to_timestamp(frame.came))
        LIMIT 1
    ) AS first ON true
    WHERE EXISTS (SELECT FROM timely) AND (%(tick)s IS NULL OR EXISTS (SELECT FROM taken))
    ORDER BY frame.number
    RETURNING receiver, seq, repeat_of
)
SELECT (SELECT count(*) FROM timely), count(*),
    array_agg(receiver) FILTER (WHERE repeat_of IS NOT NULL),
    array_agg(seq) FILTER (WHERE repeat_of IS NOT NULL),
    array_agg(repeat_of) FILTER (WHERE repeat_of IS NOT NULL),
    extract(epoch FROM clock_timestamp())::float
FROM added
"""
_THERE: Final = """
SELECT receiver, seq, repeat_of FROM {schema}.signal
WHERE epoch = %s AND (receiver, seq) IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))
"""
# A commit that waits for this one's place in the log is as durable as this one.
_CONFIRM: Final = """
INSERT INTO {schema}.memory VALUES ('last commit in doubt', %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""

_COLUMNS: Final = (
    *("receiver", "seq", "link", "fingerprint", "part", "repeat_of", "ask", "window"),
    *("came", "body"),
)

Repeats = Mapping[tuple[str, int], str]
"""What the server found: receiver and number -> uid of the signal that is repeated."""


class TooLate(JournalError):
    """Nothing has been written."""


@dataclass(eq=False, slots=True)
class Entry:
    """An append in the queue; ``queued`` bounds how long its sender may wait."""

    append: Append
    queued: Moment


@dataclass(slots=True)
class Batch:
    """Entries with their numbers given. ``sequence`` is the last number of each receiver once the
    batch is written; until then nothing is known of it outside."""

    epoch: str
    entries: Sequence[Entry]
    sequence: dict[str, int]
    signals: list[tuple[Signal, ...]] = field(default_factory=list)
    now: str = field(default_factory=lambda: to_iso(utc_now()))
    tick: int | None = None
    _memory: dict[str, str | None] = field(default_factory=dict)
    _rows: list[tuple[Any, ...]] = field(default_factory=list)

    def number(self, ahead: float) -> None:
        """Give every draft its number. ``ahead``: the server's time minus our running clock."""
        last: dict[str, tuple[str | None, tuple[str, ...]]] = {}
        for entry in self.entries:
            append = entry.append
            self.tick = append.tick if append.tick is not None else self.tick
            self._memory |= append.remember
            link = ask = None if append.link is None else storable(append.link)
            first: tuple[str, ...] = ()
            if link is not None and link in last:
                # The frame before is in this very batch, where the server cannot look.
                said, uids = last[link]
                first, ask = (uids if said == append.fingerprint else ()), None
            came = append.not_before if append.not_before is not None else entry.queued.running
            signals = []
            for part, draft in enumerate(append.drafts):
                seq = self.sequence[draft.receiver] = self.sequence.get(draft.receiver, 0) + 1
                uid = f"{self.epoch}:{draft.receiver}:{seq}"
                signal = Signal(uid, self.now, None, draft)
                body = signal.as_json()
                repeat_of = first[part] if part < len(first) else None
                signals.append(signal._replace(repeat_of=repeat_of))
                self._rows.append(
                    (
                        *(draft.receiver, seq, link, append.fingerprint, part, repeat_of, ask),
                        *(append.repeat_window, came + ahead, body),
                    )
                )
            self.signals.append(tuple(signals))
            if link is not None:
                last[link] = (append.fingerprint, tuple(signal.uid for signal in signals))

    @property
    def receivers(self) -> list[str]:
        return sorted({row[0] for row in self._rows})

    def write(
        self, connection: Connection, schema: str, notify: Sequence[str], until: float, wait: float
    ) -> tuple[Repeats | None, float]:
        """Write all of it or nothing: what the server found, None when the tick is taken already;
        and the server's time.

        ``until`` is the server's time after which it must not do it any more: a message may lie
        in a network for long. Raises TooLate, Refused and Unreachable; after the last one nobody
        knows what has been done.
        """
        parameters: dict[str, Any] = {
            name: [row[index] for row in self._rows] for index, name in enumerate(_COLUMNS)
        }
        kept = {name: value for name, value in self._memory.items() if value is not None}
        parameters |= {
            "lock": zlib.crc32(f"receiver_bridge {schema}".encode()),
            "channel": schema,
            "notify": list(notify),
            "epoch": self.epoch,
            "now": self.now,
            "until": until,
            "tick": self.tick,
            "kept": list(kept),
            "values": list(kept.values()),
            "forgotten": [name for name, value in self._memory.items() if value is None],
        }
        statement = (_NOTIFY if notify else "") + _LOCK + _INSERT
        [(timely, count, *repeats, time)] = connection.execute(statement, parameters, wait)
        if not timely:
            raise TooLate("the server got the signals too late")
        if self.tick is not None and count == 0:
            return None, time
        receivers, numbers, uids = (column or () for column in repeats)
        return dict(zip(zip(receivers, numbers, strict=True), uids, strict=True)), time

    def find(self, connection: Connection) -> Repeats | None:
        """Whether a commit in doubt has happened: None when it has not. What is found is as
        durable as any commit when this returns. Raises Refused and Unreachable."""
        receivers, numbers = (
            list(column) for column in zip(*(row[:2] for row in self._rows), strict=True)
        )
        rows = connection.execute(_THERE, (self.epoch, receivers, numbers))
        if not rows:
            return None
        connection.execute(_CONFIRM, (f"{self.now} {self.epoch}",))
        return {(receiver, seq): uid for receiver, seq, uid in rows if uid is not None}

    def holds(self, entries: Sequence[Entry]) -> bool:
        """Whether these entries are of this batch; they are either all, or none."""
        return bool(entries) and any(entry is entries[0] for entry in self.entries)

    def hand_over(self, repeats: Repeats, entries: Sequence[Entry]) -> None:
        """Tell these appends their uids and signals."""
        wanted = {id(entry) for entry in entries}
        for entry, signals in zip(self.entries, self.signals, strict=True):
            if id(entry) not in wanted:
                continue
            found = tuple(_with_repeat(signal, repeats) for signal in signals)
            entry.append.signals = found
            entry.append.uids = tuple(signal.uid for signal in found)


def _with_repeat(signal: Signal, repeats: Repeats) -> Signal:
    if not repeats:
        return signal
    repeat_of = repeats.get((signal.draft.receiver, int(signal.uid.rpartition(":")[2])))
    return signal if repeat_of is None else signal._replace(repeat_of=repeat_of)
