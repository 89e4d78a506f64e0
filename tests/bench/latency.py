"""Bench ``latency``: from a DC-09 frame sent over TCP to its row painted in a dispatcher's browser.

A clear frame goes over TCP into a real bridge, through Odoo with two workers behind a proxy, its
database and the bus, to one board in Chromium; 19 more websocket clients listen. The page notes
when a row with a new signal is in the DOM and a frame was drawn after. Clock: the time of day of
this machine, before the sender connects and in the page.

Steady: 1,000 alarms, each of another subscriber, at 10 a second; the queue is scrolled to its end,
where they appear, and they stay open. Storm: 100 alarms a second for 60 s over 1,000 subscribers;
two a second of them are mains failures of subscribers of their own, which by their priority come at
the end, and are looked for. In the end the board must have every incident with the newest signal
that the database has.
"""

from __future__ import annotations

import itertools
import pathlib
import tempfile
import threading
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from playwright.sync_api import Page

from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.dc09_encoder import encode_adm_cid
from tests.bench._listeners import Listeners
from tests.bench._register import grow
from tests.bench._report import asked_for_quick, note, peak_mb, percentile, report
from tests.browser import running_chromium
from tests.front import Front, running_front
from tests.stack import Bridge, Odoo, running_bridge, running_odoo, tcp_exchange, wait_for

BOARDS = 20
WORKERS = 2
RATE = 10.0
ALARMS = 1000
STORM_RATE = 100.0
STORM_SECONDS = 60.0
PROBE_EVERY = 50
STORM_SUBSCRIBERS = 1000
WARM_UP = 20
# Dispatchers of a large centre have a large screen.
SCREEN = {"width": 1920, "height": 1080}

# Notes for each signal when it was seen first: in the DOM, and a frame drawn since. The observer
# runs before the frame, the message's callback after it.
OBSERVER = """() => {
    window.benchSeen = new Map();
    window.benchBlocked = [];
    const pending = new Set();
    const drawn = new MessageChannel();
    let asked = false;
    drawn.port1.onmessage = () => {
        const at = Date.now();
        for (const uid of pending) {
            if (!window.benchSeen.has(uid)) window.benchSeen.set(uid, at);
        }
        pending.clear();
        asked = false;
    };
    const list = document.querySelector(".o_alarm_queue_rows");
    const look = () => {
        list.scrollTop = list.scrollHeight;
        for (const {dataset} of document.querySelectorAll("[data-incident-id][data-signal-uid]")) {
            const uid = dataset.signalUid;
            if (!window.benchSeen.has(uid)) pending.add(uid);
        }
        if (pending.size && !asked) {
            asked = true;
            requestAnimationFrame(() => drawn.port2.postMessage(null));
        }
    };
    new MutationObserver(look).observe(document.querySelector(".o_alarm_board"), {
        subtree: true, childList: true, attributeFilter: ["data-signal-uid"],
    });
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.benchBlocked.push(entry.duration);
    }).observe({type: "longtask"});
}"""

# What the board itself knows: incident to newest signal.
KNOWN = """() => Object.fromEntries(
    [...odoo.__WOWL_DEBUG__.root.env.services.alarm_board.rows.open.values()]
        .map((row) => [row.id, row.signal_uid]))"""


class Sender:
    """Sends frames at their times, each over a connection of its own as panels do."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._sequences = itertools.count(1)
        self.sent: dict[str, float] = {}
        self.late = 0.0
        self.faults: list[str] = []

    def send(self, accounts: Sequence[str], codes: Sequence[str], rate: float) -> None:
        """All of them, ``rate`` a second; returns when the last is acknowledged."""
        numbers = itertools.count()
        began = time.time()

        def work() -> None:
            while (number := next(numbers)) < len(accounts):
                due = began + number / rate
                if (pause := due - time.time()) > 0:
                    time.sleep(pause)
                self.late = max(self.late, time.time() - due)
                self._frame(accounts[number], codes[number])

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _frame(self, account: str, code: str) -> None:
        with self._lock:
            number = next(self._sequences)
        zone = f"{number % 6 + 1:03d}"
        frame = encode_adm_cid(
            account, make_event("1", code, "01", zone), sequence=f"{number % 9999 + 1:04d}"
        )
        self.sent.setdefault(account, time.time())
        if b'"ACK"' not in tcp_exchange(self._port, frame, 10):
            self.faults.append(account)


class Bench:
    def __init__(self, bridge: Bridge, page: Page, sql: Any, accounts: list[str]) -> None:
        self._bridge, self._page, self._sql = bridge, page, sql
        self._accounts = iter(accounts)

    def steady(self, number: int, rate: float) -> list[float]:
        """Milliseconds from each frame to its row."""
        accounts = list(itertools.islice(self._accounts, number))
        sender = Sender(self._bridge.tcp_port)
        sending = threading.Thread(target=sender.send, args=(accounts, ["130"] * number, rate))
        sending.start()
        while sending.is_alive():
            self._page.wait_for_timeout(200)
        seen = self._seen(accounts, 20)
        assert not sender.faults, sender.faults
        note(f"latency: frames left at most {sender.late * 1000:.0f} ms late")
        return [seen[account] - sender.sent[account] * 1000 for account in accounts]

    def storm(self, seconds: float, rate: float) -> tuple[list[float], dict[str, Any]]:
        """Milliseconds of each alarm looked for; what became of all of them."""
        number = int(seconds * rate)
        common = list(itertools.islice(self._accounts, min(STORM_SUBSCRIBERS, number)))
        probes = list(itertools.islice(self._accounts, number // PROBE_EVERY))
        accounts, codes = [], []
        for count in range(number):
            probe = count % PROBE_EVERY == PROBE_EVERY - 1
            accounts.append(probes[count // PROBE_EVERY] if probe else common[count % len(common)])
            codes.append("301" if probe else "130")
        sender = Sender(self._bridge.tcp_port)
        self._page.evaluate("() => { window.benchBlocked = []; }")
        sending = threading.Thread(target=sender.send, args=(accounts, codes, rate))
        began = time.time()
        sending.start()
        while sending.is_alive():
            self._page.wait_for_timeout(500)
        lasted = time.time() - began
        seen = self._seen(probes, 60)
        blocked = self._page.evaluate("() => window.benchBlocked")
        assert not sender.faults, sender.faults
        caught_up = self._catch_up()
        missed = self._missed()
        return (
            [seen[account] - sender.sent[account] * 1000 for account in probes],
            {
                "alarms": number,
                "seconds": round(lasted, 1),
                "subscribers": len(common) + len(probes),
                "looked_for": len(probes),
                "missed": missed,
                "caught_up_seconds": round(caught_up, 1),
                "longest_block_ms": round(max(blocked, default=0), 1),
                "blocks_over_50_ms": len(blocked),
                "frames_late_ms": round(sender.late * 1000),
            },
        )

    def _seen(self, accounts: list[str], timeout: float) -> dict[str, float]:
        """account -> when its first signal was on the screen, in milliseconds."""
        uids = wait_for(
            "the signals in the database",
            lambda: self._uids(accounts),
            timeout,
        )
        end = time.monotonic() + timeout
        while True:
            seen = self._page.evaluate("() => Object.fromEntries(window.benchSeen)")
            lacking = [account for account, uid in uids.items() if uid not in seen]
            if not lacking or time.monotonic() > end:
                break
            self._page.wait_for_timeout(200)
        assert not lacking, f"never on the screen: {len(lacking)} of {len(accounts)}, {lacking[:5]}"
        return {account: seen[uid] for account, uid in uids.items()}

    def _uids(self, accounts: list[str]) -> dict[str, str] | None:
        found = dict(
            self._sql(
                """SELECT DISTINCT ON (account) account, uid FROM alarm_signal
                    WHERE account = ANY(%s) ORDER BY account, id""",
                accounts,
            )
        )
        return found if len(found) == len(accounts) else None

    def _newest(self) -> dict[str, str]:
        """Incident -> newest signal, of what is open."""
        return {
            str(incident): uid
            for incident, uid in self._sql(
                """
                SELECT DISTINCT ON (incident.id) incident.id, signal.uid
                  FROM alarm_incident incident
                  JOIN alarm_incident_signal link ON link.incident_id = incident.id
                  JOIN alarm_signal signal ON signal.id = link.signal_id
                 WHERE incident.state IN ('queued', 'working', 'held', 'dispatched')
                   AND link.role <> 'tick'
                 ORDER BY incident.id, link.id DESC
                """
            )
        }

    def _catch_up(self) -> float:
        """Seconds until nothing waits to be decided."""
        began = time.monotonic()
        wait_for(
            "decisions", lambda: self._sql("SELECT 1 FROM alarm_signal_pending LIMIT 1") == [], 60
        )
        return time.monotonic() - began

    def _missed(self) -> int:
        """Incidents that the board has not, or not with their newest signal, five seconds on."""
        self._page.wait_for_timeout(5000)
        newest, known = self._newest(), self._page.evaluate(KNOWN)
        return sum(known.get(incident) != uid for incident, uid in newest.items())


def _open(context: Any, front: Front, odoo: Odoo, login: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{front.url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", odoo.access["logins"][login])
    page.click("button[type=submit]")
    page.wait_for_url("**/odoo**")
    page.evaluate("() => localStorage.setItem('alarm_board.compact', 'yes')")
    page.goto(f"{front.url}/odoo/alarm-board")
    page.locator(".o_alarm_link_connected[data-link='server']").wait_for()
    page.evaluate(OBSERVER)
    return page


def main() -> None:
    quick = asked_for_quick(
        "A frame's way to the board.", "100 alarms at the same pace, and a storm of 6 s"
    )
    number = ALARMS // 10 if quick else ALARMS
    seconds = STORM_SECONDS / 10 if quick else STORM_SECONDS
    with (
        tempfile.TemporaryDirectory() as name,
        running_odoo(pathlib.Path(name), "bench_latency", workers=WORKERS) as odoo,
        running_front(pathlib.Path(name), odoo) as front,
        running_chromium() as browser,
        odoo.sql() as sql,
    ):
        storm_alarms = int(seconds * STORM_RATE)
        accounts = list(
            grow(odoo, WARM_UP + number + STORM_SUBSCRIBERS + storm_alarms // PROBE_EVERY)
        )
        with running_bridge(pathlib.Path(name), odoo) as bridge:
            listeners = Listeners(odoo, BOARDS - 1, ("dispatcher1", "dispatcher2", "supervisor"))
            page = _open(browser.new_context(viewport=SCREEN), front, odoo, "dispatcher1")
            bench = Bench(bridge, page, sql, accounts)
            bench.steady(WARM_UP, RATE)
            samples = bench.steady(number, RATE)
            storm, storm_details = bench.storm(seconds, STORM_RATE)
            heard = listeners.heard()
            memory = {
                "odoo_peak_memory_mb": peak_mb(odoo.pid),
                "bridge_peak_memory_mb": peak_mb(bridge.pid),
            }
    details = {
        "boards": BOARDS,
        "browsers": 1,
        "workers": WORKERS,
        "rate_per_second": RATE,
        "min_ms": round(min(samples), 1),
        "max_ms": round(max(samples), 1),
        **memory,
    }
    report("latency.p50", round(median(samples), 1), "ms", len(samples), details)
    report("latency.p99", round(percentile(samples, 99), 1), "ms", len(samples), details)
    note(f"latency: the other boards heard {heard}")
    storm_details |= {
        "boards": BOARDS,
        "workers": WORKERS,
        "rate_per_second": STORM_RATE,
        "p50_ms": round(median(storm), 1),
        "max_ms": round(max(storm), 1),
        "least_signals_heard": min(heard["signals"]),
        **memory,
    }
    report("latency.storm_p99", round(percentile(storm, 99), 1), "ms", len(storm), storm_details)
    assert storm_details["missed"] == 0, f"{storm_details['missed']} incidents are not on the board"


if __name__ == "__main__":
    main()
