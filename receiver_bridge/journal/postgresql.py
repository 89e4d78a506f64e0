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

from ..signal import storable
from .base import Append, Commit, JournalError, LeaseLost, Pending
from .postgresql_connection import Database, Pool
from .postgresql_lease import LeaseKeeper
from .postgresql_reader import PostgresqlReader, split_uid
from .postgresql_schema import set_up
from .postgresql_writer import Writer

_logger = logging.getLogger(__name__)

_PURGE_EVERY = 60.0
_PURGE_ROWS = 500
_PURGE_PAUSE = 0.1

# One statement: fence and change hold or fail together, and a process that is frozen right after it
# keeps nothing locked. The lock on the lease makes a take-over wait for it, or it for the take-over.
_SETTLE = """
WITH held AS (
    SELECT 1 FROM {schema}.lease
    WHERE receiver = %(receiver)s AND holder = %(holder)s AND token = %(token)s FOR SHARE
), delivered AS (
    UPDATE {schema}.signal SET state = 'delivered', settled_at = clock_timestamp()
    WHERE position = ANY(%(delivered)s) AND state = 'pending' AND EXISTS (SELECT FROM held)
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
_PURGE = """
DELETE FROM {schema}.signal WHERE position IN (
    SELECT position FROM {schema}.signal WHERE state = 'delivered'
        AND settled_at < clock_timestamp() - %s * interval '1 day'
    LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING 1
"""
_PURGE_TICKS = """
DELETE FROM {schema}.tick WHERE taken_at < clock_timestamp() - %s * interval '1 day'
"""


class PostgresqlJournal:
    """``call_done`` runs the ``done`` callbacks of one commit, all in one call (an event loop's
    ``call_soon_threadsafe``); ``on_commit`` is told of every commit, in a thread of the journal,
    also of what another bridge has written (with no duration: ``seconds`` is 0)."""

    finds_repeats = True
    shared = True

    def __init__(
        self,
        database: Database,
        bridge: str = "",
        retention_days: float = 7.0,
        call_done: Callable[[Callable[[], None]], object] = lambda callback: callback(),
        on_commit: Callable[[Commit], None] = lambda commit: None,
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
        self._leases = LeaseKeeper(
            database, self._holder, lambda receiver: on_commit(Commit({receiver: 0}, 0.0))
        )
        self._writer = Writer(
            *(database, self.epoch, connection, call_done, on_commit),
            lambda receiver: self.lease(receiver) is not None,
        )
        self._stop_asked = threading.Event()
        self._purger = threading.Thread(target=self._purge, name="journal-purge", daemon=True)
        self._writer.start()
        self._leases.start()
        self._purger.start()

    @property
    def healthy(self) -> bool:
        return self._writer.healthy and self._leases.failing is None

    def append(self, append: Append) -> None:
        self._writer.append(append)

    def compete(self, receivers: Iterable[str]) -> None:
        """Send the signals of these receivers whenever no other bridge does."""
        self._leases.want(receivers)

    def lease(self, receiver: str) -> int | None:
        return self._leases.token(receiver)

    def settle(
        self, delivered: Sequence[Pending], dead: Mapping[str, str], token: int | None = None
    ) -> None:
        uids = [*dead, *(pending.uid for pending in delivered[:1])]
        named = {uid: split_uid(uid) for uid in uids}
        parts = [(*part, dead.get(uid, "")) for uid, part in named.items() if part is not None]
        if not parts:
            return
        receiver = parts[0][1]
        parts = [part for part, uid in zip(parts, named, strict=True) if uid in dead]
        [(held,)] = self._pool.execute(
            _SETTLE,
            {
                "receiver": receiver,
                "holder": self._holder,
                "token": token,
                "delivered": [pending.position for pending in delivered],
                "epochs": [part[0] for part in parts],
                "seqs": [part[2] for part in parts],
                "reasons": [storable(part[3]) for part in parts],
            },
        )
        if not held:
            raise LeaseLost(f"{receiver}: another bridge has taken over; it sends these again")

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
                    self._pool.execute(_PURGE_TICKS, (self._retention,))
            except JournalError as error:
                _logger.error("old rows stay: %s", error)
