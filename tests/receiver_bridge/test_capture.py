"""A capture holds every byte in both directions, never stops the line, and can be played again."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
from pathlib import Path

import pytest
from bridge_process import COMMAND, BridgeProcess, write_config
from hypothesis import given
from hypothesis import strategies as st
from lines import running_line
from odoo_server import serve_odoo
from test_listeners import ANY_TCP, frame, read
from test_reload import Panel, alarm, free_numbers, health, receiver
from test_run import simulate

from receiver_bridge.capture import CaptureError, Record, escape, read_capture, unescape
from receiver_bridge.codecs.dc09_encoder import encode_null
from receiver_bridge.config import CaptureSettings
from receiver_bridge.simulator.replay import answers, conversations, essence


def records(path: Path) -> list[Record]:
    with path.open(encoding="ascii") as lines:
        return list(read_capture(lines)[1])


def capture(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "capture", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


@given(st.binary(max_size=300))
def test_any_bytes_are_one_readable_line_and_come_back(data: bytes) -> None:
    text = escape(data)
    assert text.isascii()
    assert "\n" not in text
    assert unescape(text) == data


@pytest.mark.parametrize("text", ["\\", "\\x0", "\\xGG", "\\n"])
def test_what_escape_never_makes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="backslash"):
        unescape(text)


def test_both_directions_and_the_ends_are_captured_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "line.capture"

    async def scenario() -> bytes:
        async with running_line(tmp_path, ANY_TCP, capture=CaptureSettings(path)) as line:
            replies = b""
            for number in (1, 2):
                reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
                writer.write(frame(number))
                replies += (await read(reader, 1))[0]
                writer.close()
                assert await asyncio.wait_for(reader.read(), 10) == b""
            return replies

    replies = asyncio.run(scenario())
    assert path.stat().st_mode & 0o777 == 0o600
    found = records(path)
    assert [(item.connection, item.mark) for item in found] == [
        ((0, number), mark) for number in (1, 2) for mark in "+<>-"
    ]
    assert b"".join(item.data for item in found if item.mark == "<") == frame(1) + frame(2)
    assert b"".join(item.data for item in found if item.mark == ">") == replies
    assert found[0].text.startswith("tcp://127.0.0.1:")


def test_a_file_that_is_full_is_put_aside_and_the_oldest_goes(tmp_path: Path) -> None:
    path = tmp_path / "line.capture"
    settings = CaptureSettings(path, max_megabytes=0.01, keep=2)

    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, capture=settings) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            for number in range(1, 401):
                writer.write(frame(number))
                await read(reader, 1)
            writer.close()

    asyncio.run(scenario())
    files = sorted(item.name for item in tmp_path.glob("line.capture*"))
    assert files == ["line.capture", "line.capture.1", "line.capture.2"]
    for name in files:
        assert (tmp_path / name).stat().st_size < 200_000
        assert records(tmp_path / name)


def test_a_capture_that_fails_is_counted_and_said_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    settings = CaptureSettings(folder / "line.capture")
    folder.rmdir()

    async def scenario() -> float:
        async with running_line(tmp_path, ANY_TCP, capture=settings) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            for number in range(1, 11):
                writer.write(frame(number))
                assert b"ACK" in (await read(reader, 1))[0]
            lost = line.intake.metrics.capture_lost.labels("line")._value
            while not lost.get():
                await asyncio.sleep(0.01)
            # Once there is room again, it goes on and says what is missing.
            folder.mkdir()
            writer.write(frame(11))
            assert b"ACK" in (await read(reader, 1))[0]
            writer.close()
            return float(lost.get())

    assert asyncio.run(scenario()) > 0
    assert caplog.text.count("is not complete") == 1
    text = settings.path.read_text()
    assert re.search(r"! \d+ records left out", text)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "line 1: no header"),
        ("nonsense\n", "line 1: no header"),
        ("# receiver-bridge capture 1 format=dc09 receiver=a\nnonsense\n", "line 2: no record"),
        (
            "# receiver-bridge capture 1 format=dc09 receiver=a\n"
            "2026-11-20T08:00:00.000000Z 1 < \\x\n",
            "line 2: a backslash",
        ),
        (
            "# receiver-bridge capture 1 format=dc09 receiver=a\n2026-13-20T08:00:00Z 1 < a\n",
            "line 2: month",
        ),
    ],
)
def test_what_is_no_capture_is_said_with_its_line(tmp_path: Path, text: str, cause: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(CaptureError, match=cause):
        records(path)
    shown = capture("show", str(path))
    assert shown.returncode == 2
    assert cause in shown.stderr
    assert "Traceback" not in shown.stderr


def test_answers_are_compared_by_what_must_be_the_same() -> None:
    ack = b'\n8C5D0012"ACK"0001L0#1002[]\r'
    assert list(answers("dc09", ack + ack)) == [ack, ack]
    assert list(answers("surgard", b"\x06\x06")) == [b"\x06\x06"]
    nak = b'\n00000000"NAK"0000R0L0A0[]_08:00:00,11-20-2026\r'
    later = b'\n11110000"NAK"0000R0L0A0[]_09:00:00,11-20-2026\r'
    assert essence("dc09", nak) == essence("dc09", later)
    assert essence("dc09", ack) != essence("dc09", nak)
    assert essence("dc09", b'\n00"*ACK"0001L0#1[aa\r') == essence("dc09", b'\n11"*ACK"0001L0#1[bb')


def test_a_day_is_captured_shown_and_played_again_against_another_bridge(tmp_path: Path) -> None:
    """Switched on and off while the bridge runs, with a connection that stays."""
    port, other_port = free_numbers(2)
    path = tmp_path / "dc.capture"
    on = 'capture = {path = "dc.capture", max_megabytes = 10, keep = 1}'
    with serve_odoo() as odoo:
        config = write_config(tmp_path, odoo.url, receiver("dc", port))
        bridge = BridgeProcess(config)
        with Panel(port) as panel:
            assert b"ACK" in panel.ask(alarm(1))
            write_config(tmp_path, odoo.url, receiver("dc", port, on))
            assert "adjusted dc" in bridge.reload()
            assert b"ACK" in panel.ask(alarm(2))
            load = simulate(
                *("dc09", "--connect", f"tcp://127.0.0.1:{port}", "--account", "2001"),
                *("--accounts", "5", "--count", "40", "--quiet"),
            )
            assert load.wait(60) == 0
            assert b"ACK" in panel.ask(b"noise\r" + encode_null("1234"))
            write_config(tmp_path, odoo.url, receiver("dc", port))
            assert "adjusted dc" in bridge.reload()
            assert b"ACK" in panel.ask(alarm(3))
        assert health(bridge)["receivers"][0]["state"] == "online"
        assert bridge.stop() == 0
        talks = conversations(records(path))
        assert len(talks) == 6
        assert talks[0].said[0][1] == alarm(2)
        assert alarm(3) not in b"".join(data for talk in talks for _time, data in talk.said)

        shown = capture("show", str(path))
        assert shown.returncode == 0
        assert re.search(r"0000  0a [0-9a-f ]+ +\.[0-9A-F]{8}\"ADM-C", shown.stdout)
        decoded = capture("show", "--decode", str(path))
        frames = [json.loads(line) for line in decoded.stdout.splitlines()]
        assert sum(item["kind"] == "event" for item in frames) == 41
        assert sum(item["kind"] == "unparsed" for item in frames) == 1

        # Another bridge, with an empty journal, answers the same.
        folder = tmp_path / "other"
        folder.mkdir()
        second = BridgeProcess(write_config(folder, odoo.url, receiver("dc", other_port)))
        before = len(odoo.signals)
        url = f"tcp://127.0.0.1:{other_port}"
        played = capture("replay", str(path), "--connect", url, "--speed", "20")
        assert played.returncode == 0, played.stdout + played.stderr
        assert "6 conversations, 6 answered as captured" in played.stdout
        odoo.wait_for(lambda: len(odoo.signals) == before + 42)

        # An answer that is another one is shown with both.
        text = path.read_text().replace('\\"ACK\\"', '"ACK"')
        path.write_text(text.replace('"ACK"0002', '"ACK"0999'))
        changed = capture("replay", str(path), "--connect", url, "--speed", "0")
        assert changed.returncode == 1
        assert '"ACK"0999' in changed.stdout
        assert second.stop() == 0
        gone = capture("replay", str(path), "--connect", url, "--speed", "0", "--timeout", "0.5")
        assert gone.returncode == 1
        assert "after 0 bytes" in gone.stdout
