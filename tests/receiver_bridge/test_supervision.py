"""A silent receiver and a lost account are told, once, also over a kill, and then their return."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bridge_process import BridgeProcess, free_port, write_config
from lines import running_line
from odoo_server import serve_odoo
from panels import Panels, lost_and_restored, supervising

from receiver_bridge.config import NetworkAddress
from receiver_bridge.supervision import SilenceWatch
from receiver_bridge.supervision.last_seen import Key

ANY = NetworkAddress("tcp-listen", "127.0.0.1", 0)


def test_silence_that_did_not_reach_the_disk_is_told_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "surgard", heartbeat=0.02) as line:
            with sqlite3.connect(tmp_path / "journal.db") as other:
                other.execute(
                    "CREATE TRIGGER full BEFORE INSERT ON signal"
                    " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
                )
            tried, told = asyncio.Event(), asyncio.Event()
            journal = line.intake.journal

            def watched(append, done):  # type: ignore[no-untyped-def]
                def finished(stored: bool) -> None:
                    done(stored)
                    (told if stored else tried).set()

                journal(append, finished)

            line.intake.journal = watched  # type: ignore[method-assign]
            watch = SilenceWatch(line.intake.settings, line.intake, line.journal)
            watch.start()
            await asyncio.wait_for(tried.wait(), 10)
            assert line.signals() == []
            with sqlite3.connect(tmp_path / "journal.db") as other:
                other.execute("DROP TRIGGER full")
            await asyncio.wait_for(told.wait(), 10)
            watch.stop()
            assert line.intake.line.silent
            [signal] = line.signals()
            assert (signal["kind"], signal["code_system"]) == ("receiver_status", "bridge")
            assert (signal["code"], signal["qualifier"]) == ("silent", "new")

    asyncio.run(scenario())


def test_of_two_bridges_the_one_that_speaks_tells_silence_when_neither_hears(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "surgard", heartbeat=0.02) as line:
            age: list[float | None] = [0.0]
            asked, speaks = asyncio.Event(), [False]

            def others(key: Key, then: Callable[[float | None], None]) -> None:
                assert key == ("receiver line", "")
                asked.set()
                then(age[0])

            async def asked_again(times: int) -> None:
                for _time in range(times):
                    asked.clear()
                    await asyncio.wait_for(asked.wait(), 10)

            watch = SilenceWatch(
                line.intake.settings, line.intake, line.journal, lambda name: speaks[0], others
            )
            watch.start()
            # The other bridge hears it.
            await asked_again(3)
            assert not line.intake.line.silent
            # Neither does: the line is silent, and the other bridge is the one to say so.
            age[0] = 100.0
            await asked_again(3)
            assert line.intake.line.silent
            assert line.signals() == []
            # What the other has told is not told again.
            line.journal.remember("silent line", "true")
            speaks[0] = True
            await asked_again(5)
            assert line.signals() == []
            age[0] = 0.0
            await asked_again(5)
            while not line.signals():
                await asked_again(1)
            assert [signal["qualifier"] for signal in line.signals()] == ["restore"]
            assert line.journal.reader.recall("silent line") is None
            watch.stop()

    asyncio.run(scenario())


def test_a_panel_that_stops_polling_is_lost_and_back_even_over_a_kill(tmp_path: Path) -> None:
    port, accounts = free_port(), [f"20{number:02d}" for number in range(8)]
    dead = accounts[3]
    with serve_odoo() as odoo, Panels(port, accounts, 0.4) as panels:
        config = supervising(tmp_path, odoo, port, accounts)
        bridge = BridgeProcess(config)
        bridge.wait_for_log("from Odoo: 8 accounts")
        panels.wait_for_answers(accounts, 5)
        panels.silent.add(dead)
        odoo.wait_for(lambda: lost_and_restored(odoo) == [(dead, "new")], 40)
        # Killed, away for longer than any account's time, and back: nothing is told again, and
        # nobody is lost who could not be heard.
        bridge.kill()
        time.sleep(3)
        bridge = BridgeProcess(config)
        bridge.wait_for_log("from the disk: 8 accounts")
        panels.wait_for_answers([name for name in accounts if name != dead], 15)
        assert lost_and_restored(odoo) == [(dead, "new")]
        panels.silent.clear()
        odoo.wait_for(lambda: lost_and_restored(odoo) == [(dead, "new"), (dead, "restore")], 40)
        panels.wait_for_answers(accounts, 5)
        assert lost_and_restored(odoo) == [(dead, "new"), (dead, "restore")]
        assert bridge.stop() == 0
    assert (tmp_path / "journal.db.last-seen").stat().st_mode & 0o777 == 0o600


def test_accounts_are_supervised_while_odoo_is_down(tmp_path: Path) -> None:
    port, odoo_port, accounts = free_port(), free_port(), ["2001", "2002"]
    with Panels(port, accounts, 0.4) as panels:
        with serve_odoo(odoo_port) as odoo:
            config = supervising(tmp_path, odoo, port, accounts)
            bridge = BridgeProcess(config)
            bridge.wait_for_log("from Odoo: 2 accounts")
            assert bridge.stop() == 0
        bridge = BridgeProcess(config)
        panels.wait_for_answers(accounts, 3)
        panels.silent.add("2002")
        bridge.wait_for_log("dc-udp 2002 bridge lost", 40)
        with serve_odoo(odoo_port) as odoo:
            odoo.wait_for(lambda: lost_and_restored(odoo) == [("2002", "new")], 60)
            assert bridge.stop() == 0


def test_unknown_accounts_are_refused_where_the_line_is_set_so(tmp_path: Path) -> None:
    port, accounts = free_port(), ["2001", "6666"]
    receiver = (
        '[[receiver]]\nname = "dc-udp"\nformat = "dc09"\nunknown_accounts = "refuse"\n'
        f'connect = "udp-listen://127.0.0.1:{port}"\n'
    )
    with serve_odoo() as odoo, Panels(port, accounts, 0.4) as panels:
        # Odoo does not answer yet: nobody can be called unknown.
        odoo.configuration = "garbage"  # type: ignore[assignment]
        config = write_config(tmp_path, odoo.url, receiver)
        bridge = BridgeProcess(config)
        panels.wait_for_answers(accounts, 2)
        assert bridge.stop() == 0
        odoo.configuration = {
            "version": "1",
            "accounts": [{"receiver_group": "HQ", "account": "2001"}],
            "receivers": [{"name": "dc-udp", "receiver_group": "HQ"}],
        }
        bridge = BridgeProcess(config)
        bridge.wait_for_log("from Odoo: 1 accounts")
        refused = panels.acknowledged["6666"]
        bridge.wait_for_log("account 6666 from 127.0.0.1 is refused")
        panels.wait_for_answers(["2001"], 5)
        assert panels.acknowledged["6666"] <= refused + 1
        odoo.wait_for(lambda: len(odoo.signals) >= 1)
        assert len(odoo.signals) == 1, list(odoo.signals.values())
        [signal] = odoo.signals.values()
        assert (signal["kind"], signal["account"]) == ("unparsed", "6666")
        assert signal["text"] == "unknown account"
        assert b"6666" in bytes.fromhex(signal["raw_hex"])
        address = re.search(r"http://\S+", bridge.wait_for_log("metrics on"))
        assert address is not None
        with urllib.request.urlopen(address[0], timeout=10) as page:
            metrics = page.read().decode()
        found = re.search(
            r'receiver_bridge_unknown_accounts_refused_total{receiver="dc-udp"} (\S+)', metrics
        )
        assert found is not None and float(found[1]) >= 2
        assert bridge.stop() == 0
