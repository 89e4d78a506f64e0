"""Simulated panels and receivers behave as real ones do, also when answers are wrong or missing."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from bridge_process import COMMAND
from lines import running_line

from receiver_bridge.cli import main
from receiver_bridge.codecs import (
    AccountRules,
    DecodeOptions,
    Event,
    Frame,
    encoder_of,
    get_codec,
)
from receiver_bridge.codecs.dc09_encoder import encode_frame, format_timestamp, wrap_body
from receiver_bridge.config import AccountSettings, ConfigError, NetworkAddress, SerialPort
from receiver_bridge.simulator import Dc09Panel, SimulatedReceiver, open_link
from receiver_bridge.simulator.demo import load_demo, run_demo
from receiver_bridge.simulator.events import load_mix, make_event, story
from receiver_bridge.simulator.links import parse_link

SURGARD = encoder_of("surgard")
TRIP = make_event("cid", "130", "new", "1", "5")
KEY = bytes(range(16))

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def with_server(serve: Serve, scenario: Callable[[NetworkAddress], Awaitable[None]]) -> None:
    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        await asyncio.wait_for(scenario(NetworkAddress("tcp", "127.0.0.1", port)), 20)
        server.close()

    asyncio.run(run())


def test_a_panel_sets_its_clock_by_a_nak_and_repeats_the_same_sequence() -> None:
    receiver_clock = datetime.now(timezone.utc) + timedelta(hours=3)
    received: list[Frame] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = get_codec("dc09").decoder(DecodeOptions(lambda account: AccountRules(KEY)))
        while data := await reader.read(4096):
            decoder.receive_data(data)
            while isinstance(frame := decoder.next_frame(None), Frame):
                received.append(frame)
                if len(received) == 1:
                    stamp = format_timestamp(receiver_clock)
                    writer.write(wrap_body(f'"NAK"0000R0L0A0[]{stamp}'.encode()))
                else:
                    writer.write(frame.reply or b"")

    async def scenario(address: NetworkAddress) -> None:
        panel = Dc09Panel("1234", open_link(address), KEY)
        outcome = await panel.send("1234", TRIP)
        assert (outcome.acknowledged, outcome.attempts) == (True, 2)
        assert (await panel.send("1234", TRIP)).attempts == 1
        assert await panel.link_test()
        await panel.close()

    with_server(serve, scenario)
    assert [frame.sequence for frame in received] == ["0001", "0001", "0002", "0000"]
    for frame in received[1:]:
        assert frame.timestamp is not None
        assert abs(frame.timestamp - receiver_clock) < timedelta(seconds=20)


def test_a_panel_takes_no_answer_that_is_not_for_its_frame() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            writer.write(encode_frame("ACK", sequence="0042", account="1234"))

    async def scenario(address: NetworkAddress) -> None:
        panel = Dc09Panel("1234", open_link(address), timeout=0.1, patience=0.3)
        outcome = await panel.send("1234", TRIP)
        assert not outcome.acknowledged
        assert outcome.attempts > 1
        assert outcome.cause == "no answer in 0.1 s"
        await panel.close()

    with_server(serve, scenario)


def test_a_receiver_sends_heartbeats_after_four_attempts_and_goes_on_where_it_was() -> None:
    received: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                record = await reader.readuntil(b"\x14")
            except asyncio.IncompleteReadError:
                return
            received.append(record[:1])
            if len(received) > 5:
                writer.write(b"\x06")

    async def scenario(address: NetworkAddress) -> None:
        receiver = SimulatedReceiver(open_link(address), SURGARD, timeout=0.1)
        outcome = await receiver.send("1001", TRIP)
        assert outcome.acknowledged
        await receiver.close()

    with_server(serve, scenario)
    assert received == [b"5"] * 4 + [b"1"] * 2 + [b"5"]


def test_a_receiver_keeps_beating_while_nothing_happens() -> None:
    beats = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _beat in range(3):
            assert (await reader.readuntil(b"\x14")).startswith(b"1010")
            writer.write(b"\x06")
        beats.set()

    async def scenario(address: NetworkAddress) -> None:
        receiver = SimulatedReceiver(open_link(address), SURGARD, line="001", heartbeat=0.05)
        receiver.start_heartbeat()
        await beats.wait()
        await receiver.close()

    with_server(serve, scenario)


def test_a_pseudo_terminal_is_a_serial_line_for_the_bridge(tmp_path: Path) -> None:
    async def scenario() -> None:
        terminal = tmp_path / "a line"
        receiver = SimulatedReceiver(open_link(parse_link(f"pty://{terminal}")), SURGARD, timeout=1)
        async with running_line(tmp_path, SerialPort(str(terminal)), "surgard") as line:
            for code in ("BA", "TA"):
                event = make_event("sia", code, "new", "1", "7")
                assert (await receiver.send("1001", event)).acknowledged
            assert [signal["code"] for signal in line.signals()] == ["BA", "TA"]
        await receiver.close()
        assert not terminal.is_symlink()

    asyncio.run(scenario())


def test_a_mix_is_the_same_for_the_same_seed_and_never_repeats_itself() -> None:
    first, again = load_mix("cid", 7), load_mix("cid", 7)
    events = [next(first) for _ in range(2500)]
    assert events == [next(again) for _ in range(2500)]
    assert len({(event.area, event.address) for event in events}) == 2500


@pytest.mark.parametrize("system", ["cid", "sia"])
def test_every_story_can_be_said_in_both_systems(system: str) -> None:
    dice = random.Random(1)
    steps = [step for _ in range(200) for step in story(dice)]
    events: list[Event] = [step.event(system) for step in steps]
    assert len({event.code for event in events}) >= 7


def test_nobody_listening_is_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["simulate", "dc09", "--connect", "tcp://127.0.0.1:1", "--account", "1001"]
    assert main([*command, "--patience", "0.1"]) == 1
    assert "1 sent, 0 acknowledged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["--code", "13"], "three digits"),
        (["--system", "sia", "--code", "130"], "two capital letters"),
        (["--zone", "1000"], "three for zone"),
        (["--zone", "x"], "three for zone"),
        (["--system", "sia", "--code", "ÄÖ"], "two capital letters"),
        (["--connect", "pty:///nonexistent/tty"], "/nonexistent/tty"),
    ],
)
def test_a_code_that_cannot_be_sent_is_refused(
    arguments: list[str], cause: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["simulate", "dc09", "--connect", "tcp://127.0.0.1:1", "--account", "1001"]
    assert main(command + arguments) == 2
    assert cause in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--account", "XYZ"),
        ("--accounts", "0"),
        ("--count", "-1"),
        ("--rate", "nan"),
        ("--connect", "tcp://a..b:1"),
        ("--report", "/nonexistent/report.json"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["simulate", "dc09", "--connect", "tcp://127.0.0.1:1", "--account", "1001"]
    with pytest.raises(SystemExit) as ended:
        main([*command, f"{option}={value}"])
    assert ended.value.code == 2
    assert f"argument {option}: {value!r}; allowed: " in capsys.readouterr().err


DEMO = """
mean_interval = 0.05
seed = 1
[[door]]
name = "dc-1"
format = "dc09"
connect = "tcp://127.0.0.1:{port}"
accounts = ["2001", "2002"]
keys = {{"2002" = "000102030405060708090a0b0c0d0e0f"}}
"""


def test_the_demo_tells_every_event_and_ends_on_sigterm(tmp_path: Path) -> None:
    async def scenario() -> None:
        door = NetworkAddress("tcp-listen", "127.0.0.1", 0)
        async with running_line(tmp_path, door, accounts={"2002": AccountSettings(KEY)}) as line:
            path = tmp_path / "demo.toml"
            path.write_text(DEMO.format(port=line.port))
            demo = await asyncio.create_subprocess_exec(
                *COMMAND, "simulate", "demo", "--config", str(path), stdout=subprocess.PIPE
            )
            assert demo.stdout is not None
            told = [await asyncio.wait_for(demo.stdout.readline(), 20) for _ in range(10)]
            assert all(b"acknowledged in" in line for line in told)
            demo.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(demo.wait(), 10) == 0
            assert {signal["account"] for signal in line.signals()} == {"2001", "2002"}

    asyncio.run(scenario())


def test_a_polled_account_of_the_demo_is_heard_more_often_and_falls_silent_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("receiver_bridge.simulator.demo._MEAN_UNTIL_SILENT", 0.5)
    heard: list[float] = []
    hung_up: list[float] = []

    async def link_test(panel: Dc09Panel) -> bool:
        heard.append(time.monotonic())
        return True

    async def hang_up(panel: Dc09Panel) -> None:
        hung_up.append(time.monotonic())

    monkeypatch.setattr(Dc09Panel, "link_test", link_test)
    monkeypatch.setattr(Dc09Panel, "hang_up", hang_up)
    path = tmp_path / "demo.toml"
    text = DEMO.format(port=1).replace("0.05", "3600").replace('["2001", "2002"]', '["2001"]')
    path.write_text(
        text.replace("keys =", "#") + 'polled = {"2001" = 0.1}\nfalls_silent = ["2001"]\n'
    )

    async def scenario() -> None:
        demo = asyncio.create_task(run_demo(load_demo(path), lambda *told: None))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            pauses = [after - before for before, after in pairwise(heard)]
            if pauses and max(pauses) > 0.6 and min(pauses) < 0.5:
                break
            await asyncio.sleep(0.05)
        demo.cancel()
        await asyncio.gather(demo, return_exceptions=True)
        assert max(pauses) > 0.6 > 0.5 > min(pauses)
        assert hung_up

    asyncio.run(scenario())


def test_a_polled_account_that_is_not_the_doors_is_named(tmp_path: Path) -> None:
    path = tmp_path / "demo.toml"
    path.write_text(DEMO.format(port=1) + 'polled = {"2003" = 5}\nfalls_silent = ["2004"]\n')
    with pytest.raises(ConfigError) as caught:
        load_demo(path)
    assert [(mistake.key, mistake.found) for mistake in caught.value.mistakes] == [
        ("door[1].polled", "2003"),
        ("door[1].falls_silent", "2004"),
    ]


def test_every_mistake_in_a_demo_is_named(tmp_path: Path) -> None:
    path = tmp_path / "demo.toml"
    text = DEMO.format(port=1).replace("0e0f", "").replace('"dc09"', '"x"').replace("tcp:", "tls:")
    path.write_text(text + "speed = 1\n")
    with pytest.raises(ConfigError) as caught:
        load_demo(path)
    assert sorted(mistake.key for mistake in caught.value.mistakes) == [
        "door[1].connect",
        "door[1].format",
        "door[1].keys.2002",
        "door[1].speed",
    ]


def test_a_report_lists_what_was_acknowledged(tmp_path: Path) -> None:
    async def scenario() -> None:
        door = NetworkAddress("tcp-listen", "127.0.0.1", 0)
        async with running_line(tmp_path, door) as line:
            report = tmp_path / "report.json"
            process = await asyncio.create_subprocess_exec(
                *(*COMMAND, "simulate", "dc09", "--connect", f"tcp://127.0.0.1:{line.port}"),
                *("--account", "00FE", "--accounts", "3", "--count", "30", "--rate", "300"),
                *("--report", str(report), "--quiet"),
            )
            assert await asyncio.wait_for(process.wait(), 20) == 0
            told = json.loads(report.read_text())
            assert (told["sent"], told["acked"]) == (30, 30)
            raw = {signal["raw_hex"] for signal in line.signals()}
            assert raw == {item["raw_hex"] for item in told["signals"]}
            assert {item["account"] for item in told["signals"]} == {"00FE", "00FF", "0100"}

    asyncio.run(scenario())
