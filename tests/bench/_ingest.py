"""What the benches of ``alarm.receiver.ingest`` share: a batch after another goes in, and what it
has become there is inserted again, bare.

Ours: batches of 200 over XML-RPC by the bridge's own transport, one call after another to one Odoo
process; the answer comes when the batch is committed and decided. Theirs: the rows that this batch
has become, inserted at once by psycopg2 into a table of the same columns and indexes (without
triggers), 200 rows a statement and a commit. Both tables grow alike. The board is cleared after
each round of the receivers, so that alarms go on raising incidents instead of all joining old ones.
"""

from __future__ import annotations

import pathlib
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import psycopg2
from psycopg2.extras import execute_values

from receiver_bridge.config import OdooSettings
from receiver_bridge.uplink.transport import open_transport
from tests.bench._report import note, peak_mb, report
from tests.bench._signals import BATCH, Traffic
from tests.stack import Odoo, Rpc, running_odoo

SAMPLES = 5
WARM_UP_ROUNDS = 2
SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")

# What Odoo's log says of a call: number of queries, seconds in them, seconds in all else.
LOGGED_CALL = re.compile(r'alarm\.receiver\.ingest HTTP/1\.\d" 200 - (\d+) ([\d.]+) ([\d.]+)')


@dataclass(frozen=True, slots=True)
class Sample:
    ours: float
    """signals per second"""
    theirs: float
    """rows per second"""
    signals: int
    incidents: int
    """raised by them"""


class Plain:
    """The table beside ``alarm_signal``, and what inserts into it."""

    def __init__(self, database: str) -> None:
        self._connection = psycopg2.connect(dbname=database)
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute("CREATE TABLE bench_signal (LIKE alarm_signal INCLUDING ALL)")
            cursor.execute(
                """
                SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
                  FROM information_schema.columns
                 WHERE table_name = 'alarm_signal' AND column_name <> 'id'
                """
            )
            ((self._columns,),) = cursor.fetchall()

    def rows(self, uids: list[str]) -> list[tuple[Any, ...]]:
        """What the signals have become in Odoo, all columns but the id."""
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {self._columns} FROM alarm_signal WHERE uid = ANY(%s) ORDER BY id", [uids]
            )
            return cursor.fetchall()

    def insert(self, rows: list[tuple[Any, ...]]) -> float:
        """Seconds to insert and commit."""
        began = perf_counter()
        with self._connection, self._connection.cursor() as cursor:
            execute_values(
                cursor,
                f"INSERT INTO bench_signal ({self._columns}) VALUES %s",
                rows,
                page_size=len(rows),
            )
        return perf_counter() - began

    def scalar(self, statement: str) -> Any:
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(statement)
            ((value,),) = cursor.fetchall()
            return value

    def close(self) -> None:
        self._connection.close()


class Bench:
    def __init__(self, odoo: Odoo) -> None:
        self.plain = Plain(odoo.database)
        self._traffic = Traffic(odoo.access["accounts"], seed=9)
        self._supervisor: Rpc = odoo.login("supervisor")
        self._transport = open_transport(
            OdooSettings(
                odoo.url, odoo.database, "bridge", odoo.bridge_key_file.read_text("utf-8").strip()
            )
        )

    def sample(self, rounds: int) -> Sample:
        seconds_ours = seconds_theirs = 0.0
        incidents = batches = 0
        for _ in range(rounds):
            for uids, text in self._traffic.round():
                began = perf_counter()
                answer = self._transport.call("ingest", ("batch", text))
                seconds_ours += perf_counter() - began
                assert answer == {"stored": BATCH, "duplicates": 0, "rejected": []}, answer
                rows = self.plain.rows(uids)
                assert len(rows) == BATCH, f"{len(rows)} rows of {BATCH} signals"
                seconds_theirs += self.plain.insert(rows)
                batches += 1
            assert not self.plain.scalar("SELECT count(*) FROM alarm_signal_pending"), "undecided"
            incidents += self._clear_board()
        signals = batches * BATCH
        return Sample(signals / seconds_ours, signals / seconds_theirs, signals, incidents)

    def _clear_board(self) -> int:
        """Cancel what is queued; how many incidents that was."""
        queued = self._supervisor("alarm.incident", "search", [("state", "=", "queued")])
        self._supervisor("alarm.incident", "action_cancel", queued, "bench: next round")
        return len(queued)

    def close(self) -> None:
        self._transport.close()
        self.plain.close()


def logged_calls(log: str) -> dict[str, float]:
    """Medians over the calls in Odoo's own log."""
    calls = LOGGED_CALL.findall(log)
    assert calls, "Odoo's log names no call of ingest"
    queries, in_queries, elsewhere = zip(*calls, strict=True)
    return {
        "queries_per_batch": median(map(int, queries)),
        "sql_ms_per_batch": round(median(map(float, in_queries)) * 1000, 1),
        "python_ms_per_batch": round(median(map(float, elsewhere)) * 1000, 1),
    }


def run(
    name: str,
    rounds: int,
    prepare: Callable[[Odoo], None] = lambda odoo: None,
    describe: Callable[[Odoo], dict[str, Any]] = lambda odoo: {},
) -> None:
    """Take the samples and report ``NAME.ratio``.

    :param prepare: makes what the signals meet, before the first of them
    :param describe: further details, after the last of them
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        running_odoo(pathlib.Path(folder), f"bench_{name.replace('-', '_')}") as odoo,
    ):
        prepare(odoo)
        bench = Bench(odoo)
        bench.sample(WARM_UP_ROUNDS)
        samples = []
        for number in range(1, SAMPLES + 1):
            sample = bench.sample(rounds)
            samples.append(sample)
            note(
                f"{name} {number}/{SAMPLES}: ours {sample.ours:,.0f} signals/s, "
                f"execute_values {sample.theirs:,.0f} rows/s, "
                f"ratio {sample.ours / sample.theirs:.4f}, {sample.incidents} incidents"
            )
        ratios = [sample.ours / sample.theirs for sample in samples]
        details = {
            "ratios": [round(ratio, 4) for ratio in ratios],
            "ours_per_second": round(median(sample.ours for sample in samples)),
            "execute_values_per_second": round(median(sample.theirs for sample in samples)),
            "signals_per_sample": samples[0].signals,
            "incidents_per_sample": median(sample.incidents for sample in samples),
            **describe(odoo),
            **logged_calls(odoo.log.read_text("utf-8", "replace")),
            "cluster": {name: bench.plain.scalar(f"SHOW {name}") for name in SETTINGS},
            "odoo_peak_memory_mb": peak_mb(odoo.pid),
        }
        bench.close()
    report(f"{name}.ratio", round(median(ratios), 4), "ratio", SAMPLES, details)
