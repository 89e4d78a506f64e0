"""Leases: which bridge sends a receiver's signals.

A lease is a row with an end by the server's clock. Its holder moves that end on long before it
comes; a holder that is killed, frozen or cut off does not, and another bridge takes the lease, with
a new token. Nobody has to notice the death of anybody. Until when a lease is certainly its own, a
holder knows by its own clock: it counts from *before* it asked for the extension, so its end comes
before the server's.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from .base import JournalError
from .elapsed import Moment
from .postgresql_connection import Connection, Database

_logger = logging.getLogger(__name__)

LEASE_SECONDS: Final = 3.0
"""Together with ``LOOK_EVERY``: how long a receiver's signals wait when its bridge is killed."""
RENEW_EVERY: Final = 0.75
LOOK_EVERY: Final = 0.25
_MARGIN: Final = 0.3
"""Seconds that a holder stops before its lease ends, for clocks that do not run alike."""
_STATEMENT_SECONDS: Final = 1.5

_RENEW = """
UPDATE {schema}.lease SET expires_at = clock_timestamp() + %s * interval '1 second'
WHERE holder = %s AND receiver = ANY(%s::text[]) RETURNING receiver, token
"""
# Free are receivers without a row too. Of two bridges that come at once, the second waits for the
# first one's row and then finds that its end has moved.
_FREE = """
SELECT wanted FROM unnest(%s::text[]) AS wanted LEFT JOIN {schema}.lease ON receiver = wanted
WHERE receiver IS NULL OR (holder <> %s AND expires_at <= clock_timestamp())
"""
_TAKE = """
INSERT INTO {schema}.lease AS lease (receiver, holder, token, expires_at)
SELECT wanted, %s, 1, clock_timestamp() + %s * interval '1 second'
FROM unnest(%s::text[]) AS wanted ORDER BY wanted
ON CONFLICT (receiver) DO UPDATE SET
    holder = excluded.holder, token = lease.token + 1,
    expires_at = clock_timestamp() + %s * interval '1 second'
WHERE lease.expires_at <= clock_timestamp()
RETURNING receiver, token
"""
_RELEASE = """
UPDATE {schema}.lease SET holder = '', expires_at = '-infinity' WHERE holder = %s
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

    ``on_arrival`` gets a receiver of which another bridge has written signals.
    """

    def __init__(self, database: Database, holder: str, on_arrival: Callable[[str], None]) -> None:
        super().__init__(name="journal-lease", daemon=True)
        self._database = database
        self._holder = holder
        self._on_arrival = on_arrival
        self._wanted: frozenset[str] = frozenset()
        self._held: dict[str, _Held] = {}
        self._connection: Connection | None = None
        self._renew_at = 0.0
        self._stop_asked = threading.Event()
        self.failing: str | None = None
        """Why the leases cannot be kept; None while all is well."""

    def want(self, receivers: Iterable[str]) -> None:
        """Compete for the leases of these receivers too."""
        self._wanted |= frozenset(receivers)

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
                if self.failing is None:
                    _logger.error("leases cannot be kept: %s", error)
                self.failing = str(error)
                self._disconnect()
                self._stop_asked.wait(LOOK_EVERY)
            except Exception:
                # Without this thread nothing would ever be delivered again.
                _logger.exception("leases cannot be kept")
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
        if self.failing is not None:
            _logger.warning("leases are kept again")
            self.failing = None
        for receiver in self._connection.notifications(LOOK_EVERY):
            self._on_arrival(receiver)

    def _renew(self, connection: Connection) -> None:
        asked = Moment.now()
        rows = connection.execute(
            _RENEW, (LEASE_SECONDS, self._holder, sorted(self._wanted)), _STATEMENT_SECONDS
        )
        held = {receiver: _Held(token, asked) for receiver, token in rows}
        for receiver in self._held.keys() - held.keys():
            _logger.warning("%s: another bridge sends its signals now", receiver)
        self._held = held

    def _take(self, connection: Connection) -> None:
        rows = connection.execute(_FREE, (sorted(self._wanted), self._holder), _STATEMENT_SECONDS)
        free = [receiver for (receiver,) in rows]
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
