"""Bench ``search-10m``: the screens over ten million signals.

A hundred days of 3,000 subscribers, some of them a hundred times busier than the others, written by
SQL into a database of its own: the last two months live, what is older in the archive, as the suite
itself would have moved it. Asked over XML-RPC and timed from outside.

``search-10m.week_ms``: one week of a busy subscriber, with the fields of the list *Signal History*
(``web_search_read`` over live and archived signals, first page and the count beside it).
``search-10m.month_ms``: signals per event class of a month, from the roll-ups; they must equal a
count over the rows.
"""

from __future__ import annotations

import json
import pathlib
import tempfile
import xml.etree.ElementTree as ElementTree
from datetime import date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

import psycopg2

from tests.bench._report import asked_for_quick, note, percentile, report
from tests.stack import Odoo, Rpc, running_odoo

SUBSCRIBERS = 3_000
BUSY_EVERY = 100  # one subscriber in so many is busy
BUSIER = 100
DAYS = 100
LIVE_DAYS = 61
SAMPLES = 40
PAGE = 80

# What signals of a day are: (code, qualifier, decision) and the share of each, in percent.
KINDS = [
    ("602", "new", "log_rule", 30),
    ("401", "new", "log_rule", 22),
    ("401", "restore", "log_rule", 22),
    ("130", "new", "incident", 8),
    ("130", "restore", "restored", 6),
    ("301", "new", "incident", 4),
    ("301", "restore", "restored", 4),
    ("302", "new", "incident", 2),
    ("110", "new", "incident", 1),
    ("570", "new", "log_rule", 1),
]


class Data:
    """The rows, beside Odoo: no ORM, no foreign keys checked one by one."""

    def __init__(self, database: str, rows: int) -> None:
        self.connection = psycopg2.connect(dbname=database)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.rows = rows
        self.last_day = date.today() - timedelta(days=1)

    def sql(self, statement: str, values: Any = None) -> list[tuple[Any, ...]]:
        self.cursor.execute(statement, values)
        return self.cursor.fetchall() if self.cursor.description else []

    def build(self) -> None:
        began = perf_counter()
        self._register()
        note(f"search-10m: {SUBSCRIBERS} subscribers after {perf_counter() - began:.0f} s")
        self.sql("SET maintenance_work_mem = '512MB'")
        self.sql("SET work_mem = '256MB'")
        self.sql("SET synchronous_commit = off")
        restore = self._strip()
        self._signals()
        note(f"search-10m: {self.rows:,} signals after {perf_counter() - began:.0f} s")
        for statement in restore:
            self.sql(statement)
        self.sql("ANALYZE alarm_signal")
        self.sql("ANALYZE alarm_signal_archive")
        note(f"search-10m: indexes after {perf_counter() - began:.0f} s")
        self._days()
        note(f"search-10m: roll-ups after {perf_counter() - began:.0f} s")

    def _register(self) -> None:
        """Subscribers as copies of one that is there: only what a signal refers to matters."""
        [(pattern,)] = self.sql(
            "SELECT id FROM alarm_subscriber WHERE state = 'active' ORDER BY id LIMIT 1"
        )
        columns = [
            name
            for (name,) in self.sql(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = 'alarm_subscriber'"
                " AND column_name NOT IN ('id', 'ref', 'name')"
            )
        ]
        names = ", ".join(f'"{name}"' for name in columns)
        self.sql("CREATE TABLE bench_subscriber (number int, id int, panel_id int, weight int)")
        self.sql(
            f"""
            INSERT INTO alarm_subscriber (ref, name, {names})
            SELECT 'BENCH' || number, 'Bench ' || number, {names}
              FROM alarm_subscriber, generate_series(1, {SUBSCRIBERS}) number
             WHERE alarm_subscriber.id = {pattern}
            """
        )
        panel = [
            name
            for (name,) in self.sql(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = 'alarm_panel'"
                " AND column_name NOT IN ('id', 'subscriber_id', 'account', 'account_key')"
            )
        ]
        names = ", ".join(f'"{name}"' for name in panel)
        self.sql(
            f"""
            INSERT INTO alarm_panel (subscriber_id, account, account_key, {names})
            SELECT bench.id, 'B' || substr(bench.ref, 6), 'B' || substr(bench.ref, 6), {names}
              FROM (SELECT * FROM alarm_panel ORDER BY id LIMIT 1) pattern,
                   (SELECT id, ref FROM alarm_subscriber WHERE ref LIKE 'BENCH%') bench
            """
        )
        self.sql(
            f"""
            INSERT INTO bench_subscriber
            SELECT substr(subscriber.ref, 6)::int, subscriber.id, panel.id,
                   CASE WHEN substr(subscriber.ref, 6)::int % {BUSY_EVERY} = 0
                        THEN {BUSIER} ELSE 1 END
              FROM alarm_subscriber subscriber
              JOIN alarm_panel panel ON panel.subscriber_id = subscriber.id
             WHERE subscriber.ref LIKE 'BENCH%'
            """
        )
        self.sql("ANALYZE alarm_subscriber")

    def _strip(self) -> list[str]:
        """Take off what would be done row by row: foreign keys, indexes, and the counting, which is
        done below in one statement. The statements that put it back."""
        keys = self.sql(
            """
            SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
             WHERE conrelid = 'alarm_signal'::regclass AND contype = 'f' ORDER BY 1
            """
        )
        indexes = self.sql(
            """
            SELECT indexname, indexdef FROM pg_indexes
             WHERE tablename IN ('alarm_signal', 'alarm_signal_archive')
               AND indexname NOT LIKE '%pkey'
             ORDER BY 1
            """
        )
        for name, _definition in keys:
            self.sql(f'ALTER TABLE alarm_signal DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            self.sql(f'DROP INDEX "{name}"')
        self.sql("ALTER TABLE alarm_signal DISABLE TRIGGER alarm_signal_count_new")
        return [
            "ALTER TABLE alarm_signal ENABLE TRIGGER alarm_signal_count_new",
            *(definition for _name, definition in indexes),
            *(
                f'ALTER TABLE alarm_signal ADD CONSTRAINT "{name}" {definition} NOT VALID'
                for name, definition in keys
            ),
        ]

    def _signals(self) -> None:
        """A day in one statement, in the order of time; busy subscribers as often as they weigh."""
        self.sql(
            "CREATE TABLE bench_turn AS"
            " SELECT row_number() OVER (ORDER BY random()) - 1 AS turn, id, panel_id, number"
            " FROM bench_subscriber, generate_series(1, weight)"
        )
        self.sql("CREATE UNIQUE INDEX ON bench_turn (turn)")
        self.sql("ANALYZE bench_turn")
        [(turns,)] = self.sql("SELECT count(*) FROM bench_turn")
        self.sql(
            "CREATE TABLE bench_kind (low int, high int, code_id int, code text, qualifier text,"
            " decision text)"
        )
        low = 0
        for code, qualifier, decision, share in KINDS:
            self.sql(
                """
                INSERT INTO bench_kind
                SELECT %s, %s, (SELECT id FROM alarm_event_code
                                 WHERE code_system = 'cid' AND code = %s), %s, %s, %s
                """,
                [low, low + share, code, code, qualifier, decision],
            )
            low += share
        assert low == 100, low
        [(company,)] = self.sql("SELECT company_id FROM alarm_subscriber WHERE ref = 'BENCH1'")
        [(receiver, group, name)] = self.sql(
            "SELECT id, receiver_group_id, name FROM alarm_receiver ORDER BY id LIMIT 1"
        )
        per_day = self.rows // DAYS
        for back in range(DAYS - 1, -1, -1):
            day = self.last_day - timedelta(days=back)
            table = "alarm_signal" if back < LIVE_DAYS else "alarm_signal_archive"
            start = datetime(day.year, day.month, day.day)
            first = (DAYS - 1 - back) * per_day
            self.sql(
                f"""
                INSERT INTO {table} (id, uid, digest, bridge, receiver_name, format, kind, source,
                       received_at, journaled_at, stored_at, wire_receiver, line, account,
                       code_system, code, qualifier, area, zone, address, raw_hex,
                       receiver_id, receiver_group_id, account_key, panel_id, subscriber_id,
                       event_code_id, company_id, late, decision)
                SELECT nextval('alarm_signal_id_seq'),
                       'bench:' || %(name)s || ':' || made.number, md5(made.number::text), 'hq-1',
                       %(name)s, 'surgard', 'event', '/dev/ttyS0',
                       made.at, made.at, made.at + interval '20 milliseconds', '01', '1',
                       'B' || turn.number, 'cid', kind.code, kind.qualifier, '01', '005', '005',
                       '3530', %(receiver)s, %(group)s, 'B' || turn.number, turn.panel_id, turn.id,
                       kind.code_id, %(company)s, FALSE, kind.decision
                  FROM (SELECT %(first)s + step AS number,
                               %(start)s + step * (interval '1 day' / %(per_day)s) AS at,
                               (random() * (%(turns)s - 1))::int AS turn,
                               floor(random() * 100)::int AS dice
                          FROM generate_series(1, %(per_day)s) step) made
                  JOIN bench_turn turn ON turn.turn = made.turn
                  JOIN bench_kind kind ON made.dice >= kind.low AND made.dice < kind.high
                 ORDER BY made.number
                """,
                {
                    "name": name, "receiver": receiver, "group": group, "company": company,
                    "first": first, "start": start, "per_day": per_day, "turns": turns,
                },
            )  # fmt: skip

    def _days(self) -> None:
        """Count all rows as the first installation does, then let the suite fold them."""
        [(body,)] = self.sql("SELECT prosrc FROM pg_proc WHERE proname = 'alarm_signal_count'")
        statement = body.split("ELSE", 1)[0].split("THEN", 1)[1].strip().rstrip(";")
        self.sql(statement.replace("FROM after signal", "FROM alarm_signal_history signal"))
        self.sql("ANALYZE alarm_signal_day_change")

    def busy(self) -> list[int]:
        return [
            found
            for (found,) in self.sql(
                "SELECT id FROM bench_subscriber WHERE weight > 1 ORDER BY number"
            )
        ]

    def counted(self, first: date, last: date) -> dict[str | bool, int]:
        """Signals by event class from the rows; the day is that of the premises."""
        rows = self.sql(
            """
            SELECT code.event_class, count(*)
              FROM alarm_signal_history signal
              JOIN alarm_subscriber subscriber ON subscriber.id = signal.subscriber_id
         LEFT JOIN alarm_event_code code ON code.id = signal.event_code_id
             WHERE (signal.received_at AT TIME ZONE 'UTC' AT TIME ZONE subscriber.tz)::date
                   BETWEEN %s AND %s
             GROUP BY 1
            """,
            [first, last],
        )
        return {event_class or False: number for event_class, number in rows}


def screen(user: Rpc) -> tuple[dict[str, Any], int]:
    """What the web client asks for, for the list that the menu opens: fields, and up to how many
    records it counts."""
    views = user("alarm.signal.history", "get_views", [[False, "list"], [False, "search"]])
    arch = ElementTree.fromstring(views["views"]["list"]["arch"])
    types = views["models"]["alarm.signal.history"]["fields"]
    asked = {
        name: {"fields": {"display_name": {}}} if types[name]["type"] == "many2one" else {}
        for name in (field.get("name", "") for field in arch.iter("field"))
    }
    return asked, int(arch.get("count_limit", "10000")) + 1


def main() -> None:
    quick = asked_for_quick(
        "A busy subscriber's week and a month's counts among ten million signals.",
        "one million signals instead of ten",
    )
    rows = 1_000_000 if quick else 10_000_000
    with (
        tempfile.TemporaryDirectory() as folder,
        running_odoo(pathlib.Path(folder), "bench_search") as odoo,
    ):
        data = Data(odoo.database, rows)
        began = perf_counter()
        data.build()
        fold(odoo, data)
        built = perf_counter() - began
        data.sql("VACUUM ANALYZE alarm_signal_day_total")
        data.sql("VACUUM ANALYZE alarm_signal_day")
        user = odoo.login("dispatcher1")
        common = {"rows": rows, "build_seconds": round(built), "live_days": LIVE_DAYS}
        week(data, user, common)
        month(data, user, common)
        data.connection.close()


def fold(odoo: Odoo, data: Data) -> None:
    """A bridge's heartbeat drives the due work, which folds; until nothing is left."""
    bridge = odoo.bridge_rpc()
    status = json.dumps({"bridge": "hq-1", "receivers": []})
    for _ in range(100):
        bridge("alarm.receiver", "heartbeat", status)
        if not data.sql("SELECT 1 FROM alarm_signal_day_change LIMIT 1"):
            return
    raise AssertionError("the due work does not fold the days")


def timed(call: Any) -> tuple[float, Any]:
    began = perf_counter()
    answer = call()
    return (perf_counter() - began) * 1000, answer


def week(data: Data, user: Rpc, common: dict[str, Any]) -> None:
    """Weeks of busy subscribers, live and archived in turn; each asked for the first time."""
    fields, count_limit = screen(user)
    busy = data.busy()
    durations, lengths = [], []
    for sample in range(SAMPLES + 5):
        start = data.last_day - timedelta(days=6 + sample * 7 % (DAYS - 7))
        domain = [
            ["subscriber_id", "=", busy[sample % len(busy)]],
            ["received_at", ">=", f"{start} 00:00:00"],
            ["received_at", "<", f"{start + timedelta(days=7)} 00:00:00"],
        ]
        took, answer = timed(
            lambda domain=domain: user(
                "alarm.signal.history", "web_search_read", domain, fields, 0, PAGE, "", count_limit
            )
        )
        assert len(answer["records"]) == PAGE or data.rows < 10_000_000, answer["length"]
        if sample >= 5:  # the first calls fill caches of the server
            durations.append(took)
            lengths.append(answer["length"])
    details = {
        "min_ms": round(min(durations), 1),
        "p95_ms": round(percentile(durations, 95), 1),
        "max_ms": round(max(durations), 1),
        "fields": len(fields),
        "shown_of": median(lengths),
        **common,
    }
    note(f"search-10m: a week {median(durations):.1f} ms, p95 {details['p95_ms']} ms")
    report("search-10m.week_ms", round(median(durations), 1), "ms", SAMPLES, details)


def month(data: Data, user: Rpc, common: dict[str, Any]) -> None:
    last = data.last_day.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    domain = [["day", ">=", str(first)], ["day", "<=", str(last)]]
    durations, answer = [], []
    for sample in range(SAMPLES + 5):
        took, answer = timed(
            lambda: user(
                "alarm.signal.day.total", "formatted_read_group", domain, ["event_class"],
                ["signals:sum"],
            )
        )  # fmt: skip
        if sample >= 5:
            durations.append(took)
    found = {group["event_class"]: group["signals:sum"] for group in answer}
    took, counted = timed(lambda: data.counted(first, last))
    # Rows of the demo company are counted, too.
    assert {name: found.get(name) for name in counted} == counted, (found, counted)
    details = {
        "min_ms": round(min(durations), 1),
        "p95_ms": round(percentile(durations, 95), 1),
        "signals": sum(counted.values()),
        "counting_rows_ms": round(took),
        "classes": len(found),
        **common,
    }
    note(f"search-10m: a month {median(durations):.1f} ms, over the rows {took:.0f} ms")
    report("search-10m.month_ms", round(median(durations), 1), "ms", SAMPLES, details)


if __name__ == "__main__":
    main()
