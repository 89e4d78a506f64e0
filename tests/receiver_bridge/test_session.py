"""A session keeps replies in order and never answers for what is not on disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lines import running_line

from receiver_bridge.codecs import Frame
from receiver_bridge.codecs.surgard_encoder import encode_contact_id
from receiver_bridge.config import NetworkAddress
from receiver_bridge.intake import Intake
from receiver_bridge.session import Session
from receiver_bridge.simulator.events import make_event

ANY = NetworkAddress("tcp-listen", "127.0.0.1", 0)
RECORD = encode_contact_id("1001", make_event("cid", "130", "new", "1", "5"))
GLUED = RECORD[:-1] + RECORD


def test_one_reply_answers_for_all_records_that_are_glued_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = []

    def take(self: Intake, frame: Frame, source: str, peer: str, done: object) -> None:
        outcomes.append(done)

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "surgard") as line:
            monkeypatch.setattr(Intake, "take", take)
            sent: list[bytes] = []
            session = Session(line.intake, "x", "x", sent.append)
            session.receive(GLUED)
            session.receive(RECORD)
            first, second, third = outcomes
            second(True)
            third(True)
            assert sent == []
            # The first is lost, so the reply that it shares with the second is kept back.
            first(False)
            assert sent == [b"\x06"]
            assert session.idle

    asyncio.run(scenario())


def test_a_decoder_that_fails_stops_nothing_and_loses_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "surgard") as line:
            sent: asyncio.Queue[bytes] = asyncio.Queue()
            session = Session(line.intake, "x", "x", sent.put_nowait)

            def fail(data: bytes) -> None:
                raise RuntimeError("a defect")

            session._decoder.receive_data = fail  # type: ignore[method-assign]
            session.receive(b"bytes that show it")
            session.receive(RECORD)
            assert await asyncio.wait_for(sent.get(), 10) == b"\x06"
            broken, event = line.signals()
            assert bytes.fromhex(broken["raw_hex"]) == b"bytes that show it"
            assert broken["text"] == "decoder failure"
            assert event["account"] == "1001"

    asyncio.run(scenario())
