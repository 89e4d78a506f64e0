"""Bench ``ingest-full``: as ``ingest``, over 3,000 subscribers and with every kind of rule in use:
signals per second through ``alarm.receiver.ingest``, deciding included, ÷ rows per second of bare
``execute_values`` in the same cluster.

One subscriber in ten has a rule of its own, one in a hundred is on test, and troubles wait before
they are shown; the rules that every centre gets (two knocks, runaway, exit error) are on. Batches
of 200: 80 % the rules only log, 20 % are of alarm classes.
"""

from __future__ import annotations

import pathlib
import tempfile
from statistics import median

import psycopg2

from tests.bench._register import grow
from tests.bench._report import asked_for_quick, note, peak_mb, report
from tests.bench.ingest import SETTINGS, WARM_UP_ROUNDS, Bench, logged_calls
from tests.stack import Odoo, running_odoo

SAMPLES = 5
SUBSCRIBERS = 3000


def set_rules(odoo: Odoo) -> None:
    """What the centre's own people would type: tests, and rules by scope."""
    supervisor = odoo.login("supervisor")
    grown = supervisor("alarm.subscriber", "search", [("ref", "=like", "B5%")])
    assert len(grown) == SUBSCRIBERS, len(grown)
    supervisor(
        "alarm.event.rule", "create",
        [{"kind": "delay", "event_class": "trouble", "seconds": 120}]
        + [
            {"scope": "subscriber", "subscriber_id": subscriber, "event_class": "trouble",
             "priority": "5"}
            for subscriber in grown[::10]
        ],
    )  # fmt: skip
    for subscriber in grown[::100]:
        supervisor(
            "alarm.subscriber", "action_begin_test", [subscriber], 480, "bench",
            {"authorised_name": "bench"},
        )  # fmt: skip


def count_decisions(database: str) -> dict[str, int]:
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT decision, count(*) FROM alarm_signal GROUP BY 1 ORDER BY 2 DESC")
        return dict(cursor.fetchall())


def main() -> None:
    quick = asked_for_quick(
        "Ingest with all rules against bare inserts.", "fewer rounds in each sample"
    )
    rounds = 6 if quick else 36
    with (
        tempfile.TemporaryDirectory() as folder,
        running_odoo(pathlib.Path(folder), "bench_ingest_full") as odoo,
    ):
        odoo.access["accounts"] = grow(odoo, SUBSCRIBERS)
        set_rules(odoo)
        bench = Bench(odoo)
        bench.sample(WARM_UP_ROUNDS)
        samples = []
        for number in range(1, SAMPLES + 1):
            sample = bench.sample(rounds)
            samples.append(sample)
            note(
                f"ingest-full {number}/{SAMPLES}: ours {sample.ours:,.0f} signals/s, "
                f"execute_values {sample.theirs:,.0f} rows/s, "
                f"ratio {sample.ours / sample.theirs:.4f}, {sample.incidents} incidents"
            )
        ratios = [sample.ours / sample.theirs for sample in samples]
        details = {
            "ratios": [round(ratio, 4) for ratio in ratios],
            "ours_per_second": round(median(sample.ours for sample in samples)),
            "execute_values_per_second": round(median(sample.theirs for sample in samples)),
            "subscribers": SUBSCRIBERS,
            "signals_per_sample": samples[0].signals,
            "incidents_per_sample": median(sample.incidents for sample in samples),
            "decisions": count_decisions(odoo.database),
            **logged_calls(odoo.log.read_text("utf-8", "replace")),
            "cluster": {name: bench.plain.scalar(f"SHOW {name}") for name in SETTINGS},
            "odoo_peak_memory_mb": peak_mb(odoo.pid),
        }
        bench.close()
    report("ingest-full.ratio", round(median(ratios), 4), "ratio", SAMPLES, details)


if __name__ == "__main__":
    main()
