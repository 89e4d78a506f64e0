"""The whole bridge as a process: what it acknowledged is delivered, once."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from bridge_process import COMMAND, BridgeProcess, free_port, write_config
from odoo_server import OdooServer, serve_odoo

PANEL_KEY = "00112233445566778899aabbccddeeff"


def dc09_receiver(port: int, scheme: str = "tcp") -> str:
    return (
        f'[[receiver]]\nname = "dc-{scheme}"\nformat = "dc09"\n'
        f'connect = "{scheme}-listen://127.0.0.1:{port}"\n'
    )


def simulate(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "simulate", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_until_refused(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "run", "--config", str(config)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def acknowledged(report: Path) -> list[str]:
    """The bytes of every acknowledged signal."""
    signals = json.loads(report.read_text())["signals"]
    return [item["raw_hex"] for item in signals if item["acknowledged"]]


def delivered(odoo: OdooServer) -> Counter[str]:
    """The bytes of what Odoo has, retries on the link left out."""
    return Counter(item["raw_hex"] for item in odoo.signals.values() if item["repeat_of"] is None)


def sequences_are_contiguous(odoo: OdooServer) -> bool:
    numbers: dict[str, list[int]] = {}
    for uid in odoo.signals:
        stream, _separator, number = uid.rpartition(":")
        numbers.setdefault(stream, []).append(int(number))
    return all(found == list(range(1, len(found) + 1)) for found in numbers.values())


@pytest.mark.parametrize("scheme", ["tcp", "udp"])
def test_killed_in_the_middle_of_a_burst_nothing_is_lost_or_doubled(
    tmp_path: Path, scheme: str
) -> None:
    port, report = free_port(), tmp_path / "report.json"
    with serve_odoo() as odoo:
        config = write_config(tmp_path, odoo.url, dc09_receiver(port, scheme))
        bridge = BridgeProcess(config)
        panels = simulate(
            *("dc09", "--connect", f"{scheme}://127.0.0.1:{port}", "--account", "2001"),
            *("--accounts", "8", "--count", "1500", "--timeout", "1", "--report", str(report)),
        )
        for step in (200, 600, 1000):
            odoo.wait_for(lambda step=step: len(odoo.signals) >= step)
            bridge.kill()
            bridge = BridgeProcess(config)
        output, errors = panels.communicate(timeout=60)
        assert panels.returncode == 0, output[-500:] + errors
        assert "1500 sent, 1500 acknowledged" in output
        told = acknowledged(report)
        odoo.wait_for(lambda: set(delivered(odoo)) >= set(told))
        assert delivered(odoo) == Counter(told)
        assert sequences_are_contiguous(odoo)
        assert bridge.stop() == 0


def test_a_serial_receiver_survives_the_bridge(tmp_path: Path) -> None:
    terminal, report = tmp_path / "tty", tmp_path / "report.json"
    receiver = (
        '[[receiver]]\nname = "sg-1"\nformat = "surgard"\nheartbeat = 30\n'
        f'connect = "serial://{terminal}"\n'
    )
    with serve_odoo() as odoo:
        surgard = simulate(
            *("surgard", "--connect", f"pty://{terminal}", "--account", "1001", "--accounts", "3"),
            *("--count", "300", "--timeout", "1", "--report", str(report)),
        )
        config = write_config(tmp_path, odoo.url, receiver)
        bridge = BridgeProcess(config)
        odoo.wait_for(lambda: len(odoo.signals) >= 50)
        bridge.kill()
        bridge = BridgeProcess(config)
        output, errors = surgard.communicate(timeout=60)
        assert surgard.returncode == 0, output[-500:] + errors
        told = acknowledged(report)
        assert len(told) == 300
        odoo.wait_for(lambda: set(delivered(odoo)) >= set(told))
        assert delivered(odoo) == Counter(told)
        assert bridge.stop() == 0


def test_what_comes_while_odoo_is_down_is_delivered_when_it_is_back(tmp_path: Path) -> None:
    port, odoo_port, report = free_port(), free_port(), tmp_path / "report.json"
    config = write_config(tmp_path, f"http://127.0.0.1:{odoo_port}", dc09_receiver(port))
    bridge = BridgeProcess(config)
    panels = simulate(
        *("dc09", "--connect", f"tcp://127.0.0.1:{port}", "--account", "2001"),
        *("--count", "200", "--quiet", "--report", str(report)),
    )
    assert panels.wait(30) == 0
    status = subprocess.run(
        [*COMMAND, "journal", "status", "--json", "--config", str(config)],
        capture_output=True,
        check=True,
    )
    assert json.loads(status.stdout)["pending"] == {"dc-tcp": 200}
    with serve_odoo(odoo_port) as odoo:
        odoo.wait_for(lambda: len(odoo.signals) == 200, 40)
        assert delivered(odoo) == Counter(acknowledged(report))
        assert sequences_are_contiguous(odoo)
        assert bridge.stop() == 0


def test_encrypted_panels_get_their_keys_from_odoo_and_from_the_cache(tmp_path: Path) -> None:
    port = free_port()
    arguments = ("dc09", "--connect", f"tcp://127.0.0.1:{port}", "--account", "2001")
    with serve_odoo() as odoo:
        odoo.configuration |= {
            "accounts": [{"receiver_group": "HQ", "account": "2001", "key": PANEL_KEY}],
            "receivers": [{"name": "dc-tcp", "receiver_group": "HQ"}],
        }
        config = write_config(tmp_path, odoo.url, dc09_receiver(port))
        bridge = BridgeProcess(config)
        bridge.wait_for_log("1 with a key")
        assert simulate(*arguments, "--key", PANEL_KEY).wait(30) == 0
        odoo.wait_for(lambda: len(odoo.signals) >= 1)
        wrong = simulate(*arguments, "--key", "ff" * 16, "--timeout", "0.5", "--patience", "1")
        assert wrong.wait(30) == 1
        assert bridge.stop() == 0
    bridge = BridgeProcess(config)
    assert simulate(*arguments, "--key", PANEL_KEY, "--code", "110").wait(30) == 0
    assert PANEL_KEY not in "".join(bridge.log)
    assert bridge.stop() == 0


def test_a_silent_receiver_is_told_once_and_its_return_too(tmp_path: Path) -> None:
    port = free_port()
    receiver = (
        '[[receiver]]\nname = "sg-1"\nformat = "surgard"\nheartbeat = 0.4\n'
        f'connect = "tcp-listen://127.0.0.1:{port}"\n'
    )

    def told(odoo: OdooServer) -> list[Any]:
        return [item["qualifier"] for item in odoo.signals.values() if item["kind"] != "event"]

    with serve_odoo() as odoo:
        config = write_config(tmp_path, odoo.url, receiver)
        bridge = BridgeProcess(config)
        odoo.wait_for(lambda: told(odoo) == ["new"])
        # A restart neither repeats the report nor forgets it.
        assert bridge.stop() == 0
        bridge = BridgeProcess(config)
        surgard = simulate("surgard", "--connect", f"tcp://127.0.0.1:{port}", "--account", "1001")
        assert surgard.wait(30) == 0
        odoo.wait_for(lambda: told(odoo)[:2] == ["new", "restore"])
        odoo.wait_for(lambda: told(odoo) == ["new", "restore", "new"])
        status = next(item for item in odoo.signals.values() if item["kind"] == "receiver_status")
        assert (status["code_system"], status["code"]) == ("bridge", "silent")
        assert status["account"] is None
        assert bridge.stop() == 0


def test_metrics_and_health_are_served(tmp_path: Path) -> None:
    port = free_port()
    with serve_odoo() as odoo:
        bridge = BridgeProcess(write_config(tmp_path, odoo.url, dc09_receiver(port)))
        address = re.search(r"http://\S+", "".join(bridge.log))
        assert address is not None
        panel = simulate("dc09", "--connect", f"tcp://127.0.0.1:{port}", "--account", "1234")
        assert panel.wait(30) == 0
        odoo.wait_for(lambda: len(odoo.signals) == 1)
        metrics = urllib.request.urlopen(address[0]).read().decode()
        assert 'receiver_bridge_signals_journaled_total{receiver="dc-tcp"} 1.0' in metrics
        health = urllib.request.urlopen(address[0].replace("/metrics", "/healthz"))
        shown = json.load(health)
        assert health.status == 200
        assert shown["journal"] == "ok"
        assert shown["receivers"][0]["address"] == f"tcp-listen://127.0.0.1:{port}"
        odoo.wait_for(lambda: bool(odoo.heartbeats))
        assert bridge.stop() == 0
        assert any(" dc-tcp 1234 cid 130 Burglary area 01 zone 001" in line for line in bridge.log)


def test_a_port_that_is_taken_and_a_second_bridge_are_said(tmp_path: Path) -> None:
    port = free_port()
    with serve_odoo() as odoo:
        config = write_config(tmp_path, odoo.url, dc09_receiver(port))
        bridge = BridgeProcess(config)
        second = run_until_refused(config)
        assert second.returncode == 1
        assert "another bridge" in second.stderr
        other = tmp_path / "other"
        other.mkdir()
        config = write_config(other, odoo.url, dc09_receiver(port))
        third = run_until_refused(config)
        assert third.returncode == 1
        assert "receiver dc-tcp" in third.stderr
        assert "Traceback" not in third.stderr
        assert bridge.stop() == 0
