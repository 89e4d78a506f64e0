"""The PostgreSQL journal: shared by several bridges, on several machines.

Every bridge writes what comes in at its own doors; of each receiver one bridge at a time sends, all
that is pending, whoever wrote it. See ``postgresql_batch`` for why the order holds,
``postgresql_writer`` for commits in doubt, ``postgresql_lease`` for who sends.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from ..clock import to_iso, utc_now
from ..conditions import Conditions
from ..signal import storable
from .base import Append, Commit, JournalError, LeaseLost, Pending
from .gathering import CallSoon, at_once
from .postgresql_connection import Database, Pool
from .postgresql_lease import LeaseKeeper
from .postgresql_reader import PostgresqlReader, number_of
from .postgresql_schema import set_up
from .postgresql_writer import Writer

_logger = logging.getLogger(__name__)

_PURGE_EVERY = 60.0
_PURGE_ROWS = 500
_PURGE_PAUSE = 0.1

# One statement: fence and change hold or fail together, and a process that is frozen right after
# it keeps nothing locked. The lock on the lease makes a take-over wait for it, or it for that one.
_SETTLE = """
WITH held AS (
    SELECT 1 FROM {schema}.lease
    WHERE receiver = %(receiver)s AND holder = %(holder)s AND token = %(token)s FOR SHARE
), delivered AS (
    UPDATE {schema}.signal SET state = 'delivered', settled_at = clock_timestamp()
    WHERE position = ANY(%(delivered)s::bigint[]) AND state = 'pending'
        AND EXISTS (SELECT FROM held)
), dead AS (
    UPDATE {schema}.signal SET state = 'dead', settled_at = clock_timestamp(), reason = named.reason
    FROM unnest(%(epochs)s::text[], %(seqs)s::bigint[], %(reasons)s::text[])
        AS named (epoch, seq, reason)
    WHERE signal.epoch = named.epoch AND signal.receiver = %(receiver)s AND signal.seq = named.seq
        AND state = 'pending' AND EXISTS (SELECT FROM held)
)
SELECT count(*) FROM held
"""
_REMEMBER = """
INSERT INTO {schema}.memory VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
# A frame of the last hour is still needed to know its retry.
_PURGE = """
DELETE FROM {schema}.signal WHERE position IN (
    SELECT position FROM {schema}.signal WHERE state = 'delivered'
        AND settled_at < clock_timestamp() - greatest(%s * interval '1 day', interval '1 hour')
    LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING 1
"""
_PURGE_TICKS = """
DELETE FROM {schema}.tick WHERE taken_at < %s OR withdrawn_at < %s
"""


class PostgresqlJournal:
    """``call_done`` runs the ``done`` callbacks of one commit, all in one call (an event loop's
    ``call_soon_threadsafe``); ``on_commit`` is told of every commit, in a thread of the journal,
    also of what another bridge has written (with no duration: ``seconds`` is 0). While it cannot be
    written, the condition ``journal_failing`` holds; ``leases_failing``
    while it cannot be known whose signals to send. ``call_soon`` is for the thread that makes the
    journal (see ``GatheringQueue``)."""

    finds_repeats = True
    shared = True

    def __init__(
        self,
        database: Database,
        bridge: str = "",
        retention_days: float = 7.0,
        call_done: Callable[[Callable[[], None]], object] = lambda callback: callback(),
        on_commit: Callable[[Commit], None] = lambda commit: None,
        conditions: Conditions | None = None,
        call_soon: CallSoon = at_once,
    ) -> None:
        """Makes or migrates the tables; raises JournalError when that cannot be done."""
        self.epoch = secrets.token_hex(16)
        self._database = database
        self._holder = f"{bridge} {self.epoch}".strip()
        self._retention = retention_days
        connection = database.connect(Writer.purpose(self.epoch))
        try:
            set_up(connection, database)
        except JournalError:
            connection.close()
            raise
        if not connection.durable:
            _logger.warning(
                "journal %s: the server runs with fsync or full_page_writes off: what is"
                " acknowledged is lost when its machine fails",
                database.name,
            )
        self._pool = Pool(database, f"receiver-bridge reader {self.epoch}")
        self.reader = PostgresqlReader(self._pool)
        conditions = conditions or Conditions()
        self._leases = LeaseKeeper(
            database,
            self._holder,
            lambda receiver: on_commit(Commit({receiver: 0}, 0.0)),
            conditions,
        )
        self._writer = Writer(
            *(database, self.epoch, connection, call_done, on_commit),
            *(self.holds, conditions, call_soon),
        )
        self._stop_asked = threading.Event()
        self._purger = threading.Thread(target=self._purge, name="journal-purge", daemon=True)
        self._writer.start()
        self._leases.start()
        self._purger.start()

    @property
    def healthy(self) -> bool:
        """Not of the leases: what is kept here another bridge may send, or this one later."""
        return self._writer.healthy

    def append(self, append: Append) -> None:
        self._writer.append(append)

    def compete(
        self,
        receivers: Iterable[str],
        left_over: Iterable[str] = (),
        stuck: Callable[[str], bool] = lambda receiver: False,
        able: Callable[[], bool] = lambda: True,
    ) -> None:
        self._leases.want(receivers, left_over, stuck, able)

    def lease(self, receiver: str) -> int | None:
        return self._leases.token(receiver)

    def holds(self, receiver: str) -> bool:
        return self.lease(receiver) is not None

    def settle(
        self, delivered: Sequence[Pending], dead: Mapping[str, str], token: int | None = None
    ) -> None:
        uid = next(iter(dead), delivered[0].uid if delivered else None)
        if uid is None:
            return
        set_aside = {number_of(uid): storable(reason) for uid, reason in dead.items()}
        [(held,)] = self._pool.execute(
            _SETTLE,
            {
                "receiver": number_of(uid)[1],
                "holder": self._holder,
                "token": token,
                "delivered": [pending.position for pending in delivered],
                "epochs": [epoch for epoch, _receiver, _seq in set_aside],
                "seqs": [seq for _epoch, _receiver, seq in set_aside],
                "reasons": list(set_aside.values()),
            },
        )
        if not held:
            raise LeaseLost(
                f"{number_of(uid)[1]}: another bridge has taken over; it sends these again"
            )

    def remember(self, name: str, value: str) -> None:
        self._pool.execute(_REMEMBER, (name, value))

    def close(self) -> None:
        """Write what is queued, give the leases back at once, and close."""
        self._stop_asked.set()
        self._writer.close()
        self._leases.stop()
        self._purger.join()
        self._pool.close()

    def _purge(self) -> None:
        pause = _PURGE_EVERY
        while not self._stop_asked.wait(pause):
            pause = _PURGE_EVERY
            try:
                removed = self._pool.execute(_PURGE, (self._retention, _PURGE_ROWS))
                if len(removed) == _PURGE_ROWS:
                    # A full round says that there may be more.
                    pause = _PURGE_PAUSE
                else:
                    before = to_iso(utc_now() - timedelta(days=self._retention))
                    self._pool.execute(_PURGE_TICKS, (before, before))
            except JournalError as error:
                _logger.error("old rows stay: %s", error)
