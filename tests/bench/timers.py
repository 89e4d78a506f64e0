"""Bench ``timers``: seconds of one run of the due work over 100,000 subscribers, 1 % of them due.

Every subscriber has a panel with a daily test report and a schedule of three windows: three things
that are watched. At the moment of the run 1 % of each are due: of these, half the panels have been
heard in time and half the openings and closings have come; the others become incidents. The run is
what a heartbeat drives, with all its other jobs. ``timers.growth`` is its time at 100,000
subscribers ÷ that at 10,000.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg2

from tests.bench._report import asked_for_quick, note, report
from tests.stack import Odoo

SAMPLES = 5
DUE_PERCENT = 1

# Plain rows, as imported: a hundred thousand records through the ORM would take an hour.
FILL = """
    INSERT INTO res_partner (name, complete_name, active, type, parent_id, create_date)
    SELECT 'Bench ' || n, 'Bench ' || n, true, 'delivery', %(customer)s, now()
      FROM generate_series(%(first)s, %(last)s) AS n;

    INSERT INTO alarm_subscriber (name, ref, company_id, partner_id, address_id, tz, state)
    SELECT name, 'B' || id, %(company)s, %(customer)s, id, 'Asia/Shanghai', 'active'
      FROM res_partner WHERE parent_id = %(customer)s
       AND id NOT IN (SELECT address_id FROM alarm_subscriber);

    INSERT INTO alarm_panel (subscriber_id, company_id, name, account, account_key, active,
                             receiver_group_id, test_interval, test_margin, test_counts,
                             dc09_timestamps, dc09_clear)
    SELECT id, company_id, ref, ref, ref, true, %(group)s, 24, 90, 'any', 'receiver', 'receiver'
      FROM alarm_subscriber subscriber WHERE ref LIKE 'B%%'
       AND NOT EXISTS (SELECT FROM alarm_panel WHERE subscriber_id = subscriber.id);

    INSERT INTO alarm_schedule (subscriber_id, company_id, repeat_minutes, left_open_minutes, active)
    SELECT id, company_id, 30, 60, true FROM alarm_subscriber subscriber WHERE ref LIKE 'B%%'
       AND NOT EXISTS (SELECT FROM alarm_schedule WHERE subscriber_id = subscriber.id);

    INSERT INTO alarm_schedule_line (schedule_id, subscriber_id, days, kind, hour_from, hour_to,
                                     tolerance, sequence)
    SELECT schedule.id, schedule.subscriber_id, 'daily', kind, hour_from, hour_to, 15, 10
      FROM alarm_schedule schedule
      JOIN alarm_subscriber subscriber ON subscriber.id = schedule.subscriber_id,
           (VALUES ('must_open', 8, 9), ('may_open', 9, 20), ('must_close', 20, 22))
           AS windows (kind, hour_from, hour_to)
     WHERE subscriber.ref LIKE 'B%%'
       AND NOT EXISTS (SELECT FROM alarm_schedule_line WHERE schedule_id = schedule.id);

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
# Spread over all of them, not the first ones.
FALL_DUE = """
    UPDATE alarm_watch SET next_due_at = now() AT TIME ZONE 'UTC'
     WHERE id %% (100 / %(percent)s) = %(sample)s
"""

# In Odoo itself, as a heartbeat's process does it.
RUN = """
import time
env.registry.check_signaling()
env["alarm.duty"]._run_due()
env.invalidate_all()
print("ready", flush=True)
while input() == "run":
    env.cr.commit()
    env.transaction.reset()
    began = time.perf_counter()
    env["alarm.duty"]._run_due()
    print(time.perf_counter() - began, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Sample:
    seconds: float
    due: int
    raised: int


class Bench:
    def __init__(self, odoo: Odoo) -> None:
        self._connection = psycopg2.connect(dbname=odoo.database)
        self._connection.autocommit = True
        self._filled = 0
        self._sample = 0
        self._odoo = odoo
        self._shell: subprocess.Popen[str] | None = None

    def sql(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def fill(self, subscribers: int) -> None:
        """Make it so many subscribers, all watched, and start a process that does due work."""
        ((company,),) = self.sql("SELECT min(id) FROM res_company")
        ((group,),) = self.sql("SELECT min(id) FROM alarm_receiver_group")
        if not self._filled:
            self.sql("INSERT INTO res_partner (name, active) VALUES ('Bench customer', true)")
        ((customer,),) = self.sql("SELECT id FROM res_partner WHERE name = 'Bench customer'")
        self.sql(
            FILL,
            company=company,
            group=group,
            customer=customer,
            first=self._filled + 1,
            last=subscribers,
        )
        self._filled = subscribers
        self.sql("UPDATE alarm_incident SET state = 'cancelled' WHERE state = 'queued'")
        self.sql(WATCH)
        self.sql("VACUUM ANALYZE")
        self.close_shell()
        self._shell = subprocess.Popen(
            [*self._odoo._command("shell"), "--no-http"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._shell.stdin
        # The shell reads a program from a pipe to its end: the program reads what follows.
        program = f"exec({RUN!r})\n"
        self._shell.stdin.write(program)
        self._shell.stdin.flush()
        self._answer("ready")

    def _answer(self, word: str = "") -> str:
        assert self._shell and self._shell.stdout
        for line in self._shell.stdout:
            if not word or line.strip() == word:
                return line
        raise AssertionError("the process that does due work has ended")

    def sample(self) -> Sample:
        self._sample += 1
        ((before,),) = self.sql("SELECT count(*) FROM alarm_incident")
        self.sql(FALL_DUE, percent=DUE_PERCENT, sample=self._sample)
        ((due,),) = self.sql(
            "SELECT count(*) FROM alarm_watch WHERE next_due_at <= now() AT TIME ZONE 'UTC'"
        )
        assert self._shell and self._shell.stdin
        self._shell.stdin.write("run\n")
        self._shell.stdin.flush()
        seconds = float(self._answer())
        ((left,),) = self.sql(
            "SELECT count(*) FROM alarm_watch WHERE next_due_at <= now() AT TIME ZONE 'UTC'"
        )
        assert not left, f"{left} of {due} were not looked at"
        ((after,),) = self.sql("SELECT count(*) FROM alarm_incident")
        assert after > before, "nothing was raised"
        return Sample(seconds, due, after - before)

    def close_shell(self) -> None:
        if self._shell and self._shell.stdin:
            self._shell.stdin.write("end\n")
            self._shell.stdin.close()
            self._shell.wait(60)

    def close(self) -> None:
        self.close_shell()
        self._connection.close()


def measured(bench: Bench, subscribers: int, samples: int) -> list[Sample]:
    bench.fill(subscribers)
    taken = []
    for number in range(1, samples + 1):
        sample = bench.sample()
        taken.append(sample)
        note(
            f"timers {subscribers:,} {number}/{samples}: {sample.seconds:.3f} s, "
            f"{sample.due} due, {sample.raised} raised"
        )
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
    sys.exit(main())
