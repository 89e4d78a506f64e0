"""Bench ``timers``: seconds of one run of the due work over 100,000 subscribers, 1 % of them due.

Every subscriber has a panel with a daily test report and a schedule of three windows: three things
that are watched. At the moment of the run one of them is due of 1 % of the subscribers, a third of
each; half the panels have been heard in time and half the openings and closings have come, the
others become incidents. The run is what a heartbeat drives, with all its other jobs.
``timers.growth`` is its time at 100,000 subscribers ÷ that at 10,000.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg2

from tests.bench._report import asked_for_quick, note, report
from tests.stack import Odoo

SAMPLES = 5

# Copies of records that are there, with other values: whatever columns the suite's modules bring. A
# hundred thousand records through the ORM would take an hour.
COPY = """
    INSERT INTO {table}
    SELECT made.*
      FROM (SELECT * FROM {table} ORDER BY id LIMIT 1) AS pattern,
           ({source}) AS source,
           jsonb_populate_record(
               NULL::{table},
               to_jsonb(pattern) || to_jsonb(source)
               || jsonb_build_object('id', nextval('{table}_id_seq'))
           ) AS made
"""
FILL = {
    "res_partner": """
        SELECT 'bench ' || n AS name, 'bench ' || n AS complete_name, NULL AS parent_id,
               NULL AS commercial_partner_id
          FROM generate_series(%(first)s, %(last)s) AS n
    """,
    "alarm_subscriber": """
        SELECT name, replace(name, 'bench ', 'B') AS ref, id AS partner_id, id AS address_id,
               'Asia/Shanghai' AS tz, 'active' AS state
          FROM res_partner
         WHERE name LIKE 'bench %%'
           AND NOT EXISTS (SELECT FROM alarm_subscriber WHERE address_id = res_partner.id)
    """,
    "alarm_panel": """
        SELECT id AS subscriber_id, company_id, ref AS name, ref AS account, ref AS account_key,
               true AS active, 24 AS test_interval, 90 AS test_margin, 'any' AS test_counts
          FROM alarm_subscriber subscriber
         WHERE ref LIKE 'B%%'
           AND NOT EXISTS (SELECT FROM alarm_panel WHERE subscriber_id = subscriber.id)
    """,
    "alarm_schedule": """
        SELECT id AS subscriber_id, company_id, NULL AS area_id, true AS active
          FROM alarm_subscriber subscriber
         WHERE ref LIKE 'B%%'
           AND NOT EXISTS (SELECT FROM alarm_schedule WHERE subscriber_id = subscriber.id)
    """,
    "alarm_schedule_line": """
        SELECT schedule.id AS schedule_id, schedule.subscriber_id, 'daily' AS days, kind,
               hour_from, hour_to, 15 AS tolerance
          FROM alarm_schedule schedule
          JOIN alarm_subscriber subscriber ON subscriber.id = schedule.subscriber_id,
               (VALUES ('must_open', 8, 9), ('may_open', 9, 20), ('must_close', 20, 22))
               AS windows (kind, hour_from, hour_to)
         WHERE subscriber.ref LIKE 'B%%'
           AND NOT EXISTS (SELECT FROM alarm_schedule_line WHERE schedule_id = schedule.id)
    """,
}
# Half of them are open, and half of the panels were heard two hours ago.
HISTORY = """
    INSERT INTO alarm_arming (subscriber_id, state, opened_at, closed_at)
    SELECT id, CASE id %% 2 WHEN 0 THEN 'open' ELSE 'closed' END,
           now() AT TIME ZONE 'UTC' - interval '3 days' - (id %% 2) * interval '1 hour',
           now() AT TIME ZONE 'UTC' - interval '3 days' - (1 - id %% 2) * interval '1 hour'
      FROM alarm_subscriber subscriber WHERE ref LIKE 'B%%'
       AND NOT EXISTS (SELECT FROM alarm_arming WHERE subscriber_id = subscriber.id);

    INSERT INTO alarm_signal (uid, digest, bridge, receiver_name, received_at, journaled_at,
                              stored_at, decision, panel_id, subscriber_id, company_id)
    SELECT 'bench:' || panel.id, 'bench', 'bench', 'bench', moment, moment, moment, 'log_rule',
           panel.id, panel.subscriber_id, panel.company_id
      FROM alarm_panel panel
      JOIN alarm_subscriber subscriber ON subscriber.id = panel.subscriber_id,
           (SELECT now() AT TIME ZONE 'UTC' - interval '2 hours' AS moment) AS past
     WHERE subscriber.ref LIKE 'B%%' AND panel.id %% 2 = 0
       AND NOT EXISTS (SELECT FROM alarm_signal WHERE panel_id = panel.id);
"""
# What is watched, none of it due for the next hour.
WATCH = """
    DELETE FROM alarm_watch;
    INSERT INTO alarm_watch (kind, key, subscriber_id, company_id, panel_id, since, deadline_at,
                             next_due_at)
    SELECT 'test_missed', panel.id, panel.subscriber_id, panel.company_id, panel.id,
           now() AT TIME ZONE 'UTC' - interval '30 hours', NULL,
           now() AT TIME ZONE 'UTC' + interval '1 hour'
      FROM alarm_panel panel WHERE panel.test_interval > 0;
    INSERT INTO alarm_watch (kind, key, subscriber_id, company_id, schedule_id, since, deadline_at,
                             next_due_at)
    SELECT kind, schedule.id, schedule.subscriber_id, schedule.company_id, schedule.id,
           now() AT TIME ZONE 'UTC' - interval '1 hour', now() AT TIME ZONE 'UTC',
           now() AT TIME ZONE 'UTC' + interval '1 hour'
      FROM alarm_schedule schedule, unnest(ARRAY['late_open', 'late_close']) AS kind;
"""
# In Odoo itself, as a heartbeat's process does it. What falls due is spread over all of them.
RUN = """
import json, sys, time

DUE = "SELECT count(*) FROM alarm_watch WHERE next_due_at <= now() AT TIME ZONE 'UTC'"

def number(statement):
    env.cr.execute(statement)
    return env.cr.fetchone()[0]

def run():
    env.cr.commit()
    env.transaction.reset()
    began = time.perf_counter()
    env["alarm.duty"]._run_due()
    return time.perf_counter() - began

run()
for sample in range(SAMPLES):
    before = number("SELECT count(*) FROM alarm_incident")
    env.cr.execute(
        "UPDATE alarm_watch SET next_due_at = date_trunc('second', now() AT TIME ZONE 'UTC')"
        " WHERE (kind, subscriber_id %% 300) IN (('test_missed', %s), ('late_open', %s),"
        " ('late_close', %s))",
        [sample, sample + 100, sample + 200],
    )
    env.cr.commit()
    due = number(DUE)
    seconds = run()
    raised = number("SELECT count(*) FROM alarm_incident") - before
    found = {"seconds": seconds, "due": due, "left": number(DUE), "raised": raised}
    print("sample", json.dumps(found), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Sample:
    seconds: float
    due: int
    left: int
    raised: int


class Bench:
    def __init__(self, odoo: Odoo) -> None:
        self._connection = psycopg2.connect(dbname=odoo.database)
        self._connection.autocommit = True
        self._filled = 0
        self._odoo = odoo

    def sql(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def fill(self, subscribers: int) -> None:
        """Make it so many subscribers, all watched."""
        for table, source in FILL.items():
            statement = COPY.format(table=table, source=source)
            self.sql(statement, first=self._filled + 1, last=subscribers)
        self.sql(HISTORY, never=0)
        self._filled = subscribers
        self.sql("UPDATE alarm_incident SET state = 'cancelled' WHERE state = 'queued'")
        self.sql(WATCH)
        self.sql("VACUUM ANALYZE")

    def samples(self, count: int) -> list[Sample]:
        program = f"SAMPLES = {count}\n{RUN}"
        done = subprocess.run(
            [*self._odoo._command("shell"), "--no-http"],
            input=program, capture_output=True, text=True, check=False,
        )  # fmt: skip
        found = [
            Sample(**json.loads(line.removeprefix("sample ")))
            for line in done.stdout.splitlines()
            if line.startswith("sample ")
        ]
        assert len(found) == count, done.stderr[-3000:]
        return found

    def close(self) -> None:
        self._connection.close()


def measured(bench: Bench, subscribers: int, samples: int) -> list[Sample]:
    bench.fill(subscribers)
    taken = bench.samples(samples)
    for number, sample in enumerate(taken, 1):
        note(
            f"timers {subscribers:,} {number}/{samples}: {sample.seconds:.3f} s, "
            f"{sample.due} due, {sample.raised} raised"
        )
        assert not sample.left, f"{sample.left} of {sample.due} were not looked at"
        assert sample.raised, "nothing was raised"
    return taken


def main() -> None:
    quick = asked_for_quick("Due work over many subscribers.", "a tenth of the subscribers")
    large = 10_000 if quick else 100_000
    with tempfile.TemporaryDirectory() as folder:
        odoo = Odoo(pathlib.Path(folder), "bench_timers")
        try:
            odoo.create()
            bench = Bench(odoo)
            few = measured(bench, large // 10, SAMPLES)
            many = measured(bench, large, SAMPLES)
            bench.close()
        finally:
            odoo.drop()
    seconds = median(sample.seconds for sample in many)
    growth = seconds / median(sample.seconds for sample in few)
    details = {
        "subscribers": large,
        "seconds": [round(sample.seconds, 3) for sample in many],
        "due": median(sample.due for sample in many),
        "raised": median(sample.raised for sample in many),
    }
    name = "timers.seconds_10k" if quick else "timers.seconds_100k"
    report(name, round(seconds, 3), "s", SAMPLES, details)
    report(
        "timers.growth",
        round(growth, 2),
        "ratio",
        SAMPLES,
        {"seconds_of_a_tenth": [round(sample.seconds, 3) for sample in few]},
    )


if __name__ == "__main__":
    main()
