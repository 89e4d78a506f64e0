"""The disk under a bench: a real one, and how fast it is by itself."""

from __future__ import annotations

import os
import pathlib
import subprocess
import time

from tests.bench._report import percentile

_IN_MEMORY = ("tmpfs", "ramfs")


def real_disk_folder(folder: str) -> pathlib.Path:
    """The folder; raises SystemExit where it lies in memory, in which every fsync is free."""
    path = pathlib.Path(folder).resolve()
    kind = subprocess.run(
        ["stat", "-f", "-c", "%T", str(path)], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
    if kind in _IN_MEMORY:
        raise SystemExit(f"{path} is on {kind}: a journal is measured on a disk")
    return path


def fdatasync_ms(folder: pathlib.Path, times: int = 200) -> tuple[float, float]:
    """p50 and p99 of 4 kB appended and ``fdatasync``, in milliseconds: what a commit costs at
    least."""
    taken = []
    with open(folder / "fdatasync", "wb", buffering=0) as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - began) * 1000)
    return round(percentile(taken, 50), 3), round(percentile(taken, 99), 3)
