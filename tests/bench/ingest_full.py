"""Bench ``ingest-full``: as ``ingest``, over 3,000 subscribers and with every kind of rule in use:
signals per second through ``alarm.receiver.ingest``, deciding included, ÷ rows per second of bare
``execute_values`` in the same cluster (`_ingest`).

One subscriber in ten has a rule of its own, one in a hundred is on test, and troubles wait before
they are shown; the rules that every centre gets (two knocks, runaway, exit error) are on. Batches
of 200: 80 % the rules only log, 20 % are of alarm classes.
"""

from __future__ import annotations

from typing import Any

import psycopg2

from tests.bench._ingest import run
from tests.bench._register import grow
from tests.bench._report import asked_for_quick
from tests.stack import Odoo

SUBSCRIBERS = 3000


def prepare(odoo: Odoo) -> None:
    """Subscribers, and what the centre's own people would type: tests, and rules by scope."""
    odoo.access["accounts"] = grow(odoo, SUBSCRIBERS)
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
            {"authorised_name": "bench", "override": "bench"},
        )  # fmt: skip


def describe(odoo: Odoo) -> dict[str, Any]:
    """How the signals were decided."""
    with psycopg2.connect(dbname=odoo.database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT decision, count(*) FROM alarm_signal GROUP BY 1 ORDER BY 2 DESC")
        return {"subscribers": SUBSCRIBERS, "decisions": dict(cursor.fetchall())}


def main() -> None:
    quick = asked_for_quick(
        "Ingest with all rules against bare inserts.", "fewer rounds in each sample"
    )
    run("ingest-full", 6 if quick else 36, prepare, describe)


if __name__ == "__main__":
    main()
