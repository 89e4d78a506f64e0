"""The journal's files stay small, and no clock makes it forget what it must keep."""

from __future__ import annotations

import queue
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from receiver_bridge import clock
from receiver_bridge.clock import JumpWatch, to_iso, utc_now
from receiver_bridge.conditions import Conditions
from receiver_bridge.journal import Append, SqliteJournal
from receiver_bridge.journal.sqlite_file import open_file, size_of, wal_of
from receiver_bridge.journal.sqlite_upkeep import Upkeep
from receiver_bridge.signal import Draft
from receiver_bridge.timekeeping import ClockWatch

WEEK = timedelta(days=7)
DAY = 86400.0


def set_clock(patch: pytest.MonkeyPatch, ahead: float) -> None:
    patch.setattr(clock, "wall", lambda: time.time() + ahead)


def append(journal: SqliteJournal, number: int = 1, size: int = 100) -> tuple[str, ...]:
    done: queue.Queue[Append] = queue.Queue()
    draft = Draft("sg-1", "surgard", "event", "x", "2026-11-20T08:00:00Z", raw_hex="00" * size)
    journal.append(Append((draft,) * number, done=done.put))
    return done.get(timeout=20).uids


def fill(path: Path, delivered: int, waiting: int = 0, size: int = 100) -> None:
    journal = SqliteJournal(path)
    append(journal, delivered + waiting, size)
    journal.settle(journal.reader.pending("sg-1", delivered), {})
    journal.close()


def states(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT state, count(*) FROM signal GROUP BY state"))


def rounds(
    path: Path, retention: timedelta = WEEK, min_free: int = 0, number: int = 30
) -> Conditions:
    """Upkeep as the writer runs it, so often; what it then says."""
    conditions = Conditions()
    upkeep = Upkeep(path, retention, min_free, conditions)
    with closing(open_file(path)) as connection:
        upkeep.opened(connection)
        for _ in range(number):
            upkeep.round(connection)
    return conditions


def date_settled(path: Path, days_ago: float) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        moment = to_iso(utc_now() - timedelta(days=days_ago))
        connection.execute("UPDATE signal SET settled_at = ? WHERE state = 'delivered'", (moment,))


def test_delivered_signals_go_after_their_time_and_waiting_ones_never(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    fill(path, 50, waiting=20)
    date_settled(path, 8)
    # One of today tells that time has really passed.
    journal = SqliteJournal(path)
    journal.settle(journal.reader.pending("sg-1", 1), {})
    journal.close()
    assert rounds(path).current() == []
    assert states(path) == {"delivered": 1, "pending": 19}


@pytest.mark.parametrize("ahead", [30 * DAY, 100 * 365 * DAY])
def test_a_clock_set_forward_while_the_bridge_was_down_makes_nothing_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    path = tmp_path / "j.db"
    fill(path, 50)
    set_clock(monkeypatch, ahead)
    rounds(path)
    assert states(path) == {"delivered": 50}


@pytest.mark.parametrize("ahead", [30 * DAY, -30 * DAY])
def test_a_clock_set_at_work_makes_nothing_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    path = tmp_path / "j.db"
    fill(path, 50)
    upkeep = Upkeep(path, WEEK, 0, Conditions())
    with closing(open_file(path)) as connection:
        upkeep.opened(connection)
        set_clock(monkeypatch, ahead)
        upkeep.round(connection)
        assert states(path) == {"delivered": 50}


def test_on_a_low_disk_delivered_signals_go_first_and_waiting_ones_stay(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    fill(path, 6000, waiting=300)
    before = path.stat().st_size
    conditions = rounds(path, min_free=1 << 60)
    [condition] = conditions.current()
    assert condition.code == "disk_low"
    left = states(path)
    assert left["pending"] == 300
    # The newest stay: they tell retries after a restart.
    assert left["delivered"] <= 1000
    assert path.stat().st_size < before / 2


def test_a_big_backlog_gives_its_space_back(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    fill(path, 12_000, size=800)
    assert path.stat().st_size > 20_000_000
    rounds(path, retention=timedelta(0))
    assert states(path) == {}
    assert path.stat().st_size < 6_000_000


def test_the_log_is_cut_when_a_long_reader_lets_it_go(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    journal = SqliteJournal(path)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM signal").fetchall()
    for _ in range(12):
        append(journal, 2000, 300)
    assert size_of(wal_of(path)) > 16 * 1024 * 1024
    upkeep = Upkeep(path, WEEK, 0, Conditions())
    with closing(open_file(path)) as connection:
        # With the reader there nothing can be done, and nobody waits for it.
        began = time.monotonic()
        upkeep.round(connection)
        assert time.monotonic() - began < 5
        reader.close()
        upkeep.round(connection)
    assert size_of(wal_of(path)) == 0
    assert journal.reader.pending_counts() == {"sg-1": 24_000}
    journal.close()


def test_numbers_begin_anew_after_a_jump_of_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    [first] = append(journal)
    [second] = append(journal)
    set_clock(monkeypatch, 3600)
    [third] = append(journal)
    [fourth] = append(journal)
    epochs = [uid.partition(":")[0] for uid in (first, second, third, fourth)]
    assert epochs[0] == epochs[1] != epochs[2] == epochs[3] == journal.epoch
    assert [uid.rpartition(":")[2] for uid in (first, second, third, fourth)] == list("1212")
    journal.close()


def test_a_clock_that_is_corrected_by_little_has_not_jumped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = JumpWatch()
    set_clock(monkeypatch, 4)
    assert watch.jumped() == 0
    set_clock(monkeypatch, 4 - 60)
    assert watch.jumped() == pytest.approx(-60, abs=1)
    assert watch.jumped() == 0


def test_a_jump_is_a_condition_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    conditions = Conditions()
    watch = ClockWatch(conditions)
    watch.look()
    assert "clock_jump" not in conditions
    set_clock(monkeypatch, -7200)
    watch.look()
    assert "set back by 2:00:00" in conditions.current()[0].detail
    watch.look()
    assert "clock_jump" in conditions
    steady = time.monotonic
    later: Callable[[], float] = lambda: steady() + 3700  # noqa: E731
    # Both clocks go on alike.
    monkeypatch.setattr(time, "monotonic", later)
    set_clock(monkeypatch, -7200 + 3700)
    watch.look()
    assert "clock_jump" not in conditions
