"""Bench ``bridge-memory``: what a bridge holds resident after a million signals went through it,
with 100,000 supervised accounts last seen, as ``bridge-memory.mb``.

Real bridge process, real journal; an Odoo that takes everything at once and names the accounts. The
memory is read after each tenth of the signals has been delivered: ``flat`` compares the last with
the second, by when caches have filled.
"""

from __future__ import annotations

import pathlib
import re
import tempfile
import time
import urllib.request
from contextlib import ExitStack

from tests.bench._disk import real_disk_folder
from tests.bench._processes import free_port, panels, running_bridge, running_server
from tests.bench._report import asked_for_quick, note, peak_mb, report, resident_mb
from tests.bench._servers import SUPERVISED

ROUNDS = 10
_BACKLOG = re.compile(r"^receiver_bridge_signals_delivered_total.* ([\d.e+]+)$", re.MULTILINE)


def delivered(metrics: int) -> float:
    """How many signals the bridge has delivered, by its own metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=30) as answer:
        return sum(float(number) for number in _BACKLOG.findall(answer.read().decode()))


def wait_for(metrics: int, number: int) -> None:
    end = time.monotonic() + 300
    while delivered(metrics) < number:
        if time.monotonic() > end:
            raise SystemExit(f"only {delivered(metrics):g} of {number} signals were delivered")
        time.sleep(0.2)


def main() -> None:
    quick = asked_for_quick("Memory after a million signals.", "100,000 signals")
    a_round = 10_000 if quick else 100_000
    port, metrics = free_port(), free_port()
    held: list[float] = []
    with ExitStack() as stack:
        folder = real_disk_folder(stack.enter_context(tempfile.TemporaryDirectory(dir=".")))
        odoo = stack.enter_context(running_server("odoo"))
        pid = stack.enter_context(
            running_bridge(pathlib.Path(folder), port, f"http://127.0.0.1:{odoo}", metrics)
        )
        panels(port=port, mode="kept", messages=0, seed=0, accounts=SUPERVISED, link_tests=True)
        seen = resident_mb(pid)
        for number in range(1, ROUNDS + 1):
            panels(port=port, mode="kept", messages=a_round, seed=number, accounts=SUPERVISED)
            wait_for(metrics, number * a_round)
            held.append(resident_mb(pid))
            note(f"memory {number}/{ROUNDS}: {held[-1]} MB after {number * a_round:,} signals")
        details = {
            "after_link_tests_mb": seen,
            "after_rounds_mb": held,
            "flat": round(held[-1] / held[1], 3),
            "bridge_peak_memory_mb": peak_mb(pid),
            "signals": ROUNDS * a_round,
            "accounts": SUPERVISED,
        }
    report("bridge-memory.mb", max(held), "MB", ROUNDS, details)


if __name__ == "__main__":
    main()
