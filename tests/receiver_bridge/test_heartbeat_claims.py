"""What a heartbeat claims was handed over is what Odoo misses: it may never be too much."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lines import TestLine, running_line
from odoo_server import KEY

from receiver_bridge import clock
from receiver_bridge.config import NetworkAddress, OdooSettings
from receiver_bridge.journal import Append, JournalError
from receiver_bridge.metrics import Metrics
from receiver_bridge.signal import Draft
from receiver_bridge.uplink import Heartbeat, open_transport

ANY = NetworkAddress("tcp-listen", "127.0.0.1", 0)


async def take(line: TestLine, count: int) -> None:
    """Journal so many signals of the line, each of a frame of its own."""
    loop = asyncio.get_running_loop()
    for _number in range(count):
        stored = loop.create_future()
        draft = Draft("line", "surgard", "event", "x", "2026-11-20T08:00:00.000000Z")
        line.intake.journal(Append((draft,)), stored.set_result)
        assert await asyncio.wait_for(stored, 10)


def heartbeat(line: TestLine) -> Heartbeat:
    transport = open_transport(OdooSettings("http://127.0.0.1:9", "arc", "bridge", KEY))
    return Heartbeat("hq-1", [line.intake.line], line.journal, transport, Metrics())


def claim(status: dict[str, Any]) -> tuple[str, int | None]:
    return status["epoch"], status["receivers"][0]["last_seq"]


def test_numbers_that_begin_anew_after_a_jump_of_the_clock_are_counted_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "surgard") as line:
            beat = heartbeat(line)
            await take(line, 3)
            before = line.journal.epoch
            assert claim(beat.status()) == (before, 3)
            real = clock.wall
            monkeypatch.setattr(clock, "wall", lambda: real() + 3600)
            await asyncio.to_thread(line.journal.remember, "any", "commit")
            after = line.journal.epoch
            assert after != before
            assert claim(beat.status()) == (after, 0)
            await take(line, 1)
            assert claim(beat.status()) == (after, 1)

    asyncio.run(scenario())


def test_nothing_is_claimed_while_nobody_knows_what_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "surgard") as line:
            beat = heartbeat(line)
            await take(line, 2)

            def unreadable() -> dict[str, int]:
                raise JournalError("the journal cannot be read")

            monkeypatch.setattr(line.journal.reader, "pending_counts", unreadable)
            status = beat.status()
            assert (status["journal"], claim(status)[1]) == ("failing", None)

    asyncio.run(scenario())


def test_what_comes_while_the_backlog_is_counted_is_claimed_by_the_next_heartbeat_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "surgard") as line:
            beat = heartbeat(line)
            reader, loop = line.journal.reader, asyncio.get_running_loop()
            count = reader.pending_counts

            def counted() -> dict[str, int]:
                counts = count()
                asyncio.run_coroutine_threadsafe(take(line, 1), loop).result(10)
                return counts

            monkeypatch.setattr(reader, "pending_counts", counted)
            status = await asyncio.to_thread(beat.status)
            assert (status["backlog"], claim(status)[1]) == ({}, 0)
            monkeypatch.undo()
            status = beat.status()
            assert (status["backlog"], claim(status)[1]) == ({"line": 1}, 1)

    asyncio.run(scenario())
