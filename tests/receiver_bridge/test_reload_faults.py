"""A reload at the worst moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from bridge_process import free_port, write_config

from receiver_bridge.bridge import Bridge
from receiver_bridge.codecs import codec_names
from receiver_bridge.codecs.dc09_encoder import encode_adm_cid
from receiver_bridge.config import load_config
from receiver_bridge.journal import JournalError
from receiver_bridge.session import Session
from receiver_bridge.simulator.events import make_event


def receiver(name: str, port: int) -> str:
    return (
        f'[[receiver]]\nname = "{name}"\nformat = "dc09"\n'
        f'connect = "tcp-listen://127.0.0.1:{port}"\n'
    )


def test_a_journal_that_cannot_be_read_keeps_no_door_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = receiver("dc-1", free_port()), receiver("dc-2", free_port())
    nobody = f"http://127.0.0.1:{free_port()}"

    def unreadable(since: str) -> None:
        raise JournalError("the journal cannot be read")

    async def scenario() -> None:
        path = write_config(tmp_path, nobody, one)
        bridge = Bridge(load_config(path, codec_names()))
        await bridge.start()
        try:
            monkeypatch.setattr(bridge._journal.reader, "recent_frames", unreadable)
            write_config(tmp_path, nobody, one + two)
            await bridge.reload(load_config(path, codec_names()), path)
            states = {item["name"]: item["state"] for item in bridge.health()[1]["receivers"]}
            assert states == {"dc-1": "online", "dc-2": "online"}
        finally:
            await bridge.stop()

    asyncio.run(scenario())
    assert "the journal cannot be read" in caplog.text


def test_a_door_that_cannot_be_closed_keeps_neither_others_nor_the_journal_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = receiver("dc-1", free_port()), receiver("dc-2", port := free_port())
    nobody = f"http://127.0.0.1:{free_port()}"

    async def defect() -> None:
        raise RuntimeError("a defect")

    async def scenario() -> None:
        path = write_config(tmp_path, nobody, one + two)
        bridge = Bridge(load_config(path, codec_names()))
        await bridge.start()
        first = bridge._receivers._receivers["dc-1"].listener
        close = first.stop
        monkeypatch.setattr(first, "stop", defect)
        await bridge.stop()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        with pytest.raises(JournalError, match="closed"):
            bridge._journal.remember("name", "value")
        await close()

    asyncio.run(scenario())
    assert "dc-1: not closed as it should be" in caplog.text


def test_a_straggler_of_a_line_that_is_no_more_is_kept_and_answered(tmp_path: Path) -> None:
    one, two = receiver("dc-1", free_port()), receiver("dc-2", free_port())
    nobody = f"http://127.0.0.1:{free_port()}"

    async def scenario() -> None:
        path = write_config(tmp_path, nobody, one + two)
        bridge = Bridge(load_config(path, codec_names()))
        await bridge.start()
        try:
            intake = bridge._receivers._receivers["dc-2"].intake
            write_config(tmp_path, nobody, one)
            await bridge.reload(load_config(path, codec_names()), path)
            replies: asyncio.Queue[bytes] = asyncio.Queue()
            straggler = Session(intake, "tcp://192.0.2.1:4000", "192.0.2.1", replies.put_nowait)
            event = make_event("cid", "130", "new", "1", "5")
            straggler.receive(encode_adm_cid("1234", event, sequence="0001"))
            assert b'"ACK"0001' in await asyncio.wait_for(replies.get(), 20)
            [kept] = bridge._journal.reader.pending("dc-2", 10)
            assert '"1234"' in kept.body
        finally:
            await bridge.stop()

    asyncio.run(scenario())
