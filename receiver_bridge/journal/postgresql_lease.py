"""Leases: which bridge sends a receiver's signals.

A lease is a row with an end by the server's clock. Its holder moves that end on long before it
comes; a holder that is killed, frozen or cut off does not, and another bridge takes the lease, with
a new token. Nobody has to notice the death of anybody. Until when a lease is certainly its own, a
holder knows by its own clock: it counts from *before* it asked for the extension, so its end comes
before the server's.

Two more rules. A holder whose signals do not get through to Odoo offers its lease; a bridge that
does get through asks for it, and the holder hands it over. When nobody gets through, everything
stays where it is. And what is left over of a receiver that is configured nowhere is sent by
whoever finds it, and given back when nothing is left.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..conditions import Conditions
from .base import JournalError
from .elapsed import Moment
from .postgresql_connection import Connection, Database

_logger = logging.getLogger(__name__)

FAILING: Final = "leases_failing"
"""The condition that the leases cannot be kept."""

LEASE_SECONDS: Final = 3.0
"""Together with ``LOOK_EVERY``: how long a receiver's signals wait when its bridge is killed."""
RENEW_EVERY: Final = 0.75
LOOK_EVERY: Final = 0.25
_MARGIN: Final = 0.3
"""Seconds that a holder stops before its lease ends, for clocks that do not run alike."""
_STATEMENT_SECONDS: Final = 1.5

_HOLD_BACK: Final = 2.0
"""Seconds that a bridge leaves to another what it has handed over."""

_RENEW = """
UPDATE {schema}.lease SET expires_at = clock_timestamp() + %s * interval '1 second',
    offered = receiver = ANY(%s::text[]),
    asked_by = CASE WHEN receiver = ANY(%s::text[]) THEN asked_by ELSE '' END
WHERE holder = %s AND receiver = ANY(%s::text[]) RETURNING receiver, token, asked_by
"""
# Free are receivers without a row too. Of two bridges that come at once, the second waits for the
# first one's row and then finds that its end has moved.
_FREE = """
SELECT wanted, receiver IS NULL OR expires_at <= clock_timestamp()
FROM unnest(%s::text[]) AS wanted LEFT JOIN {schema}.lease ON receiver = wanted
WHERE receiver IS NULL
    OR (holder <> %s AND (expires_at <= clock_timestamp() OR (offered AND asked_by = '')))
"""
_LEFT_OVER = """
SELECT wanted FROM unnest(%s::text[]) AS wanted LEFT JOIN {schema}.lease ON receiver = wanted
WHERE (receiver IS NULL OR (holder <> %s AND expires_at <= clock_timestamp() - interval '30 s'))
    AND EXISTS (SELECT FROM {schema}.signal WHERE state = 'pending' AND signal.receiver = wanted)
"""
_DONE = """
SELECT held FROM unnest(%s::text[]) AS held WHERE NOT EXISTS
    (SELECT FROM {schema}.signal WHERE state = 'pending' AND signal.receiver = held)
"""
_ASK = """
UPDATE {schema}.lease SET asked_by = %s
WHERE receiver = ANY(%s::text[]) AND offered AND asked_by = ''
"""
_HAND_OVER = """
UPDATE {schema}.lease
SET holder = '', expires_at = '-infinity', offered = false, asked_by = ''
WHERE holder = %s AND receiver = ANY(%s::text[])
"""
_TAKE = """
INSERT INTO {schema}.lease AS lease (receiver, holder, token, expires_at)
SELECT wanted, %s, 1, clock_timestamp() + %s * interval '1 second'
FROM unnest(%s::text[]) AS wanted ORDER BY wanted
ON CONFLICT (receiver) DO UPDATE SET
    holder = excluded.holder, token = lease.token + 1, offered = false, asked_by = '',
    expires_at = clock_timestamp() + %s * interval '1 second'
WHERE lease.expires_at <= clock_timestamp()
RETURNING receiver, token
"""
_RELEASE = """
UPDATE {schema}.lease SET holder = '', expires_at = '-infinity', offered = false
WHERE holder = %s
"""


@dataclass(frozen=True, slots=True)
class _Held:
    token: int
    asked: Moment

    @property
    def valid(self) -> bool:
        return self.asked.elapsed() < LEASE_SECONDS - _MARGIN


class LeaseKeeper(threading.Thread):
    """Takes what is free, keeps what it has, and listens for what other bridges have written.

    ``on_arrival`` gets a receiver of which another bridge has written signals. While leases cannot
    be kept, a condition holds; signals can be written all the same.
    """

    def __init__(
        self,
        database: Database,
        holder: str,
        on_arrival: Callable[[str], None],
        conditions: Conditions,
    ) -> None:
        super().__init__(name="journal-lease", daemon=True)
        self._database = database
        self._holder = holder
        self._on_arrival = on_arrival
        self._conditions = conditions
        self._wanted: frozenset[str] = frozenset()
        self._left_over: frozenset[str] = frozenset()
        self._stuck: Callable[[str], bool] = lambda receiver: False
        self._able: Callable[[], bool] = lambda: True
        self._hold_back: dict[str, float] = {}
        self._held: dict[str, _Held] = {}
        self._connection: Connection | None = None
        self._renew_at = 0.0
        self._stop_asked = threading.Event()

    def want(
        self,
        receivers: Iterable[str],
        left_over: Iterable[str],
        stuck: Callable[[str], bool],
        able: Callable[[], bool],
    ) -> None:
        """Compete for the leases of these receivers; see :meth:`.base.Journal.compete`."""
        self._stuck, self._able = stuck, able
        self._wanted, self._left_over = frozenset(receivers), frozenset(left_over)

    def token(self, receiver: str) -> int | None:
        """The token of the receiver's lease while it is certainly held; asks nobody."""
        held = self._held.get(receiver)
        return held.token if held is not None and held.valid else None

    def stop(self) -> None:
        """Give everything back, so that another bridge goes on at once."""
        self._stop_asked.set()
        if self.is_alive():
            self.join(LEASE_SECONDS)

    def run(self) -> None:
        while not self._stop_asked.is_set():
            try:
                self._round()
            except JournalError as error:
                self._conditions.set(FAILING, f"signals are kept and may not be sent: {error}")
                self._disconnect()
                self._stop_asked.wait(LOOK_EVERY)
            except Exception as error:
                # Without this thread nothing would ever be delivered again.
                _logger.exception("leases cannot be kept")
                self._conditions.set(FAILING, f"signals are kept and may not be sent: {error}")
                self._disconnect()
                self._stop_asked.wait(LOOK_EVERY)
            self._tell_lost()
        self._release()

    def _round(self) -> None:
        if self._connection is None:
            self._connection = self._database.connect(f"receiver-bridge leases {self._holder}")
            self._connection.execute("LISTEN {schema}")
            self._renew_at = 0.0
        if time.monotonic() >= self._renew_at:
            self._renew_at = time.monotonic() + RENEW_EVERY
            self._renew(self._connection)
        self._take(self._connection)
        self._conditions.clear(FAILING)
        for receiver in self._connection.notifications(LOOK_EVERY):
            self._on_arrival(receiver)

    def _renew(self, connection: Connection) -> None:
        mine = sorted(self._wanted | self._left_over)
        stuck = [receiver for receiver in self._held if self._stuck(receiver)]
        asked = Moment.now()
        rows = connection.execute(
            _RENEW, (LEASE_SECONDS, stuck, stuck, self._holder, mine), _STATEMENT_SECONDS
        )
        held = {receiver: _Held(token, asked) for receiver, token, _asked_by in rows}
        for receiver in self._held.keys() - held.keys():
            _logger.warning("%s: another bridge sends its signals now", receiver)
        self._held = held
        self._hand_over(connection, [name for name, _token, asked_by in rows if asked_by])
        left_over = sorted(self._left_over & held.keys())
        if left_over:
            done = connection.execute(_DONE, (left_over,), _STATEMENT_SECONDS)
            self._hand_over(connection, [receiver for (receiver,) in done])

    def _hand_over(self, connection: Connection, receivers: Sequence[str]) -> None:
        if not receivers:
            return
        # First we stop, then others may begin.
        self._held = {name: one for name, one in self._held.items() if name not in receivers}
        until = time.monotonic() + _HOLD_BACK
        self._hold_back |= dict.fromkeys(receivers, until)
        connection.execute(_HAND_OVER, (self._holder, list(receivers)), _STATEMENT_SECONDS)
        for receiver in receivers:
            _logger.warning("%s: its lease is handed over", receiver)

    def _take(self, connection: Connection) -> None:
        rows = connection.execute(_FREE, (sorted(self._wanted), self._holder), _STATEMENT_SECONDS)
        offered = [receiver for receiver, is_free in rows if not is_free]
        if offered and self._able():
            connection.execute(_ASK, (self._holder, offered), _STATEMENT_SECONDS)
        free = [receiver for receiver, is_free in rows if is_free]
        if self._left_over:
            wanted = sorted(self._left_over)
            rows = connection.execute(_LEFT_OVER, (wanted, self._holder), _STATEMENT_SECONDS)
            free += [receiver for (receiver,) in rows]
        now = time.monotonic()
        free = [receiver for receiver in free if self._hold_back.get(receiver, 0.0) <= now]
        if not free:
            return
        asked = Moment.now()
        taken = connection.execute(
            _TAKE, (self._holder, LEASE_SECONDS, free, LEASE_SECONDS), _STATEMENT_SECONDS
        )
        for receiver, token in taken:
            self._held = {**self._held, receiver: _Held(token, asked)}
            _logger.info("%s: this bridge sends its signals now (lease %d)", receiver, token)

    def _tell_lost(self) -> None:
        for receiver, held in list(self._held.items()):
            if not held.valid:
                _logger.error("%s: the lease could not be kept; not sending", receiver)
                self._held = {name: one for name, one in self._held.items() if name != receiver}

    def _release(self) -> None:
        self._held = {}
        try:
            if self._connection is not None:
                self._connection.execute(_RELEASE, (self._holder,), _STATEMENT_SECONDS)
        except JournalError as error:
            _logger.warning("leases are not given back, they run out by themselves: %s", error)
        self._disconnect()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
