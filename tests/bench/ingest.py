"""Bench ``ingest``: signals per second through ``alarm.receiver.ingest`` ÷ rows per second of bare
``execute_values``, in the same cluster (`_ingest`)."""

from __future__ import annotations

from tests.bench._ingest import run
from tests.bench._report import asked_for_quick


def main() -> None:
    quick = asked_for_quick(
        "Ingest over XML-RPC against bare inserts.", "fewer rounds in each sample"
    )
    run("ingest", 2 if quick else 12)


if __name__ == "__main__":
    main()
