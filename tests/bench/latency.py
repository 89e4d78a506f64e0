"""Bench ``latency``: from a DC-09 frame sent to its row in the browser's DOM, in milliseconds.

A clear frame of a subscriber with nothing open goes over TCP into a real bridge, through Odoo, its
database and the bus, to one board in Chromium; a MutationObserver notes when the new row is there.
Clock: the time of day of this machine, at the sender's last moment before it connects and in the
observer's callback. One alarm at a time; the board is cleared after each round of the accounts.
"""

from __future__ import annotations

import pathlib
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import median
from typing import Any

from playwright.sync_api import Page

from tests.bench._report import asked_for_quick, note, peak_mb, percentile, report
from tests.browser import new_context, open_board, running_chromium
from tests.e2e.wire import burglary, dc09
from tests.stack import Bridge, Odoo, Rpc, running_bridge, running_odoo, tcp_exchange

WARM_UP = 5
# Not all at once in one rhythm: a pause between alarms, in seconds.
PAUSE = (0.05, 0.25)

# Notes each row that is new, with its incident, signal and time; benchNextRow() waits for the next.
OBSERVER = """() => {
    const known = new Set();
    const rows = () => document.querySelectorAll("[data-incident-id][data-signal-uid]");
    for (const row of rows()) {
        known.add(row.dataset.incidentId);
    }
    const appeared = [];
    let waiting = null;
    const look = () => {
        const at = Date.now();
        for (const {dataset} of rows()) {
            if (!known.has(dataset.incidentId)) {
                known.add(dataset.incidentId);
                appeared.push({incident: Number(dataset.incidentId), uid: dataset.signalUid, at});
            }
        }
        if (waiting && appeared.length) {
            waiting(appeared.shift());
            waiting = null;
        }
    };
    new MutationObserver(look).observe(document.body, {
        subtree: true,
        childList: true,
        attributeFilter: ["data-incident-id", "data-signal-uid"],
    });
    window.benchNextRow = () =>
        new Promise((resolve, reject) => {
            waiting = resolve;
            look();
            setTimeout(() => reject(new Error("no new row within 20 s")), 20000);
        });
}"""


@dataclass(frozen=True, slots=True)
class Sample:
    """Milliseconds since the frame was sent."""

    acknowledged: float
    stored: float
    row: float


class Bench:
    def __init__(self, odoo: Odoo, bridge: Bridge, page: Page, sql: Callable[..., Any]) -> None:
        self._bridge, self._page, self._sql = bridge, page, sql
        self._accounts = [
            account
            for account, entry in odoo.access["accounts"].items()
            if entry["receiver"] == "ip-1"
        ]
        self._supervisor: Rpc = odoo.login("supervisor")
        self._sequences = count(1)
        self._random = random.Random(9)
        page.evaluate(OBSERVER)

    def samples(self, number: int) -> list[Sample]:
        samples: list[Sample] = []
        while len(samples) < number:
            accounts = self._accounts[: number - len(samples)]
            incidents = []
            for account in accounts:
                time.sleep(self._random.uniform(*PAUSE))
                incident, sample = self._alarm(account)
                incidents.append(incident)
                samples.append(sample)
            self._clear_board(incidents)
        return samples

    def _alarm(self, account: str) -> tuple[int, Sample]:
        """Send one alarm and wait for its row: the incident, and how long everything took."""
        frame = dc09(account, burglary("001"), next(self._sequences) % 9999 + 1)
        sent = time.time()
        reply = tcp_exchange(self._bridge.tcp_port, frame)
        acknowledged = time.time()
        assert b'"ACK"' in reply, reply
        row = self._page.evaluate("() => window.benchNextRow()")
        ((row_account, stored),) = self._sql(
            """SELECT account, extract(epoch FROM stored_at)::float8
                 FROM alarm_signal WHERE uid = %s""",
            row["uid"],
        )
        assert row_account == account, f"a row of {row_account} appeared instead of {account}'s"
        return row["incident"], Sample(
            acknowledged=(acknowledged - sent) * 1000,
            stored=(stored - sent) * 1000,
            row=row["at"] - sent * 1000,
        )

    def _clear_board(self, incidents: Sequence[int]) -> None:
        self._supervisor("alarm.incident", "action_cancel", incidents, "bench: next round")
        for incident in incidents:
            self._page.locator(f"[data-incident-id='{incident}']").wait_for(state="detached")


def main() -> None:
    quick = asked_for_quick("A frame's way to the board.", "20 alarms instead of 100")
    number = 20 if quick else 100
    with (
        tempfile.TemporaryDirectory() as folder,
        running_odoo(pathlib.Path(folder), "bench_latency") as odoo,
        running_bridge(pathlib.Path(folder), odoo) as bridge,
        running_chromium() as browser,
        odoo.sql() as sql,
    ):
        page = open_board(new_context(browser), odoo, "dispatcher1")
        bench = Bench(odoo, bridge, page, sql)
        bench.samples(WARM_UP)
        samples = bench.samples(number)
        memory = {
            "odoo_peak_memory_mb": peak_mb(odoo.pid),
            "bridge_peak_memory_mb": peak_mb(bridge.pid),
        }
    rows = [sample.row for sample in samples]
    details = {
        "min_ms": round(min(rows), 1),
        "max_ms": round(max(rows), 1),
        "acknowledged_p50_ms": round(median(sample.acknowledged for sample in samples), 1),
        "stored_p50_ms": round(median(sample.stored for sample in samples), 1),
        **memory,
    }
    for sample in samples:
        note(
            f"latency: acknowledged {sample.acknowledged:.1f} ms, stored {sample.stored:.1f} ms, "
            f"row {sample.row:.1f} ms"
        )
    report("latency.p50", round(median(rows), 1), "ms", number, details)
    report("latency.p99", round(percentile(rows, 99), 1), "ms", number, details)


if __name__ == "__main__":
    main()
