"""A session keeps replies in order and never answers for what is not on disk."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from lines import running_line

from receiver_bridge.clock import utc_now
from receiver_bridge.codecs import Event
from receiver_bridge.codecs.dc09_encoder import encode_frame, encode_null, encode_sia_dcs
from receiver_bridge.codecs.oh import OhDecoder
from receiver_bridge.codecs.surgard_encoder import encode_contact_id
from receiver_bridge.config import AccountSettings, NetworkAddress
from receiver_bridge.intake import Intake
from receiver_bridge.session import FRAMES_A_TURN, Session
from receiver_bridge.simulator.events import make_event

ANY = NetworkAddress("tcp-listen", "127.0.0.1", 0)
RECORD = encode_contact_id("1001", make_event("cid", "130", "new", "1", "5"))
GLUED = RECORD[:-1] + RECORD


def test_one_reply_answers_for_all_records_that_are_glued_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = []

    def take(self: Intake, *arguments: object) -> None:
        outcomes.append(arguments[-1])

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


def test_a_decoder_that_fails_at_the_end_of_a_stream_loses_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "surgard") as line:
            settled = asyncio.Event()
            session = Session(line.intake, "x", "x", lambda data: None, settled.set)

            def fail() -> None:
                raise RuntimeError("a defect")

            session.receive(b"half a rec")
            session._decoder.finish = fail  # type: ignore[method-assign]
            session.abandon()
            await asyncio.wait_for(settled.wait(), 10)
            [broken] = line.signals()
            assert bytes.fromhex(broken["raw_hex"]) == b"half a rec"

    asyncio.run(scenario())


def test_a_frame_that_cannot_be_taken_is_not_answered_and_keeps_back_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_arguments: object) -> None:
        raise RuntimeError("a defect")

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "surgard") as line:
            sent: asyncio.Queue[bytes] = asyncio.Queue()
            session = Session(line.intake, "x", "x", sent.put_nowait)
            with monkeypatch.context() as broken:
                broken.setattr(Intake, "take", defect)
                session.receive(RECORD)
            assert session.idle
            assert sent.empty()
            session.receive(RECORD)
            assert await asyncio.wait_for(sent.get(), 10) == b"\x06"

    asyncio.run(scenario())


def test_who_sends_a_hundred_thousand_frames_at_once_takes_turns_with_the_others(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "dc09") as line:
            noise = line.intake.metrics.frames.labels("line", "unparsed", "reject")
            done = asyncio.Event()
            hostile = Session(line.intake, "x", "x", lambda reply: None, done.set)
            hostile.receive(b"A\r" * 100_000)
            assert noise.count == FRAMES_A_TURN
            assert hostile.full
            sent: asyncio.Queue[bytes] = asyncio.Queue()
            honest = Session(line.intake, "y", "y", sent.put_nowait)
            honest.receive(encode_null("1234"))
            assert b'"ACK"' in sent.get_nowait()
            while hostile.full:
                done.clear()
                await asyncio.wait_for(done.wait(), 30)
            assert noise.count == 100_000

    asyncio.run(scenario())


def test_the_end_of_a_stream_waits_for_what_is_not_decoded_yet(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "dc09") as line:
            sent: asyncio.Queue[bytes] = asyncio.Queue()
            session = Session(line.intake, "x", "x", sent.put_nowait)
            session.receive(encode_null("1234") * (FRAMES_A_TURN + 1) + b"cut off")
            session.end()
            assert not session.idle
            answers = 0
            while answers < FRAMES_A_TURN + 1:
                answers += (await asyncio.wait_for(sent.get(), 10)).count(b'"ACK"')
        # The journal is closed now: everything queued is written.
        with sqlite3.connect(tmp_path / "journal.db") as journal:
            [(body,)] = journal.execute("SELECT body FROM signal").fetchall()
        assert b"cut off".hex() in body

    asyncio.run(scenario())


def test_a_datagram_is_decoded_in_one_turn(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "dc09") as line:
            noise = line.intake.metrics.frames.labels("line", "unparsed", "reject")
            session = Session(line.intake, "x", "x", lambda reply: None)
            session.receive(b"A\r" * 30_000)
            session.end(at_once=True)
            await asyncio.sleep(0)
            assert noise.count == FRAMES_A_TURN + 1

    asyncio.run(scenario())


def test_a_panel_that_is_held_to_its_key_gets_no_answer_in_clear_and_is_shown(
    tmp_path: Path,
) -> None:
    key = bytes(range(16))
    alarm = [Event("sia", "BA", address="5")]

    async def scenario() -> None:
        accounts = {"1234": AccountSettings(key, clear="refuse"), "5678": AccountSettings(key)}
        async with running_line(tmp_path, ANY, accounts=accounts) as line:
            sent: asyncio.Queue[bytes] = asyncio.Queue()
            session = Session(line.intake, "x", "x", sent.put_nowait)
            session.receive(encode_sia_dcs("1234", alarm, sequence="0001"))
            session.receive(encode_sia_dcs("5678", alarm, sequence="0002"))
            answer = await asyncio.wait_for(sent.get(), 10)
            assert b'"ACK"0002L0#5678[]' in answer and b"1234" not in answer
            refused, taken = line.signals()
            assert (refused["kind"], refused["text"], refused["account"], refused["code"]) == (
                "unparsed",
                "clear",
                "1234",
                None,
            )
            assert (taken["kind"], taken["account"], taken["code"]) == ("event", "5678", "BA")

    asyncio.run(scenario())


def test_what_nobody_decodes_is_told_by_the_name_of_its_format(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY) as line:
            sent: asyncio.Queue[bytes] = asyncio.Queue()
            session = Session(line.intake, "x", "x", sent.put_nowait)
            for token in ("ACR-SF", "TOMORROW-7"):
                session.receive(encode_frame(token, "1 5 9", sequence="0001", account="1234"))
                await asyncio.wait_for(sent.get(), 10)
            assert [(signal["kind"], signal["text"]) for signal in line.signals()] == [
                ("unparsed", "token ACR-SF: Acron Super Fast"),
                ("unparsed", "token TOMORROW-7: not decoded"),
            ]

    asyncio.run(scenario())


def test_only_a_time_that_was_checked_is_when_it_happened(tmp_path: Path) -> None:
    key = bytes(range(16))
    alarm = [Event("sia", "BA", address="5")]

    async def scenario() -> None:
        accounts = {"1234": AccountSettings(key)}
        async with running_line(tmp_path, ANY, accounts=accounts, timestamps="encrypted") as line:
            sent: asyncio.Queue[bytes] = asyncio.Queue()
            session = Session(line.intake, "x", "x", sent.put_nowait)
            for sequence, sealing in (("0001", None), ("0002", key)):
                session.receive(
                    encode_sia_dcs(
                        "1234", alarm, sequence=sequence, timestamp=utc_now(), key=sealing
                    )
                )
                await asyncio.wait_for(sent.get(), 10)
            clear, sealed = line.signals()
            assert clear["occurred_at"] is None
            assert sealed["occurred_at"] is not None

    asyncio.run(scenario())


def test_a_greeting_that_fails_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(self: OhDecoder) -> bytes:
        raise RuntimeError("a defect")

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "oh") as line:
            monkeypatch.setattr(OhDecoder, "greeting", defect)
            sent: asyncio.Queue[bytes] = asyncio.Queue()
            session = Session(line.intake, "x", "x", sent.put_nowait)
            session.receive(b"SR0001L0001    006969XX    [ID00000000]")
            assert await asyncio.wait_for(sent.get(), 10) == b"ACK\r\n"

    asyncio.run(scenario())
