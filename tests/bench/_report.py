"""What all benches share: ``--quick``, one JSON object a line on standard output, everything else
on standard error, and how much memory was used at most."""

from __future__ import annotations

import argparse
import json
import math
import pathlib
import platform
import resource
import sys
from collections.abc import Sequence
from typing import Any


def asked_for_quick(description: str, meaning: str) -> bool:
    """Read the command line; ``meaning`` says what ``--quick`` leaves out."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help=meaning)
    return bool(parser.parse_args().quick)


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def report(name: str, value: float, unit: str, samples: int, details: dict[str, Any]) -> None:
    """Print the line of one figure; the peak memory of this process joins its details."""
    common = {"peak_memory_mb": own_peak_mb(), "python": platform.python_version()}
    print(
        json.dumps(
            {
                "name": name,
                "value": value,
                "unit": unit,
                "samples": samples,
                "details": details | common,
            }
        ),
        flush=True,
    )


def own_peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def peak_mb(pid: int) -> float:
    """The most memory that a running process has had resident, in MB."""
    return _memory_mb(pid, "VmHWM")


def resident_mb(pid: int) -> float:
    """The memory that a running process has resident, in MB."""
    return _memory_mb(pid, "VmRSS")


def _memory_mb(pid: int, name: str) -> float:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
        if line.startswith(f"{name}:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise ValueError(f"/proc/{pid}/status has no {name}: the process has ended")


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of the values do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]
