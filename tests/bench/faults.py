"""Bench ``faults``: the scenarios of ``tests/faults`` at length, with their counts.

One line for each: ``value`` is the number of acknowledged signals that are not in Odoo exactly
once (0 is what it must be), ``details`` the counts. Where a file was damaged, what the bridge
itself says of the loss stands beside it, and ``value`` is what it does not account for.
"""

from __future__ import annotations

import pathlib
import re
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from tests.bench._report import asked_for_quick, note, report
from tests.faults.book import Counts
from tests.faults.clock import clock_jumps
from tests.faults.killing import kill_rounds
from tests.faults.lines import cables_pulled, malformed, slow_loris
from tests.faults.restored import journal_restored, odoo_restored
from tests.faults.storage import (
    Damage,
    cut_off,
    damaged_at_work,
    damaged_file,
    disk_full,
    disk_full_at_start,
    flip_bits,
    lose_pages,
)
from tests.faults.uplink import bad_answers, odoo_stopped
from tests.stack import Odoo, running_odoo

Scenario = Callable[[Odoo, pathlib.Path, bool], tuple[Counts, dict[str, Any]]]


def _killed(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    rounds = 50 if quick else 300
    return kill_rounds(odoo, folder, rounds, seed=7), {"kills": rounds}


def _bad_answers(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    counts, harm = bad_answers(odoo, folder, turns=1 if quick else 8)
    return counts, {"bad_answers": harm}


def _odoo_stopped(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    return odoo_stopped(odoo, folder, signals=200 if quick else 5000), {}


def _disk_full(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    rounds = 2 if quick else 15
    counts, refused = disk_full(odoo, folder, rounds)
    return counts, {"rounds": rounds, "frames_not_acknowledged": refused}


def _full_start(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    return disk_full_at_start(odoo, folder), {}


def _cables(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    times = 5 if quick else 40
    counts, halves = cables_pulled(odoo, folder, times)
    return counts, {"cables_pulled": 2 * times, "halves_of_frames_shown": halves}


def _malformed(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    counts, bad = malformed(odoo, folder, 10_000 if quick else 50_000, seed=7)
    return counts, {"malformed": int(bad)}


def _slow(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    counts, held, longest = slow_loris(odoo, folder, 500, 5 if quick else 60)
    return counts, {"slow_connections": int(held), "longest_answer_s": round(longest, 4)}


def _clock(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    hours = [3.0, -2.0, 720.0, 0.0] * (1 if quick else 10)
    jumps = clock_jumps(odoo, folder, hours)
    assert jumps.trips == [(2, 1)] * len(hours), jumps.trips
    return jumps.counts, {"jumps": len(hours), "epochs": jumps.epochs}


def _old_journal(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    return journal_restored(odoo, folder), {}


def _old_odoo(odoo: Odoo, folder: pathlib.Path, quick: bool) -> tuple[Counts, dict[str, Any]]:
    counts, forgotten = odoo_restored(odoo, folder)
    return counts, {"forgotten_and_replayed": forgotten}


_SCENARIOS: dict[str, Scenario] = {
    "killed": _killed,
    "bad-answers": _bad_answers,
    "odoo-killed": _odoo_stopped,
    "disk-full": _disk_full,
    "disk-full-at-start": _full_start,
    "cables": _cables,
    "malformed": _malformed,
    "slow-loris": _slow,
    "clock-jumps": _clock,
    "old-journal": _old_journal,
    "old-odoo": _old_odoo,
}


def _damages(odoo: Odoo, folder: pathlib.Path, quick: bool) -> list[tuple[str, Damage]]:
    """Several files of each kind of damage."""
    found = []
    for seed in range(1, 2 if quick else 6):
        for name, harm in (("bits", flip_bits), ("cut", cut_off), ("pages", lose_pages)):
            own = folder / f"{name}-{seed}"
            own.mkdir()
            found.append((name, damaged_file(odoo, own, f"long-{name}-{seed}", harm, seed)))
        own = folder / f"at-work-{seed}"
        own.mkdir()
        found.append(("at-work", damaged_at_work(odoo, own, seed)))
    return found


def _report_damages(damages: list[tuple[str, Damage]]) -> int:
    failures = 0
    for kind in dict(damages):
        own = [damage for name, damage in damages if name == kind]
        missing = sum(
            int(number)
            for damage in own
            for number in re.findall(
                r"at least (\d+) are missing", damage.told.get("quarantined", "")
            )
        )
        lost = sum(damage.counts.lost for damage in own)
        details = {
            "acknowledged": sum(damage.counts.acknowledged for damage in own),
            "delivered": sum(damage.counts.delivered for damage in own),
            "doubled": sum(damage.counts.doubled for damage in own),
            "lost_with_their_pages": lost,
            "told_as_missing": missing,
            "told_as_damaged": sum(damage.substitutes for damage in own),
        }
        # The newest of a cut-off file are behind the last number that is left.
        unaccounted = 0 if kind == "cut" else max(0, lost - missing - details["told_as_damaged"])
        report(f"faults.journal-{kind}", unaccounted, "signals", len(own), details)
        failures += unaccounted + details["doubled"]
    return failures


def main() -> None:
    quick = asked_for_quick("Faults at length, with counts.", "the short version of each")
    failures = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        running_odoo(pathlib.Path(folder), "bench_faults") as odoo,
    ):
        for name, scenario in _SCENARIOS.items():
            note(f"faults: {name}")
            own = pathlib.Path(folder) / name
            own.mkdir()
            counts, details = scenario(odoo, own, quick)
            wrong = counts.lost + counts.doubled
            report(f"faults.{name}", wrong, "signals", 1, counts.as_dict() | details)
            failures += wrong
        note("faults: damaged journals")
        failures += _report_damages(_damages(odoo, pathlib.Path(folder), quick))
    if failures:
        sys.exit(f"faults: {failures} signals lost or doubled")


if __name__ == "__main__":
    main()
