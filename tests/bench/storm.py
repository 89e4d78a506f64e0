"""Bench ``storm``: 5,000 alarms in 60 s over 1,000 subscribers, as a thunderstorm sends them.

The alarms fall due at an even pace. Two bridges' worth of senders hand over what is due at once,
up to 200 a batch, each over a connection of its own, to one Odoo with two workers; meanwhile the
database is asked twice a second for the dispatchers' queue. Told: alarms that no incident has in
the end, the 99th percentile of an ``ingest`` call, and the slowest query of the queue.
"""

from __future__ import annotations

import json
import pathlib
import random
import secrets
import tempfile
import threading
import time
from statistics import median
from typing import Any

from receiver_bridge.clock import to_iso, utc_now
from receiver_bridge.config import OdooSettings
from receiver_bridge.uplink.transport import open_transport
from tests.bench._register import RECEIVER, grow
from tests.bench._report import asked_for_quick, note, peak_mb, percentile, report
from tests.stack import Odoo, running_odoo, wait_for

ALARMS = 5000
SUBSCRIBERS = 1000
SECONDS = 60.0
SENDERS = 2
BATCH = 200

# What the board asks first: whose turn it is.
QUEUE = """
EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)
SELECT id, priority, queued_at, subscriber_id, state FROM alarm_incident
 WHERE state IN ('delayed', 'queued', 'working', 'held', 'dispatched')
 ORDER BY priority, queued_at, id LIMIT 80
"""


class Storm:
    def __init__(self, odoo: Odoo, accounts: list[str], alarms: int, seconds: float) -> None:
        self._odoo = odoo
        self._random = random.Random(7)
        self._accounts = accounts
        self._alarms, self._seconds = alarms, seconds
        self._epoch = secrets.token_hex(16)
        self._lock = threading.Lock()
        self._sent = 0
        self._began = 0.0
        self.calls: list[float] = []
        self.faults: list[str] = []
        self.queue_ms: list[float] = []
        self.lag = 0.0

    def run(self) -> None:
        self._began = time.monotonic()
        senders = [threading.Thread(target=self._send) for _ in range(SENDERS)]
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(over,))
        for thread in (*senders, watcher):
            thread.start()
        for thread in senders:
            thread.join()
        self.lag = time.monotonic() - self._began - self._seconds
        over.set()
        watcher.join()

    def _due(self) -> list[dict[str, Any]]:
        """The alarms that are due and nobody has taken yet."""
        with self._lock:
            passed = (time.monotonic() - self._began) / self._seconds
            due = min(int(passed * self._alarms), self._alarms)
            numbers = range(self._sent, min(due, self._sent + BATCH))
            self._sent = numbers.stop
            return [self._signal(number) for number in numbers]

    def _signal(self, number: int) -> dict[str, Any]:
        now = to_iso(utc_now())
        zone = f"{self._random.randint(1, 6):03d}"
        return {
            "uid": f"{self._epoch}:{RECEIVER}:{number + 1}", "receiver": RECEIVER,
            "format": "dc09", "kind": "event", "source": "192.0.2.1:40000",
            "received_at": now, "journaled_at": now, "occurred_at": now, "repeat_of": None,
            "wire_receiver": "01", "line": "0",
            "account": self._accounts[number % len(self._accounts)],
            "code_system": "cid", "code": self._random.choice(("130", "130", "130", "110", "137")),
            "qualifier": "new", "area": "01", "zone": zone, "user": None, "address": zone,
            "text": None, "extended": [], "raw_hex": "00",
        }  # fmt: skip

    def _send(self) -> None:
        transport = open_transport(
            OdooSettings(
                self._odoo.url, self._odoo.database, "bridge",
                self._odoo.bridge_key_file.read_text("utf-8").strip(),
            )
        )  # fmt: skip
        try:
            while self._sent < self._alarms:
                signals = self._due()
                if not signals:
                    time.sleep(0.02)
                    continue
                text = json.dumps({"bridge": "bench-1", "signals": signals})
                began = time.monotonic()
                answer = transport.call("ingest", ("batch", text))
                self.calls.append(time.monotonic() - began)
                if answer != {"stored": len(signals), "duplicates": 0, "rejected": []}:
                    self.faults.append(str(answer))
        except Exception as error:
            self.faults.append(repr(error))
            raise
        finally:
            transport.close()

    def _watch(self, over: threading.Event) -> None:
        with self._odoo.sql() as sql:
            while not over.wait(0.5):
                ((plan,),) = sql(QUEUE)
                self.queue_ms.append(plan[0]["Execution Time"] + plan[0]["Planning Time"])

    def lost(self) -> int:
        """Alarms that are not stored, or that no incident has."""
        with self._odoo.sql() as sql:
            wait_for("decisions", lambda: sql("SELECT 1 FROM alarm_signal_pending") == [], 60)
            ((kept,),) = sql(
                """
                SELECT count(DISTINCT signal.id) FROM alarm_signal signal
                  JOIN alarm_incident_signal link ON link.signal_id = signal.id
                 WHERE signal.uid LIKE %s
                """,
                f"{self._epoch}:%",
            )
        return self._alarms - int(kept)

    def incidents(self) -> int:
        with self._odoo.sql() as sql:
            ((number,),) = sql(
                "SELECT count(*) FROM alarm_incident WHERE subscriber_id IS NOT NULL"
            )
        return int(number)


def main() -> None:
    quick = asked_for_quick("A storm of alarms.", "a tenth of the alarms in a tenth of the time")
    share = 10 if quick else 1
    with (
        tempfile.TemporaryDirectory() as folder,
        running_odoo(pathlib.Path(folder), "bench_storm", workers=2) as odoo,
    ):
        accounts = list(grow(odoo, SUBSCRIBERS))
        storm = Storm(odoo, accounts, ALARMS // share, SECONDS / share)
        before = storm.incidents()
        storm.run()
        lost = storm.lost()
        incidents = storm.incidents() - before
        note(
            f"storm: {len(storm.calls)} calls, {lost} lost, {incidents} incidents, "
            f"the last {storm.lag:.2f} s after its time; faults: {storm.faults[:3]}"
        )
        assert not storm.faults, storm.faults
        assert incidents <= SUBSCRIBERS, f"{incidents} incidents of {SUBSCRIBERS} subscribers"
        details = {
            "alarms": ALARMS // share,
            "seconds": SECONDS / share,
            "subscribers": SUBSCRIBERS,
            "incidents": incidents,
            "calls": len(storm.calls),
            "median_ms": round(median(storm.calls) * 1000, 1),
            "slowest_ms": round(max(storm.calls) * 1000, 1),
            "last_late_seconds": round(storm.lag, 2),
            "odoo_peak_memory_mb": peak_mb(odoo.pid),
        }
        calls = len(storm.calls)
        report("storm.lost", lost, "alarms", calls, details)
        p99 = round(percentile(storm.calls, 99) * 1000, 1)
        report("storm.p99_ms", p99, "ms", calls, details)
        report("storm.queue_ms", round(max(storm.queue_ms), 2), "ms", len(storm.queue_ms), details)


if __name__ == "__main__":
    main()
