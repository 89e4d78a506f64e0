"""Odoo is away, slow, answers nonsense, or does what it is asked and nobody hears of it."""

from __future__ import annotations

import pathlib

from tests.faults.book import Book, Counts
from tests.faults.bridge import FaultBridge
from tests.faults.proxy import MODES, running_proxy
from tests.faults.senders import sending
from tests.stack import Odoo, wait_for

PAUSE = 0.02


def bad_answers(odoo: Odoo, folder: pathlib.Path, turns: int) -> tuple[Counts, dict[str, int]]:
    """Every kind of bad answer ``turns`` times under load; how often each has struck."""
    book = Book()
    with running_proxy(odoo.port) as proxy:
        bridge = FaultBridge(folder, odoo, "answers", proxy.url)
        bridge.start()
        try:
            with sending(*bridge.senders(book, pause=PAUSE)):
                for mode in MODES * turns:
                    before = proxy.counts[mode]
                    # All is well for a moment: the pauses between tries are short again.
                    proxy.mode = "well"
                    delivered = bridge.metric("receiver_bridge_signals_delivered_total")
                    bridge.wait_for_promises(book, 10)
                    wait_for(
                        f"a delivery before: {mode}",
                        lambda delivered=delivered: (
                            bridge.metric("receiver_bridge_signals_delivered_total") > delivered
                        ),
                        60,
                    )
                    proxy.mode = mode
                    wait_for(
                        f"harm: {mode}",
                        lambda mode=mode, before=before: proxy.counts[mode] >= before + 3,
                        60,
                    )
                proxy.mode = "well"
            counts = book.settle(odoo, bridge.receivers, 90)
            assert bridge.stop() == 0
        finally:
            bridge.close()
        return counts, {mode: proxy.counts[mode] for mode in MODES}


def odoo_stopped(odoo: Odoo, folder: pathlib.Path, signals: int) -> Counts:
    """The Odoo process itself ends under load and comes back."""
    book = Book()
    bridge = FaultBridge(folder, odoo, "away")
    bridge.start()
    try:
        with sending(*bridge.senders(book, pause=PAUSE)):
            bridge.wait_for_promises(book, 20)
            odoo.kill()
            try:
                bridge.wait_for_promises(book, signals)
                bridge.kill()
                bridge.start()
                bridge.wait_for_promises(book, 20)
            finally:
                odoo.start()
        counts = book.settle(odoo, bridge.receivers, 90)
        assert bridge.stop() == 0
    finally:
        bridge.close()
    return counts
