"""What the display shows, apart from how: signals, what became of them, what is unhandled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ..journal import SignalStatus, Stored, Tick
from .row import Row, read_row

Show = Literal["all", "alarms", "unhandled"]
SHOWS: tuple[Show, ...] = ("all", "alarms", "unhandled")

KEPT = 5000
"""Signals in the list; unhandled alarms are kept for as long as they are unhandled."""

_UNKNOWN = SignalStatus("pending")


@dataclass(frozen=True, slots=True)
class Filter:
    """``site`` is receiver and normal account; ``text`` is looked for in all that a row shows."""

    show: Show = "all"
    site: tuple[str, str] | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """An unhandled alarm: the same event once or several times, oldest first.

    ``restored_at`` and ``cancelled_at``: when the panel took it back, if it did, after the last.
    ``sent``: Odoo had it before it went away, so somebody may be on it already.
    """

    rows: tuple[Row, ...]
    restored_at: datetime | None = None
    cancelled_at: datetime | None = None
    sent: bool = False

    @property
    def first(self) -> Row:
        return self.rows[0]

    @property
    def last(self) -> Row:
        return self.rows[-1]


@dataclass
class Board:
    """Signals by position, newest last; changed by one thread only.

    ``describe`` gives the text in which a search looks, in the dispatcher's language.
    """

    describe: Callable[[Row], str] = lambda row: str(row.signal)
    kept: int = KEPT
    _rows: dict[int, Row] = field(default_factory=dict)
    _alarms: dict[int, Row] = field(default_factory=dict)
    _statuses: dict[int, SignalStatus] = field(default_factory=dict)
    _positions: dict[str, int] = field(default_factory=dict)
    _ticks: dict[str, Tick] = field(default_factory=dict)
    _repeats: dict[str, int] = field(default_factory=dict)
    _ends: dict[tuple[str, ...], Row] = field(default_factory=dict)

    def take(self, stored: Iterable[Stored]) -> list[Row]:
        """Take newer signals in; the alarms among them that are no retry on the link."""
        alarms = []
        for item in stored:
            row = self._add(item)
            self._rows[row.position] = row
            if row.meaning.is_alarm and not self.is_retry(row):
                alarms.append(row)
        self._forget()
        return alarms

    def take_older(self, stored: Iterable[Stored]) -> None:
        """Take in alarms from before all that is shown."""
        for item in stored:
            self._add(item)

    def take_statuses(self, statuses: Mapping[int, SignalStatus]) -> bool:
        """Whether anything is new in that."""
        new = {
            position: status
            for position, status in statuses.items()
            if self._known(position) and status != self._status(position)
        }
        self._statuses.update(new)
        return bool(new)

    def take_ticks(self, ticks: Iterable[Tick]) -> bool:
        """Take in all ticks there are, withdrawn ones too; whether anything is new in that."""
        before = self._ticks
        self._ticks = {tick.uid: tick for tick in ticks if tick.withdrawn_at is None}
        return self._ticks != before

    def clear(self) -> None:
        """Another journal has taken the place of this one."""
        for kept in (self._rows, self._alarms, self._statuses, self._positions):
            kept.clear()
        self._ticks.clear()
        self._repeats.clear()
        self._ends.clear()

    def undelivered(self) -> list[int]:
        """Positions of what Odoo does not have as far as is known here."""
        known = {**self._alarms, **self._rows}
        return [position for position in known if self._status(position).state == "pending"]

    def status(self, row: Row) -> SignalStatus:
        return self._status(row.position)

    def tick(self, row: Row) -> Tick | None:
        """Who handled it; a retry on the link counts as what it repeats."""
        return self._ticks.get(row.uid) or self._ticks.get(row.repeat_of or "")

    def repeats(self, row: Row) -> int:
        """How often it was repeated on the link."""
        return self._repeats.get(row.uid, 0)

    def is_retry(self, row: Row) -> bool:
        """Whether it is folded into the signal that it repeats on the link."""
        return row.repeat_of is not None and row.repeat_of in self._positions

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, wanted: Filter) -> list[Row]:
        """What the list shows, newest first; retries on the link are folded into the original."""
        text = wanted.text.casefold()
        return [
            row
            for row in reversed(self._rows.values())
            if self._wanted(row, wanted.show)
            and (wanted.site is None or row.site == wanted.site)
            and not self.is_retry(row)
            and (not text or text in self.describe(row).casefold())
        ]

    def of_site(self, row: Row, limit: int) -> list[Row]:
        """The last signals of the same account (or of the same line, without one), newest first."""
        found: list[Row] = []
        for other in reversed(self._rows.values()):
            if (other.receiver, other.site) == (row.receiver, row.site) and not self.is_retry(
                other
            ):
                found.append(other)
                if len(found) == limit:
                    break
        return found

    def unhandled_of(self, row: Row, sent_since: str | None) -> list[Row]:
        """Everything unhandled of the same account (or line), oldest first."""
        known = {**self._alarms, **self._rows}
        return [
            other
            for _position, other in sorted(known.items())
            if (other.receiver, other.site) == (row.receiver, row.site)
            and other.meaning.to_handle
            and not self.is_retry(other)
            and self._is_open(other, sent_since)
        ]

    def pins(self, sent_since: str | None) -> list[Pin]:
        """Unhandled alarms, the most urgent first, then the oldest; one pin for each event.

        An alarm is unhandled here while nobody has ticked it and Odoo does not have it. While Odoo
        is away that includes what it got after the ISO time ``sent_since``, shortly before.
        """
        events: dict[tuple[str | None, ...], list[Row]] = {}
        for _position, row in sorted(self._alarms.items()):
            if not self.is_retry(row) and self._is_open(row, sent_since):
                events.setdefault(row.event, []).append(row)
        pins = [self._pin(rows) for rows in events.values()]
        pins.sort(key=lambda pin: (pin.first.meaning.urgency, pin.first.position))
        return pins

    def _pin(self, rows: Sequence[Row]) -> Pin:
        last = rows[-1]
        return Pin(
            tuple(rows),
            self._ended(last, "restore", last.field("zone") or ""),
            self._ended(last, "cancel", ""),
            all(self.status(row).state == "delivered" for row in rows),
        )

    def _ended(self, row: Row, kind: str, zone: str) -> datetime | None:
        if kind == "restore" and not zone and row.meaning.kind != "silent":
            return None
        end = self._ends.get((kind, row.receiver, (row.site or ("", ""))[1], zone))
        return end.received_at if end is not None and end.position > row.position else None

    def _is_open(self, row: Row, sent_since: str | None) -> bool:
        if self.tick(row) is not None:
            return False
        status = self.status(row)
        if status.state != "delivered":
            return True
        return sent_since is not None and (status.settled_at or "") >= sent_since

    def _wanted(self, row: Row, show: Show) -> bool:
        if show == "alarms":
            return row.meaning.is_alarm
        if show == "unhandled":
            return (
                row.meaning.to_handle
                and self.tick(row) is None
                and self.status(row).state != "delivered"
            )
        return True

    def _add(self, stored: Stored) -> Row:
        row = read_row(stored)
        self._statuses[row.position] = stored.status
        self._positions[row.uid] = row.position
        if row.meaning.is_alarm:
            self._alarms[row.position] = row
        if row.repeat_of is not None:
            self._repeats[row.repeat_of] = self._repeats.get(row.repeat_of, 0) + 1
        elif row.meaning.kind in ("restore", "cancel"):
            account = (row.site or ("", ""))[1]
            zone = (row.field("zone") or "") if row.meaning.kind == "restore" else ""
            self._ends[row.meaning.kind, row.receiver, account, zone] = row
        return row

    def _status(self, position: int) -> SignalStatus:
        return self._statuses.get(position, _UNKNOWN)

    def _known(self, position: int) -> bool:
        return position in self._rows or position in self._alarms

    def _forget(self) -> None:
        """The oldest of the list go; alarms stay until they are handled or in Odoo."""
        for position in list(self._rows)[: max(0, len(self._rows) - self.kept)]:
            row = self._rows.pop(position)
            if position not in self._alarms:
                self._drop(row)
        oldest = next(iter(self._rows), 0)
        for position, row in list(self._alarms.items()):
            if position < oldest and not self._is_open(row, None):
                del self._alarms[position]
                self._drop(row)

    def _drop(self, row: Row) -> None:
        self._statuses.pop(row.position, None)
        self._positions.pop(row.uid, None)
        self._repeats.pop(row.uid, None)
