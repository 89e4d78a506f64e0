"""What the senders were promised, and what Odoo has: acknowledged = delivered once."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from tests.stack import Odoo

Event = tuple[str, str, str]
"""Receiver, account, zone: no two events of one receiver have the same account and zone."""


@dataclass(frozen=True, slots=True)
class Counts:
    """``sent`` events, ``acknowledged`` of them; of these ``delivered`` once, ``lost`` and
    ``doubled`` (two rows that do not say that one repeats the other). ``unacknowledged`` are in
    Odoo without a promise, which is allowed: the answer was lost. ``repeats``: copies marked as
    such."""

    sent: int
    acknowledged: int
    delivered: int
    lost: int
    doubled: int
    unacknowledged: int
    repeats: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class Book:
    """Written by all senders; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: set[Event] = set()
        self._acknowledged: set[Event] = set()
        self.longest = 0.0
        """Seconds that a sender has waited for the answer to one copy, at most."""

    def sent(self, event: Event) -> None:
        with self._lock:
            self._sent.add(event)

    def acknowledged(self, event: Event, seconds: float = 0.0) -> None:
        with self._lock:
            self._acknowledged.add(event)
            self.longest = max(self.longest, seconds)

    @property
    def promises(self) -> int:
        with self._lock:
            return len(self._acknowledged)

    def per_receiver(self) -> Counter[str]:
        with self._lock:
            return Counter(receiver for receiver, _account, _zone in self._acknowledged)

    def settle(self, odoo: Odoo, receivers: list[str], timeout: float = 60.0) -> Counts:
        """Wait until Odoo has what was promised, or ``timeout`` s; then count."""
        with odoo.sql() as sql:
            end = time.monotonic() + timeout
            while time.monotonic() < end and not self._acknowledged <= set(
                _originals(sql, receivers)
            ):
                time.sleep(0.2)
            return self._count(sql, receivers)

    def _count(self, sql: Any, receivers: list[str]) -> Counts:
        rows = _originals(sql, receivers)
        ((repeats,),) = sql(
            "SELECT count(*) FROM alarm_signal"
            " WHERE receiver_name = ANY(%s) AND repeat_of IS NOT NULL",
            receivers,
        )
        found = set(rows)
        for event, number in rows.items():
            if number > 1:
                _show(sql, event)
        return Counts(
            sent=len(self._sent),
            acknowledged=len(self._acknowledged),
            delivered=len(self._acknowledged & found),
            lost=len(self._acknowledged - found),
            doubled=sum(number - 1 for number in rows.values()),
            unacknowledged=len(found - self._acknowledged),
            repeats=repeats,
        )


def _originals(sql: Any, receivers: list[str]) -> Counter[Event]:
    """Rows of events that repeat nothing."""
    return Counter(
        sql(
            "SELECT receiver_name, account, zone FROM alarm_signal WHERE receiver_name = ANY(%s)"
            " AND kind = 'event' AND repeat_of IS NULL",
            receivers,
        )
    )


def _show(sql: Any, event: Event) -> None:
    """What Odoo has of an event that is there more than once, and what came just before."""
    receiver, account, zone = event
    print(f"more than once: {event}", file=sys.stderr)
    for row in sql(
        "SELECT id, uid, kind, repeat_of, journaled_at, source, account, zone, raw_hex"
        "  FROM alarm_signal AS shown WHERE receiver_name = %s AND EXISTS"
        "       (SELECT 1 FROM alarm_signal AS copy WHERE copy.receiver_name = %s"
        "           AND copy.account = %s AND copy.zone = %s"
        "           AND shown.id BETWEEN copy.id - 12 AND copy.id) ORDER BY id",
        *(receiver, receiver, account, zone),
    ):
        print(*row, file=sys.stderr)
