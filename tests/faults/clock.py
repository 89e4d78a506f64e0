"""The clock is set by hours while signals come in. The bridge runs inside the test's process, so
that its one way to tell the time can be replaced."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from receiver_bridge import clock
from receiver_bridge.bridge import Bridge
from receiver_bridge.codecs import codec_names
from receiver_bridge.config import load_config
from tests.e2e.wire import burglary, dc09
from tests.faults.book import Book, Counts
from tests.faults.bridge import FaultBridge
from tests.faults.senders import Datagrams, KeptConnection, Sender, sending
from tests.stack import Odoo, wait_for

HOUR = 3600.0


class _Inside:
    """A bridge in a thread with an event loop of its own."""

    def __init__(self, config: pathlib.Path) -> None:
        self._config = load_config(config, codec_names())
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(30), "the bridge does not start"

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        bridge = Bridge(self._config)
        try:
            await bridge.start()
            self._ready.set()
            await self._stop.wait()
        finally:
            await bridge.stop()

    def stop(self) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        assert not self._thread.is_alive(), "the bridge does not end"


@contextlib.contextmanager
def settable_clock() -> Iterator[list[float]]:
    """The one element is what the clock is ahead, in seconds."""
    ahead = [0.0]
    real = clock.wall
    clock.wall = lambda: real() + ahead[0]
    try:
        yield ahead
    finally:
        clock.wall = real


@dataclass(frozen=True, slots=True)
class Jumps:
    """``trips``: per jump the number of rows for a trip, its retry behind the jump, and a second
    trip, as (no repeat, repeat). ``epochs``: how many the signals have. ``told``: the condition
    after each jump."""

    counts: Counts
    trips: list[tuple[int, int]]
    epochs: int
    told: list[str]


def clock_jumps(odoo: Odoo, folder: pathlib.Path, jumps: list[float]) -> Jumps:
    """``jumps``: hours that the clock is ahead, one setting after the other."""
    book, told = Book(), []
    outside = FaultBridge(folder, odoo, "clock")
    try:
        with settable_clock() as ahead:
            inside = _Inside(outside.config)
            try:
                senders = [
                    Sender(book, outside.tcp, KeptConnection(outside.tcp_port), 11, pause=0.01),
                    Sender(book, outside.sg, outside.terminal, 12, pause=0.01),
                ]
                with sending(*senders):
                    for number, hours in enumerate(jumps, 1):
                        _wait(book, 20)
                        _trip(outside, number, sequence=1)
                        ahead[0] = hours * HOUR
                        told.append(outside.conditions().get("clock_jump", ""))
                        _trip(outside, number, sequence=1)
                        _trip(outside, number, sequence=2)
                        _wait(book, 20)
                counts = book.settle(odoo, [outside.tcp, outside.sg])
            finally:
                inside.stop()
        with odoo.sql() as sql:
            trips = [_rows(sql, outside.udp, number) for number in range(1, len(jumps) + 1)]
            ((epochs,),) = sql(
                "SELECT count(DISTINCT split_part(uid, ':', 1)) FROM alarm_signal"
                " WHERE receiver_name = %s",
                outside.tcp,
            )
    finally:
        outside.close()
    return Jumps(counts, trips, epochs, told)


def _wait(book: Book, number: int) -> None:
    goal = book.promises + number
    wait_for(f"{number} acknowledgements", lambda: book.promises >= goal, 40)


def _trip(bridge: FaultBridge, number: int, sequence: int) -> None:
    # Stamped alike: a retry is the same record, bytes and all.
    frame = dc09("7001", burglary(f"{number:03d}"), sequence)
    way = Datagrams(bridge.udp_port)
    wait_for("an acknowledgement", lambda: way.exchange(frame), 20)
    time.sleep(0.01)


def _rows(sql: Any, receiver: str, number: int) -> tuple[int, int]:
    def count() -> tuple[int, int]:
        ((originals, repeats),) = sql(
            "SELECT count(*) FILTER (WHERE repeat_of IS NULL),"
            " count(*) FILTER (WHERE repeat_of IS NOT NULL)"
            " FROM alarm_signal WHERE receiver_name = %s AND zone = %s",
            receiver,
            f"{number:03d}",
        )
        return originals, repeats

    wait_for("three copies in Odoo", lambda: sum(count()) >= 3, 20)
    return count()
