"""The journal's file is damaged, its disk is full."""

from __future__ import annotations

import pathlib
import random
import resource
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.book import Book, Counts
from tests.faults.bridge import FaultBridge
from tests.faults.proxy import running_proxy
from tests.faults.senders import sending
from tests.stack import Odoo, wait_for

PAGE = 4096
Harm = Callable[[bytearray, random.Random], object]


def flip_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(10):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def cut_off(data: bytearray, chance: random.Random) -> None:
    del data[len(data) * 3 // 5 :]


def lose_pages(data: bytearray, chance: random.Random) -> None:
    for _ in range(3):
        begin = chance.randrange(len(data) // PAGE) * PAGE
        data[begin : begin + PAGE] = bytes(PAGE)


@dataclass(frozen=True, slots=True)
class Damage:
    """``substitutes``: signals of which Odoo got what was left, as unparsed ones. ``missing``: what
    the bridge itself says is gone, at least."""

    counts: Counts
    substitutes: int
    told: dict[str, str]
    status: int


def damaged_file(odoo: Odoo, folder: pathlib.Path, name: str, harm: Harm, seed: int) -> Damage:
    """Signals wait for Odoo; the bridge is killed, its journal damaged, and it starts again."""
    book = Book()
    with running_proxy(odoo.port) as proxy:
        bridge = FaultBridge(folder, odoo, name, proxy.url)
        bridge.start()
        try:
            with sending(*bridge.senders(book)):
                bridge.wait_for_promises(book, 100)
                proxy.mode = "down"
                bridge.wait_for_promises(book, 300)
            # Closed in order, all of it is in one file.
            assert bridge.stop() == 0
            data = bytearray(bridge.journal.read_bytes())
            harm(data, random.Random(seed))
            bridge.journal.write_bytes(data)
            bridge.start()
            proxy.mode = "well"
            # What is readable is delivered, and new signals are taken.
            with sending(*bridge.senders(book, pause=0.05, lane=20)):
                bridge.wait_for_promises(book, 20)
            wait_for("no backlog", bridge.drained, 60)
            told = bridge.conditions()
            status = bridge.command("status")
            counts = book.settle(odoo, bridge.receivers, timeout=0)
            assert bridge.stop() == 0
        finally:
            bridge.close()
    return Damage(counts, substitutes(odoo, bridge.receivers), told, status)


def substitutes(odoo: Odoo, receivers: list[str]) -> int:
    with odoo.sql() as sql:
        ((number,),) = sql(
            "SELECT count(*) FROM alarm_signal WHERE receiver_name = ANY(%s)"
            " AND kind = 'unparsed' AND source = 'journal'",
            receivers,
        )
    return int(number)


def damaged_at_work(odoo: Odoo, folder: pathlib.Path, seed: int) -> Damage:
    """Pages of the open file are overwritten while signals wait and others come in; no restart."""
    book, chance = Book(), random.Random(seed)
    with running_proxy(odoo.port) as proxy:
        bridge = FaultBridge(folder, odoo, f"at-work-{seed}", proxy.url)
        bridge.start()
        try:
            with sending(*bridge.senders(book)):
                bridge.wait_for_promises(book, 50)
                proxy.mode = "down"
                bridge.wait_for_promises(book, 2000)
            with sending(*bridge.senders(book, pause=0.05, lane=20)):
                pages = bridge.journal.stat().st_size // PAGE
                with bridge.journal.open("r+b") as file:
                    for page in chance.sample(range(1, pages), pages // 10):
                        file.seek(page * PAGE)
                        file.write(chance.randbytes(PAGE))
                proxy.mode = "well"
                wait_for("a quarantine", lambda: "quarantined" in bridge.conditions(), 60)
                bridge.wait_for_promises(book, 50)
            wait_for("no backlog", bridge.drained, 60)
            counts = book.settle(odoo, bridge.receivers, timeout=0)
            told = bridge.conditions()
            status = bridge.command("status")
            assert bridge.stop() == 0
        finally:
            bridge.close()
    return Damage(counts, substitutes(odoo, bridge.receivers), told, status)


def disk_full(odoo: Odoo, folder: pathlib.Path, rounds: int) -> tuple[Counts, int]:
    """No file of the bridge may grow any more, then it may again, under load; how many frames the
    bridge did not acknowledge because of that."""
    book = Book()
    bridge = FaultBridge(folder, odoo, "disk-full")
    bridge.start()
    try:
        with sending(*bridge.senders(book)):
            for _ in range(rounds):
                bridge.wait_for_promises(book, 50)
                bridge.limit_files(40_000)
                wait_for("a shout", lambda: "journal_failing" in bridge.conditions(), 30)
                assert bridge.metric("receiver_bridge_condition") >= 1
                told = book.promises
                refused = bridge.metric("receiver_bridge_journal_failures_total")
                wait_for(
                    "frames not acknowledged",
                    lambda refused=refused: (
                        bridge.metric("receiver_bridge_journal_failures_total") > refused + 3
                    ),
                    30,
                )
                # One answer per sender may have been on its way.
                assert book.promises <= told + 5
                bridge.limit_files(resource.RLIM_INFINITY)
                wait_for("recovery", lambda: "journal_failing" not in bridge.conditions(), 30)
        refused = int(bridge.metric("receiver_bridge_journal_failures_total"))
        counts = book.settle(odoo, bridge.receivers, 60)
        assert bridge.stop() == 0
    finally:
        bridge.close()
    return counts, refused


def disk_full_at_start(odoo: Odoo, folder: pathlib.Path) -> Counts:
    """The journal cannot be made; no door opens until it can, and nobody has to do anything."""
    book = Book()
    bridge = FaultBridge(folder, odoo, "full-start")
    bridge.start(wait=False, file_limit=0)
    try:
        wait_for("a shout", lambda: any("no door is opened" in line for line in bridge.log), 30)
        with odoo.sql() as sql:
            wait_for(
                "Odoo to hear of it",
                lambda: sql(
                    "SELECT 1 FROM alarm_incident WHERE key = %s",
                    f"condition:{bridge.name}:journal_failing",
                ),
                30,
            )
        bridge.limit_files(resource.RLIM_INFINITY)
        wait_for("the bridge to open", bridge.ready, 30)
        with sending(*bridge.senders(book)):
            bridge.wait_for_promises(book, 30)
        counts = book.settle(odoo, bridge.receivers, 60)
        assert bridge.stop() == 0
    finally:
        bridge.close()
    return counts
