"""Bench ``onboard``: seconds that the suite takes to bring one subscriber from a quotation to
service, everything that a click or a signal starts: confirmed, planned, material issued by serial
number, installed, walk-tested with a signal and its restore from every zone, handed over and
signed, approved. 100 are under way at once; ``onboard.growth`` is that ÷ what one takes of 10.

The certificate is printed in the background; nobody waits for it, and it is not in the figures.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass

from tests.bench._report import asked_for_quick, note, report
from tests.stack import ROOT, Odoo

PROGRAM = ROOT / "tests/bench/_onboarding.py"

# A panel and six detectors, each with its serial number; and cable by the metre.
DEVICES = 7
DELIVERED = DEVICES + 40


@dataclass(frozen=True, slots=True)
class Batch:
    number: int
    seconds: dict[str, float]
    queries: dict[str, int]
    active: int
    done: int
    devices: int
    delivered: float
    under_warranty: int

    @property
    def seconds_each(self) -> float:
        return sum(self.seconds.values()) / self.number

    def check(self) -> None:
        number = self.number
        assert self.active == number, f"{self.active} of {number} are in service"
        assert self.done == number, f"{self.done} work orders of {number} are done"
        assert self.devices == number * DEVICES, f"{self.devices} pieces of equipment stand there"
        assert self.delivered == number * DELIVERED, f"{self.delivered} pieces were delivered"

    def steps(self) -> dict[str, float]:
        """Step -> seconds for one subscriber."""
        return {step: round(seconds / self.number, 3) for step, seconds in self.seconds.items()}

    def queries_each(self) -> int:
        """How many queries one subscriber takes: growth that no busy machine makes."""
        return round(sum(self.queries.values()) / self.number)


def measured(odoo: Odoo, numbers: list[int]) -> list[Batch]:
    done = subprocess.run(
        [*odoo._command("shell"), "--no-http"],
        input=PROGRAM.read_text("utf-8"), capture_output=True, text=True, check=False,
        env={**os.environ, "ONBOARD_NUMBERS": " ".join(map(str, numbers))},
    )  # fmt: skip
    batches = [
        Batch(**json.loads(line.removeprefix("batch ")))
        for line in done.stdout.splitlines()
        if line.startswith("batch ")
    ]
    assert len(batches) == len(numbers), done.stderr[-5000:]
    for batch in batches:
        note(
            f"onboard {batch.number}: {batch.seconds_each:.3f} s each, {batch.queries_each()} queries, {batch.steps()}"
        )
        batch.check()
    return batches


def main() -> None:
    quick = asked_for_quick("Subscribers from quotation to service.", "half of the subscribers")
    many = 50 if quick else 100
    with tempfile.TemporaryDirectory() as folder:
        odoo = Odoo(pathlib.Path(folder), "bench_onboard")
        try:
            odoo.create()
            # The first two fill the caches of a process that has just started.
            _first, few, all_of_them = measured(odoo, [2, 10, many])
        finally:
            odoo.drop()
    name = "onboard.seconds_each_50" if quick else "onboard.seconds_each"
    details = {
        "subscribers": many,
        "steps": all_of_them.steps(),
        "queries_each": all_of_them.queries_each(),
    }
    report(name, round(all_of_them.seconds_each, 3), "s", many, details)
    report(
        "onboard.growth",
        round(all_of_them.seconds_each / few.seconds_each, 2),
        "ratio",
        many,
        {
            "seconds_each_of_10": round(few.seconds_each, 3),
            "steps_of_10": few.steps(),
            "queries_each_of_10": few.queries_each(),
        },
    )


if __name__ == "__main__":
    main()
