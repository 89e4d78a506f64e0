"""The real display in a terminal beside a real bridge, Odoo down: an alarm handled to the end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from bridge_process import COMMAND, BridgeProcess, free_port, write_config
from odoo_server import OdooServer, serve_odoo
from terminal import Terminal

DIRECTORY = {
    "subscriber": "Riverside Jewellers",
    "ref": "C-17",
    "state": "active",
    "address": "88 River Road",
    "phone": "555-0100",
    "note": "Dog at the back door",
    "areas": [["1", "Ground floor"]],
    "zones": [["005", "Back door", "PIR"]],
    "users": [],
    "contacts": [{"name": "Shop manager", "phones": ["555-0101", "555-0102"], "note": "day"}],
}


def set_up(folder: Path, odoo_port: int, port: int) -> Path:
    receiver = (
        '[[receiver]]\nname = "dc-tcp"\nformat = "dc09"\n'
        f'connect = "tcp-listen://127.0.0.1:{port}"\n'
    )
    path = write_config(folder, f"http://127.0.0.1:{odoo_port}", receiver)
    path.write_text(path.read_text().replace("127.0.0.1:0", f"127.0.0.1:{free_port()}"))
    return path


def configure(odoo: OdooServer) -> None:
    account = {"receiver_group": "HQ", "account": "2001", "key": "", "directory": DIRECTORY}
    odoo.configuration |= {
        "accounts": [account],
        "receivers": [{"name": "dc-tcp", "receiver_group": "HQ", "allow": []}],
        "more": False,
    }


def send(port: int, code: str) -> None:
    command = [*COMMAND, "simulate", "dc09", "--connect", f"tcp://127.0.0.1:{port}"]
    command += ["--account", "2001", "--code", code, "--zone", "5"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def watch(config: Path, *arguments: str) -> Terminal:
    return Terminal([*COMMAND, "watch", "--config", str(config), *arguments])


def handled(odoo: OdooServer) -> list[dict[str, Any]]:
    return [signal for signal in odoo.signals.values() if signal["kind"] == "handled"]


@pytest.mark.parametrize("bridge_is_down", [False, True])
def test_an_alarm_is_handled_while_odoo_is_down_and_odoo_hears_of_it_once(
    tmp_path: Path, bridge_is_down: bool
) -> None:
    odoo_port, port = free_port(), free_port()
    config = set_up(tmp_path, odoo_port, port)
    with serve_odoo(odoo_port) as odoo:
        configure(odoo)
        bridge = BridgeProcess(config)
        bridge.wait_for_log("configuration from Odoo")
    send(port, "110")
    send(port, "602")
    if bridge_is_down:
        bridge.kill()
    with watch(config, "--operator", "Li Na") as terminal, watch(config) as other:
        terminal.wait_for("UNHANDLED ALARMS: 1", "Riverside Jewellers", "005 Back door", "Fire")
        terminal.wait_for("BRIDGE DOWN" if bridge_is_down else "ODOO DOES NOT TAKE SIGNALS")
        terminal.forget()
        terminal.type("n\r")
        terminal.wait_for("88 River Road", "555-0101", "Shop manager", "Dog at the back door")
        terminal.forget()
        terminal.type("t")
        terminal.wait_for("Tick as handled")
        terminal.type("called the manager\r")
        terminal.wait_for("No unhandled alarm", "[Li Na ")
        other.wait_for("[Li Na ")
        if bridge_is_down:
            bridge = BridgeProcess(config)
        with serve_odoo(odoo_port) as odoo:
            odoo.wait_for(lambda: bool(handled(odoo)), 60)
            terminal.wait_for("Odoo OK")
            # Time enough for the same tick to be told again, if it were.
            time.sleep(3)
            signals = list(odoo.signals.values())
            assert [signal["code"] for signal in signals] == ["110", "602", "handled"]
            fire, _test, tick = signals
            assert dict(tick["extended"]) == {
                "uid": fire["uid"],
                "by": "Li Na",
                "at": tick["received_at"],
            }
            assert (tick["code_system"], tick["account"]) == ("bridge", fire["account"])
            assert tick["text"] == "called the manager"
            assert bridge.stop() == 0
        terminal.type("q")
        assert terminal.ended() == 0
        other.type("q")
        assert other.ended() == 0


def test_a_tick_taken_back_before_odoo_returns_is_never_told(tmp_path: Path) -> None:
    odoo_port, port = free_port(), free_port()
    config = set_up(tmp_path, odoo_port, port)
    bridge = BridgeProcess(config)
    send(port, "130")
    with watch(config, "--operator", "Li", "--language", "zh_CN") as terminal:
        terminal.wait_for("未处置报警：1")
        terminal.type("nt")
        terminal.wait_for("标记为已处置")
        terminal.type("\r")
        terminal.wait_for("没有未处置的报警")
        terminal.forget()
        terminal.type("u")
        terminal.wait_for("未处置报警：1")
        with serve_odoo(odoo_port) as odoo:
            odoo.wait_for(lambda: len(odoo.signals) == 1, 60)
            terminal.wait_for("没有未处置的报警")
            send(port, "602")
            odoo.wait_for(lambda: len(odoo.signals) == 2, 60)
            assert handled(odoo) == []
            assert bridge.stop() == 0
        terminal.type("q")
        assert terminal.ended() == 0


def test_without_a_terminal_or_with_a_wrong_configuration_it_says_so(tmp_path: Path) -> None:
    config = set_up(tmp_path, free_port(), free_port())
    command = [*COMMAND, "watch", "--config", str(config)]
    piped = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (piped.returncode, piped.stdout) == (2, "")
    assert "needs a terminal" in piped.stderr
    config.write_text(config.read_text().replace('format = "dc09"', 'format = "dc10"'))
    wrong = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert wrong.returncode == 2
    assert "dc10" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_other_commands_do_not_load_the_terminal_library() -> None:
    code = (
        "import sys; from receiver_bridge.cli import main\n"
        "try: main(['--version'])\nexcept SystemExit: pass\n"
        "print([name for name in ('textual', 'rich') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.splitlines()[-1] == "[]"
