"""What systemd hears of the bridge, over a real socket and from a real process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bridge_process import BridgeProcess, free_port, write_config
from odoo_server import serve_odoo
from test_run import dc09_receiver

from receiver_bridge.systemd import Notifier

UNIT = Path(__file__).parents[2] / "config" / "receiver-bridge.service"


class ServiceManager:
    """The end of ``NOTIFY_SOCKET`` that systemd has."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(30)

    def hear(self) -> dict[str, str]:
        text = self.socket.recv(4096).decode()
        return dict(line.split("=", 1) for line in text.splitlines())

    def hear_until(self, name: str) -> dict[str, str]:
        while name not in (heard := self.hear()):
            pass
        return heard

    def hears_nothing_for(self, seconds: float) -> bool:
        """Whether it is silent, once what has been said is read."""
        self.socket.settimeout(seconds)
        try:
            for _message in range(3):
                self.hear()
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(30)
        return False


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[ServiceManager]:
    made = ServiceManager(tmp_path / "notify")
    yield made
    made.socket.close()


def test_start_reload_signs_of_life_and_stop_are_told(
    tmp_path: Path, manager: ServiceManager
) -> None:
    with serve_odoo() as odoo:
        config = write_config(tmp_path, odoo.url, dc09_receiver(free_port()))
        environment = {"NOTIFY_SOCKET": str(manager.path), "WATCHDOG_USEC": "1500000"}
        bridge = BridgeProcess(config, environment)
        ready = manager.hear()
        assert (ready["READY"], ready["STATUS"]) == ("1", "1 of 1 receivers online")
        assert manager.hear_until("WATCHDOG")["WATCHDOG"] == "1"
        assert manager.hear_until("WATCHDOG")["STATUS"] == "1 of 1 receivers online"
        bridge.reload()
        assert re.fullmatch(r"\d+", manager.hear_until("RELOADING")["MONOTONIC_USEC"])
        assert manager.hear_until("READY")["READY"] == "1"
        # A reload that is refused is over as well, and does not end the service.
        good = config.read_text()
        config.write_text(good + "nonsense = 1\n")
        bridge.reload()
        assert "configuration_refused" in manager.hear_until("READY")["STATUS"]
        assert bridge.stop() == 0
        assert manager.hear_until("STOPPING")["STOPPING"] == "1"


def test_the_watchdog_is_fed_while_the_disk_is_full_but_not_while_it_hangs(
    tmp_path: Path, manager: ServiceManager
) -> None:
    with serve_odoo() as odoo:
        config = write_config(tmp_path, odoo.url, dc09_receiver(free_port()))
        environment = {"NOTIFY_SOCKET": str(manager.path), "WATCHDOG_USEC": "300000"}
        bridge = BridgeProcess(config, environment)
        manager.hear_until("WATCHDOG")
        with contextlib.closing(sqlite3.connect(tmp_path / "journal.db")) as other:
            other.executescript(
                "CREATE TRIGGER full BEFORE INSERT ON memory"
                " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
            bridge.wait_for_log("disk full")
            for _sign in range(3):
                manager.hear_until("WATCHDOG")
            # The writer waits for this lock as it would for a disk that does not answer.
            other.execute("BEGIN IMMEDIATE")
            assert manager.hears_nothing_for(1.5)
            other.rollback()
            assert manager.hear_until("WATCHDOG")["WATCHDOG"] == "1"
        assert bridge.stop() == 0


def test_without_systemd_nothing_is_said_and_nothing_fails() -> None:
    notifier = Notifier({})
    notifier.ready("well")
    assert notifier.watchdog_interval == 0
    asyncio.run(asyncio.wait_for(notifier.feed_watchdog(lambda: None, lambda: ""), 10))


def test_a_watchdog_of_another_process_or_that_is_no_number_is_none(tmp_path: Path) -> None:
    assert Notifier({"WATCHDOG_USEC": "3000000"}).watchdog_interval == 1
    own = {"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}
    assert Notifier(own).watchdog_interval == 1
    assert Notifier({**own, "WATCHDOG_PID": "1"}).watchdog_interval == 0
    assert Notifier({"WATCHDOG_USEC": "soon"}).watchdog_interval == 0


def test_an_abstract_socket_is_found_and_a_missing_one_is_said(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        name = f"receiver-bridge-test-{os.getpid()}"
        listening.bind("\0" + name)
        listening.settimeout(10)
        Notifier({"NOTIFY_SOCKET": "@" + name}).ready("two\nlines")
        assert listening.recv(4096) == b"READY=1\nSTATUS=two lines"
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "none")}).ready("well")
    assert "systemd does not hear the bridge" in caplog.text


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """Where there is systemd it says so itself; everywhere the unit names what the bridge does."""
    text = UNIT.read_text()
    settings = dict(re.findall(r"(?m)^([A-Z][A-Za-z]+)=(.*)$", text))
    assert settings["Type"] == "notify"
    assert settings["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert int(settings["WatchdogSec"]) >= 10
    analyze = shutil.which("systemd-analyze")
    if analyze:
        # The bridge is not installed here; everything but its path is as it will be.
        unit = tmp_path / UNIT.name
        unit.write_text(text.replace("/opt/receiver-bridge/bin/receiver-bridge", "/bin/true"))
        verified = subprocess.run(
            [analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
        )
        assert verified.returncode == 0, verified.stderr
        assert verified.stderr == ""
