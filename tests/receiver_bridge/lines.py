"""A receiver line as the bridge makes it, with a real journal, for tests of its parts."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from receiver_bridge.codecs import get_codec
from receiver_bridge.config import Door, ReceiverSettings
from receiver_bridge.intake import Intake
from receiver_bridge.journal import Commit, SqliteJournal
from receiver_bridge.keys import KeyRing
from receiver_bridge.lines import Line
from receiver_bridge.listeners import Listener, open_listener
from receiver_bridge.metrics import Metrics
from receiver_bridge.sources import AllowedSources


@dataclass
class TestLine:
    """``signals`` reads what is in the journal; ``port`` is the one that was opened."""

    __test__ = False

    intake: Intake
    journal: SqliteJournal
    listener: Listener

    def signals(self) -> list[dict[str, Any]]:
        rows = self.journal.reader.pending(self.intake.settings.name, 10_000)
        return [json.loads(row.body) for row in rows]

    @property
    def port(self) -> int:
        return int(self.intake.line.address.rpartition(":")[2])


@asynccontextmanager
async def running_line(
    folder: Path, door: Door, format: str = "dc09", **settings: Any
) -> AsyncIterator[TestLine]:
    """A line with an open door; closed in the bridge's order at the end."""
    loop = asyncio.get_running_loop()
    journal = SqliteJournal(folder / "journal.db", call_done=loop.call_soon_threadsafe)
    made = ReceiverSettings("line", format, door, **settings)
    intake = Intake(
        made,
        get_codec(format),
        KeyRing().lookup(made),
        journal,
        Metrics(),
        Line("line", format, str(door)),
        AllowedSources().admits("line", made.allow),
    )
    listener = open_listener(intake)
    await listener.start()
    try:
        yield TestLine(intake, journal, listener)
    finally:
        await listener.stop()
        await loop.run_in_executor(None, journal.close)


class HeldDisk:
    """Holds the journal's writer between two commits, as a disk does that is slow to sync."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal
        self._go_on = threading.Event()
        self._held = threading.Event()

    def __enter__(self) -> None:
        def hold(commit: Commit) -> None:
            self._held.set()
            self._go_on.wait(20)

        self._journal._on_commit = hold
        self._journal.remember("held", "yes")
        assert self._held.wait(10)

    def __exit__(self, *_exception: object) -> None:
        self._journal._on_commit = lambda commit: None
        self._go_on.set()
