"""Bench ``bridge-drain``: a backlog of 100,000 signals delivered into Odoo by the bridge ÷ direct
calls of ``alarm.receiver.ingest`` with batches of the same size, as ``bridge-drain.ratio``.

The backlog lies in a real journal; the bridge is a real process. It is frozen (SIGSTOP) between
two samples, while this process makes its direct calls to the same Odoo over the same transport:
both meet the same database as it grows. The board is cleared then, too.
"""

from __future__ import annotations

import pathlib
import signal
import tempfile
import time
from statistics import median
from typing import Any

from receiver_bridge.config import OdooSettings
from receiver_bridge.journal import Append, SqliteJournal, SqliteReader
from receiver_bridge.uplink.transport import open_transport
from tests.bench._disk import real_disk_folder
from tests.bench._report import asked_for_quick, note, peak_mb, report
from tests.bench._signals import BATCH, Traffic
from tests.stack import Bridge, Odoo, running_odoo

SAMPLES = 5
RECEIVER = "ip-1"


def fill(path: pathlib.Path, traffic: Traffic, signals: int) -> None:
    """Put so many undelivered signals of one receiver into a new journal."""
    journal = SqliteJournal(path)
    for _ in range(signals // BATCH):
        journal.append(Append(tuple(traffic.drafts(RECEIVER))))
    journal.close()


class Direct:
    """Calls of ``ingest`` as the bridge makes them, with nothing before and behind."""

    def __init__(self, odoo: Odoo, traffic: Traffic) -> None:
        key = odoo.bridge_key_file.read_text("utf-8").strip()
        self._transport = open_transport(OdooSettings(odoo.url, odoo.database, "bridge", key))
        self._traffic = traffic

    def rate(self, batches: int) -> float:
        """Signals a second."""
        texts = [self._traffic.batch(RECEIVER)[1] for _ in range(batches)]
        began = time.perf_counter()
        for text in texts:
            answer = self._transport.call("ingest", ("batch", text))
            assert answer == {"stored": BATCH, "duplicates": 0, "rejected": []}, answer
        return batches * BATCH / (time.perf_counter() - began)


def drained(reader: SqliteReader, left: int) -> float:
    """Wait until so many signals are left; the moment at which that was seen."""
    end = time.monotonic() + 600
    while reader.pending_counts().get(RECEIVER, 0) > left:
        assert time.monotonic() < end, "the backlog does not shrink"
        time.sleep(0.05)
    return time.perf_counter()


def main() -> None:
    quick = asked_for_quick("A backlog into Odoo against direct calls.", "10,000 signals")
    backlog = 10_000 if quick else 100_000
    window, direct_batches = backlog // SAMPLES, backlog // SAMPLES // BATCH // 4
    with (
        tempfile.TemporaryDirectory(dir=".") as name,
        running_odoo(real_disk_folder(name), "bench_drain") as odoo,
    ):
        accounts = odoo.access["accounts"]
        bridge = Bridge(pathlib.Path(name).resolve(), odoo)
        fill(bridge.journal, Traffic(accounts, seed=9), backlog)
        direct = Direct(odoo, Traffic(accounts, seed=10))
        supervisor = odoo.login("supervisor")

        def clear_board() -> None:
            queued = supervisor("alarm.incident", "search", [("state", "=", "queued")])
            supervisor("alarm.incident", "action_cancel", queued, "bench: next round")

        direct.rate(10)
        bridge.start()
        reader = SqliteReader(bridge.journal)
        samples: list[tuple[float, float]] = []
        try:
            first = backlog - window // 5
            drained(reader, first)
            for number in range(1, SAMPLES + 1):
                began, there = time.perf_counter(), reader.pending_counts().get(RECEIVER, 0)
                left = first - number * (first // SAMPLES)
                ours = (there - left) / (drained(reader, left) - began)
                bridge.signal(signal.SIGSTOP)
                theirs = direct.rate(direct_batches)
                clear_board()
                bridge.signal(signal.SIGCONT)
                samples.append((ours, theirs))
                note(
                    f"drain {number}/{SAMPLES}: bridge {ours:,.0f} signals/s, direct"
                    f" {theirs:,.0f} signals/s, ratio {ours / theirs:.3f}"
                )
            details: dict[str, Any] = {
                "ratios": [round(ours / theirs, 3) for ours, theirs in samples],
                "bridge_per_second": round(median(ours for ours, _theirs in samples)),
                "direct_per_second": round(median(theirs for _ours, theirs in samples)),
                "backlog": backlog,
                "bridge_peak_memory_mb": peak_mb(bridge.pid),
            }
        finally:
            reader.close()
            bridge.stop()
            bridge.serial.close()
    ratio = median(ours / theirs for ours, theirs in samples)
    report("bridge-drain.ratio", round(ratio, 3), "ratio", SAMPLES, details)


if __name__ == "__main__":
    main()
