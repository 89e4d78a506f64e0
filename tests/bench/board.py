"""Bench ``board``: how soon a board with 5,000 open incidents can be used, and whether its memory
stays flat over a shift.

Open: from the navigation to the board's address, by somebody who is logged in and has the files in
his browser's cache, until the first rows are drawn. Memory: eight hours are simulated in minutes.
The page's clock and timers run faster by Playwright's clock, and so the board ticks, asks and draws
as often as it does in eight hours; incidents meanwhile come, change hands and go. The heap is
measured after a collection, in the first hour and after the last.
"""

from __future__ import annotations

import json
import pathlib
import secrets
import tempfile
import time
from typing import Any

from playwright.sync_api import CDPSession, Page

from receiver_bridge.clock import to_iso, utc_now
from tests.bench._register import RECEIVER, grow
from tests.bench._report import asked_for_quick, note, peak_mb, percentile, report
from tests.browser import log_in, new_context, running_chromium
from tests.stack import Odoo, running_odoo, wait_for

INCIDENTS = 5000
OPENINGS = 5
HOURS = 8
# Simulated seconds of each round, in which a few incidents come and go.
ROUND = 240

ROW = ".o_alarm_row[data-incident-id]"
# When the first rows were drawn, counted from the start of the navigation.
DRAWN = """(row) => new Promise((resolve) => {
    const look = () => {
        if (document.querySelector(row)) {
            requestAnimationFrame(() => {
                const drawn = new MessageChannel();
                drawn.port1.onmessage = () => resolve(performance.now());
                drawn.port2.postMessage(null);
            });
            return true;
        }
        return false;
    };
    if (!look()) {
        const observer = new MutationObserver(() => look() && observer.disconnect());
        observer.observe(document, {subtree: true, childList: true});
    }
})"""


class Alarms:
    def __init__(self, odoo: Odoo) -> None:
        self._bridge = odoo.bridge_rpc()
        self._epoch = secrets.token_hex(16)
        self._sequence = 0

    def report(self, accounts: list[str]) -> None:
        for start in range(0, len(accounts), 200):
            signals = [self._signal(account) for account in accounts[start : start + 200]]
            batch = json.dumps({"bridge": "bench-1", "signals": signals})
            answer = self._bridge("alarm.receiver", "ingest", batch)
            assert answer["stored"] == len(signals), answer

    def _signal(self, account: str) -> dict[str, Any]:
        self._sequence += 1
        now = to_iso(utc_now())
        return {
            "uid": f"{self._epoch}:{RECEIVER}:{self._sequence}", "receiver": RECEIVER,
            "format": "dc09", "kind": "event", "source": "192.0.2.1:40000",
            "received_at": now, "journaled_at": now, "occurred_at": now, "repeat_of": None,
            "wire_receiver": "01", "line": "0", "account": account, "code_system": "cid",
            "code": "130", "qualifier": "new", "area": "01", "zone": "001", "user": None,
            "address": "001", "text": None, "extended": [], "raw_hex": "00",
        }  # fmt: skip


def _open_ms(page: Page, url: str) -> float:
    page.goto(f"{url}/odoo/alarm-board", wait_until="commit")
    return float(page.evaluate(DRAWN, ROW))


def _heap_mb(client: CDPSession) -> float:
    for _ in range(3):
        client.send("HeapProfiler.collectGarbage")
    return float(client.send("Runtime.getHeapUsage")["usedSize"]) / 1024 / 1024


def _shift(page: Page, odoo: Odoo, accounts: list[str], hours: float) -> tuple[list[float], int]:
    """MB of heap at the end of each simulated hour; rounds."""
    alarms, supervisor = Alarms(odoo), odoo.login("supervisor")
    client = page.context.new_cdp_session(page)
    client.send("HeapProfiler.enable")
    heaps, rounds = [], int(hours * 3600 / ROUND)
    with odoo.sql() as sql:
        for number in range(rounds):
            # The same few again and again, so that a board holds no more at the end than before.
            alarms.report(accounts[number % 50 * 4 : number % 50 * 4 + 4])
            page.clock.run_for(ROUND * 1000)
            ids = [
                id_
                for (id_,) in sql(
                    """SELECT id FROM alarm_incident
                        WHERE account = ANY(%s) AND state = 'queued'""",
                    accounts[:200],
                )
            ]
            if ids:
                supervisor("alarm.incident", "action_cancel", ids, "bench: next round")
            if (number + 1) % (3600 // ROUND) == 0 or number + 1 == rounds:
                page.wait_for_timeout(300)
                heaps.append(_heap_mb(client))
                note(f"board: round {number + 1} of {rounds}, heap {heaps[-1]:.1f} MB")
    return heaps, rounds


def main() -> None:
    quick = asked_for_quick("The board itself.", "500 incidents, a shift of half an hour")
    number = INCIDENTS // 10 if quick else INCIDENTS
    hours = 0.5 if quick else HOURS
    with (
        tempfile.TemporaryDirectory() as name,
        running_odoo(pathlib.Path(name), "bench_board") as odoo,
        running_chromium() as browser,
        odoo.sql() as sql,
    ):
        accounts = list(grow(odoo, number + 200))
        Alarms(odoo).report(accounts[200:])
        wait_for("decisions", lambda: sql("SELECT 1 FROM alarm_signal_pending LIMIT 1") == [], 120)
        page = log_in(new_context(browser), odoo, "dispatcher1")
        _open_ms(page, odoo.url)
        opened = sorted(_open_ms(page, odoo.url) for _ in range(OPENINGS))
        page.context.close()
        details = {
            "incidents": number,
            "median_ms": round(opened[len(opened) // 2], 1),
            "odoo_peak_memory_mb": peak_mb(odoo.pid),
        }
        report("board.open_ms", round(percentile(opened, 99), 1), "ms", len(opened), details)

        began = time.monotonic()
        page = log_in(new_context(browser), odoo, "dispatcher1")
        page.clock.install()
        page.goto(f"{odoo.url}/odoo/alarm-board")
        page.clock.run_for(3000)
        page.locator(ROW).first.wait_for()
        page.locator(".o_alarm_start_shift").click()
        heaps, rounds = _shift(page, odoo, accounts, hours)
        growth = heaps[-1] - heaps[0]
        details = {
            "simulated_hours": hours,
            "rounds": rounds,
            "first_mb": round(heaps[0], 1),
            "last_mb": round(heaps[-1], 1),
            "highest_mb": round(max(heaps), 1),
            "took_seconds": round(time.monotonic() - began),
        }
        report("board.heap_growth_mb", round(growth, 2), "MB", len(heaps), details)


if __name__ == "__main__":
    main()
