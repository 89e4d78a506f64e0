"""Bench ``decode``: the clear half of ``bridge-decode`` under its own name."""

from __future__ import annotations

from tests.bench._report import asked_for_quick, report
from tests.bench.bridge_decode import SAMPLES, measure


def main() -> None:
    quick = asked_for_quick("Decode DC-09: ours against pysiaalarm.", "fewer batches a sample")
    details = measure(encrypted=False, batches=4 if quick else 20)
    report("decode.ratio", details.pop("ratio"), "ratio", SAMPLES, details)


if __name__ == "__main__":
    main()
