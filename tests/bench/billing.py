"""Bench ``billing``: how many invoices a second a billing run makes of contracts of three lines,
all posted. ``billing.ratio_oca`` is that ÷ what OCA contract's own `_recurring_create_invoice`
makes of plain contracts (which it leaves as drafts), ``billing.ratio_bare`` ÷ what a bare loop
makes that creates and posts `account.move` in batches of the same size. All three take turns, batch
by batch, so that a busy machine slows them alike.

``billing.memory_growth`` is the memory of the process in the last tenth of the run ÷ that in the
second tenth. ``billing.check_seconds`` is what the comparison of monitored and billed takes over
all these contracts, ``billing.dashboard_seconds`` the figures of recurring revenue and attrition.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile
from statistics import mean
from typing import Any

from tests.bench._report import asked_for_quick, note, report
from tests.stack import ROOT, Odoo

PROGRAM = ROOT / "tests/bench/_billing.py"


def measured(odoo: Odoo, ours: int, others: int) -> dict[str, Any]:
    done = subprocess.run(
        [*odoo._command("shell"), "--no-http"],
        input=PROGRAM.read_text("utf-8"), capture_output=True, text=True, check=False,
        env={**os.environ, "BILLING": json.dumps({"ours": ours, "others": others})},
    )  # fmt: skip
    for line in done.stdout.splitlines():
        if line.startswith("billing "):
            return json.loads(line.removeprefix("billing "))
    raise AssertionError((done.stdout + done.stderr)[-5000:])


def growth(memory: list[float]) -> float:
    """Of the last tenth ÷ the second: the first one fills the caches of the process."""
    tenth = max(1, len(memory) // 10)
    return mean(memory[-tenth:]) / mean(memory[tenth : 2 * tenth])


def measure(folder: pathlib.Path, ours: int, others: int, suffix: str) -> None:
    odoo = Odoo(folder, "bench_billing")
    try:
        odoo.create()
        ways = measured(odoo, ours, others)
    finally:
        odoo.drop()
    screens = ways.pop("screens")
    rates = {name: way["a_second"] for name, way in ways.items()}
    note(f"billing {ours}: {rates} invoices/s")
    for other in ("oca", "bare"):
        report(
            f"billing.ratio_{other}{suffix}",
            round(rates["ours"] / rates[other], 2),
            "ratio",
            ways[other]["invoices"],
            {"ours": rates["ours"], other: rates[other], "contracts": ours},
        )
    memory = ways["ours"]["memory_mb"]
    report(
        f"billing.memory_growth{suffix}",
        round(growth(memory), 3),
        "ratio",
        len(memory),
        {"first_mb": memory[0], "last_mb": memory[-1], "contracts": ours},
    )
    for screen, seconds in screens.items():
        report(f"billing.{screen}_seconds{suffix}", seconds, "s", 1, {"contracts": ours})


def main() -> None:
    quick = asked_for_quick(
        "Invoices of a billing run.", "a third of 3,000 contracts, and not 30,000"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if quick:
            measure(folder, 1_000, 1_000, "_1000")
            return
        measure(folder, 3_000, 3_000, "")
        measure(folder, 30_000, 3_000, "_30000")


if __name__ == "__main__":
    main()
