"""The bridge is killed, again and again, under load on all its doors."""

from __future__ import annotations

import pathlib
import random

from tests.faults.book import Book, Counts
from tests.faults.bridge import FaultBridge
from tests.faults.senders import sending
from tests.stack import Odoo

PAUSE = 0.03


def kill_rounds(odoo: Odoo, folder: pathlib.Path, rounds: int, seed: int) -> Counts:
    """SIGKILL ``rounds`` times: some during the start, most at a random moment of the load."""
    chance, book = random.Random(seed), Book()
    bridge = FaultBridge(folder, odoo, f"killed-{seed}")
    bridge.start()
    try:
        with sending(*bridge.senders(book, pause=PAUSE)):
            bridge.wait_for_promises(book, 5)
            for number in range(rounds):
                # Work in between, so that each round has something to lose.
                if number % 5 != 4:
                    bridge.wait_for_promises(book, chance.randrange(1, 30))
                bridge.kill()
                bridge.start(wait=number % 5 != 3)
            bridge.wait_for_promises(book, 20)
        counts = book.settle(odoo, bridge.receivers)
        assert bridge.stop() == 0
    finally:
        bridge.close()
    assert set(book.per_receiver()) == set(bridge.receivers), "a door took nothing"
    return counts
