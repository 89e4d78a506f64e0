"""Bench ``onboard``: seconds that the suite takes to bring one subscriber from a quotation to
service, everything that a click or a signal starts: confirmed, planned, material issued by serial
number, installed, walk-tested with a signal and its restore from every zone, handed over and
signed, approved. 100 are under way at once. ``onboard.growth`` is what the one in the middle takes
of 100 ÷ what it takes of 10; queries_each tells growth, too, and no busy machine changes it.

The certificate is printed in the background; nobody waits for it, and it is not in the figures.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass
from statistics import mean, median

from tests.bench._report import asked_for_quick, note, report
from tests.stack import ROOT, Odoo

PROGRAM = ROOT / "tests/bench/_onboarding.py"

# A panel and six detectors, each with its serial number; and cable by the metre.
DEVICES = 7
DELIVERED = DEVICES + 40


@dataclass(frozen=True, slots=True)
class Batch:
    number: int
    seconds: dict[str, list[float]]
    queries: dict[str, int]
    active: int
    done: int
    devices: int
    delivered: float
    under_warranty: int

    def seconds_each(self) -> list[float]:
        """Seconds of each subscriber, over all steps."""
        return [sum(steps) for steps in zip(*self.seconds.values(), strict=True)]

    def check(self) -> None:
        number = self.number
        assert self.active == number, f"{self.active} of {number} are in service"
        assert self.done == number, f"{self.done} work orders of {number} are done"
        assert self.devices == number * DEVICES, f"{self.devices} pieces of equipment stand there"
        assert self.delivered == number * DELIVERED, f"{self.delivered} pieces were delivered"

    def steps(self) -> dict[str, float]:
        """Step -> seconds for one subscriber."""
        return {step: round(mean(seconds), 3) for step, seconds in self.seconds.items()}

    def queries_each(self) -> int:
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
            f"onboard {batch.number}: {mean(batch.seconds_each()):.3f} s each, "
            f"{batch.queries_each()} queries, {batch.steps()}"
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
    middle, middle_of_few = median(all_of_them.seconds_each()), median(few.seconds_each())
    details = {
        "subscribers": many,
        "median": round(middle, 3),
        "steps": all_of_them.steps(),
        "queries_each": all_of_them.queries_each(),
    }
    report(name, round(mean(all_of_them.seconds_each()), 3), "s", many, details)
    report(
        "onboard.growth",
        round(middle / middle_of_few, 2),
        "ratio",
        many,
        {
            "median_of_10": round(middle_of_few, 3),
            "steps_of_10": few.steps(),
            "queries_each_of_10": few.queries_each(),
        },
    )


if __name__ == "__main__":
    main()
