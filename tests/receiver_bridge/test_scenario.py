"""Scenarios: their file, what they plan, and a real bridge that hears all of it."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from bridge_process import COMMAND, BridgeProcess, free_port, write_config
from hypothesis import given
from hypothesis import strategies as st
from odoo_server import serve_odoo

from receiver_bridge.codecs import Event, encodable_codecs, encoder_of
from receiver_bridge.config import ConfigError
from receiver_bridge.simulator.events import TOLD_SYSTEMS
from receiver_bridge.simulator.play import Cast, play
from receiver_bridge.simulator.scenario import (
    find_scenario,
    load_scenario,
    parse_seconds,
    plan,
    scenario_names,
)
from receiver_bridge.simulator.sender import Outcome


def scenario_file(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5s", 5),
        ("1.5h", 5400),
        ("10m", 600),
        ("2d", 172800),
        ("08:30", 30600),
        ("08:30:15", 30615),
    ],
)
def test_times_are_written_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("name", scenario_names())
@pytest.mark.parametrize("system", ["cid", "sia"])
def test_every_scenario_that_comes_along_can_be_said_in_both_systems(
    name: str, system: str
) -> None:
    scenario = load_scenario(find_scenario(name))
    planned = [item for seed in range(300) for item in plan(scenario, random.Random(seed))]
    events = [item.happening.event(system, item.number) for item in planned if item.happening]
    assert {event.code_system for event in events} == {system}
    assert {item.action for item in planned if item.action} <= {"cut", "mend"}


@given(st.integers())
def test_a_plan_is_in_order_and_the_same_for_the_same_dice(seed: int) -> None:
    scenario = load_scenario(find_scenario("day"))
    first = plan(scenario, random.Random(seed))
    assert first == plan(scenario, random.Random(seed))
    assert [item.at for item in first] == sorted(item.at for item in first)
    assert all(0 <= item.at <= 30 * 3600 for item in first)


def test_steps_of_one_chance_happen_at_the_same_subscribers() -> None:
    scenario = load_scenario(find_scenario("storm"))
    with_mains = 0
    for seed in range(200):
        words = {item.words for item in plan(scenario, random.Random(seed))}
        assert ("mains lost" in words) == ("mains back" in words)
        with_mains += "mains lost" in words
    assert 80 < with_mains < 160


def test_every_mistake_in_a_scenario_is_told_with_what_is_allowed(tmp_path: Path) -> None:
    path = scenario_file(
        tmp_path,
        'title = "x"\nspread = "soon"\n'
        '[[step]]\nat = "5s"\nsay = "burglery"\n'
        '[[step]]\nat = "5s"\nsay = "fire"\ndo = "cut"\n'
        '[[step]]\nat = "5s"\ncid = "13"\nzone = [8, 1]\n'
        '[[step]]\nat = "5s"\nsay = "fire"\nchance = 2\ncolour = "red"\n',
    )
    with pytest.raises(ConfigError) as raised:
        load_scenario(path)
    told = "\n".join(map(str, raised.value.mistakes))
    for words in (
        "spread: found 'soon'; allowed: a time such as",
        "step[1].say: found 'burglery'; allowed: \"burglary\"",
        "step[2].say: found say and do; allowed: one of say, do",
        "step[3].cid: found '13'",
        "step[3].zone: found [8, 1]; allowed: a number from 0 to 999",
        "step[4].chance: found 2",
        "step[4].colour: found an unknown key",
    ):
        assert words in told


class _Recorder:
    """Stands where a panel would; ``said`` is what it was asked to do."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def send(self, account: str, event: Event) -> Outcome:
        self.said.append(event.code)
        return Outcome(account, event, True, 1, 0.0, "")

    async def link_test(self) -> bool:
        self.said.append("link test")
        return True

    async def hang_up(self) -> None:
        self.said.append("hang up")

    async def close(self) -> None:
        """Nothing is open."""


def test_a_cut_line_keeps_all_back_until_it_is_mended() -> None:
    scenario = load_scenario(find_scenario("cut-line"))
    panel = _Recorder()
    outcomes = asyncio.run(play(scenario, Cast(["1"], speed=300), lambda account: panel))
    assert [outcome.event.code for outcome in outcomes] == ["130", "351", "351"]
    cut, first = panel.said.index("hang up"), panel.said.index("130")
    assert "link test" in panel.said[:cut]
    assert panel.said[cut + 1 : first] == []


def test_a_storm_at_many_subscribers_reaches_odoo_once_each(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with serve_odoo() as odoo:
        port = free_port()
        receivers = (
            '[[receiver]]\nname = "dc-1"\nformat = "dc09"\n'
            f'connect = "tcp-listen://127.0.0.1:{port}"\n'
        )
        bridge = BridgeProcess(write_config(tmp_path, odoo.url, receivers))
        played = subprocess.run(
            [*COMMAND, "simulate", "play", "storm", "--format", "dc09", "--accounts", "30",
             "--account", "1000", "--connect", f"tcp://127.0.0.1:{port}", "--speed", "100",
             "--quiet", "--report", str(report)],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert played.returncode == 0, played.stdout + played.stderr
        sent = json.loads(report.read_text())
        assert sent["sent"] == sent["acked"] > 30
        odoo.wait_for(lambda: len(odoo.signals) >= sent["acked"])
        assert bridge.stop() == 0
    assert len(odoo.signals) == sent["acked"]
    assert not [signal for signal in odoo.signals.values() if signal["repeat_of"]]


TELLING = sorted(
    codec.name
    for codec in encodable_codecs()
    if set(TOLD_SYSTEMS) & set(encoder_of(codec.name).systems)
)


def test_a_scenario_is_heard_in_every_format(tmp_path: Path) -> None:
    ports = {name: free_port() for name in TELLING}
    receivers = "".join(
        f'[[receiver]]\nname = "{name}-1"\nformat = "{name}"\n'
        f'connect = "tcp-listen://127.0.0.1:{port}"\n'
        for name, port in ports.items()
    )
    with serve_odoo() as odoo:
        bridge = BridgeProcess(write_config(tmp_path, odoo.url, receivers))
        for name, port in ports.items():
            played = subprocess.run(
                [*COMMAND, "simulate", "play", "burglary", "--format", name, "--account", "1234",
                 "--connect", f"tcp://127.0.0.1:{port}", "--speed", "1000", "--heartbeat", "0",
                 "--patience", "20"],
                capture_output=True, text=True, timeout=60,
            )  # fmt: skip
            assert played.returncode == 0, f"{name}: {played.stdout}{played.stderr}"
        odoo.wait_for(lambda: len(odoo.signals) >= 6 * len(TELLING))
        assert bridge.stop() == 0
    told = Counter(signal["format"] for signal in odoo.signals.values())
    assert told == dict.fromkeys(TELLING, 6)
    burglaries = {
        signal["format"]
        for signal in odoo.signals.values()
        if signal["code"] in ("130", "BA") and int(signal["address"]) == 1
    }
    assert burglaries == set(TELLING)
