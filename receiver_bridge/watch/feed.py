"""Reads the journal for the display, over and over, and writes nothing but ticks.

Whatever fails is told and tried again: the display must go on while the bridge starts, stops or
replaces its journal.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..config import JournalSettings
from ..journal import (
    JournalError,
    JournalReader,
    SignalStatus,
    Stored,
    Tick,
    Ticked,
    TickWriter,
    open_reader,
    open_tick_writer,
)
from .row import read_row

_PAGE = 1000
_PAGES = 5
_TICKS = 5000
_WRITER_RETRY = 10.0
_STATUSES_EVERY = 5.0


@dataclass(frozen=True, slots=True)
class News:
    """What one look into the journal brought.

    ``error``: why there is nothing. ``read_only``: why nothing can be ticked. ``anew``: forget all
    that was known, this is another journal. ``older``: alarms that Odoo does not have from before
    ``stored``.
    """

    error: str = ""
    read_only: str = ""
    anew: bool = False
    stored: Sequence[Stored] = ()
    older: Sequence[Stored] = ()
    statuses: dict[int, SignalStatus] = field(default_factory=dict)
    ticks: Sequence[Tick] = ()
    backlog: dict[str, int] = field(default_factory=dict)
    dead: int = 0


class Feed:
    """Its methods are called by one thread at a time; ``last`` signals are read at the start."""

    def __init__(self, journal: JournalSettings, last: int) -> None:
        self._journal = journal
        self._last = last
        self._reader: JournalReader | None = None
        self._writer: TickWriter | None = None
        self._file: tuple[int, int] | None = None
        self._position: int | None = None
        self._read_only = ""
        self._next_try = 0.0
        self._counts: tuple[dict[str, int], int, int | None] | None = None
        self._next_statuses = 0.0

    def look(self, undelivered: Collection[int]) -> News:
        """What is new; ``undelivered`` are the positions whose status may have changed."""
        try:
            return self._look(undelivered)
        except JournalError as error:
            self._close_reader()
            return News(error=str(error))

    def tick(self, signals: Sequence[Ticked], by: str, note: str) -> list[str]:
        """See :meth:`TickWriter.tick`; raises JournalError."""
        return self._open_writer().tick(signals, by, note)

    def withdraw(self, uids: Sequence[str]) -> list[str]:
        """See :meth:`TickWriter.withdraw`; raises JournalError."""
        return self._open_writer().withdraw(uids)

    def close(self) -> None:
        self._close_reader()
        self._close_writer()

    def _look(self, undelivered: Collection[int]) -> News:
        anew = self._follow_file()
        reader = self._reader
        if reader is None:
            self._reader = reader = open_reader(self._journal)
        backlog = reader.pending_counts()
        dead = sum(reader.dead_counts().values())
        asks = self._asks_statuses((backlog, dead, self._position))
        older: list[Stored] = []
        if self._position is None:
            stored = reader.newest(self._last)
            older = _waiting_before(reader, backlog, stored)
        else:
            stored = _behind(reader, self._position)
        position = stored[-1].position if stored else self._position or 0
        news = News(
            read_only=self._try_writer(),
            anew=anew,
            stored=stored,
            older=older,
            statuses=reader.statuses(undelivered) if asks and not anew else {},
            ticks=reader.ticks(_TICKS),
            backlog=backlog,
            dead=dead,
        )
        # Only now: what a failure in between has swallowed is read again.
        self._position = position
        return news

    def _asks_statuses(self, counts: tuple[dict[str, int], int, int | None]) -> bool:
        """Thousands of signals may wait for hours: they are asked after when the counts that stood
        before this look are others than those before the last one, and every few seconds."""
        now = time.monotonic()
        if counts == self._counts and now < self._next_statuses:
            return False
        self._counts, self._next_statuses = counts, now + _STATUSES_EVERY
        return True

    def _follow_file(self) -> bool:
        """Whether the journal is another file than at the last look."""
        file = None if self._journal.shared else _identity(self._journal.path)
        if file == self._file:
            return False
        self._close_reader()
        self._close_writer()
        self._file, self._position, self._next_try = file, None, 0.0
        return True

    def _try_writer(self) -> str:
        """Why the journal cannot be written, tried again every ten seconds; empty if it can."""
        if self._writer is None and time.monotonic() >= self._next_try:
            try:
                self._open_writer()
            except JournalError as error:
                self._read_only = str(error)
                self._next_try = time.monotonic() + _WRITER_RETRY
        return "" if self._writer is not None else self._read_only

    def _open_writer(self) -> TickWriter:
        if self._writer is None:
            self._writer = open_tick_writer(self._journal)
        return self._writer

    def _close_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _close_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()


def _behind(reader: JournalReader, position: int) -> list[Stored]:
    found: list[Stored] = []
    for _page in range(_PAGES):
        page = reader.after(position, _PAGE)
        found += page
        if len(page) < _PAGE:
            break
        position = page[-1].position
    return found


def _waiting_before(
    reader: JournalReader, backlog: Collection[str], newest: Sequence[Stored]
) -> list[Stored]:
    """Alarms that wait for Odoo from before the newest signals, of every receiver."""
    found: list[Stored] = []
    end = newest[0].position if newest else 0
    for receiver in backlog:
        position = 0
        while page := reader.waiting(receiver, position, _PAGE):
            found += [
                item for item in page if item.position < end and read_row(item).meaning.is_alarm
            ]
            position = page[-1].position
            if position >= end:
                break
    return found


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
