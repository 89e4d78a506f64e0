"""Ticks: on disk at once, one for each signal, and told to Odoo once behind what they refer to."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from receiver_bridge.journal import (
    Append,
    JournalError,
    SqliteJournal,
    SqliteReader,
    SqliteTickWriter,
    Ticked,
)
from receiver_bridge.journal.sqlite_admin import SqliteAdmin
from receiver_bridge.signal import Draft
from receiver_bridge.ticks import handled

LATER = "2999-01-01T00:00:00.000000Z"


def draft(account: str = "1234", receiver: str = "sg-1") -> Draft:
    return Draft(
        receiver,
        "surgard",
        "event",
        "pty",
        "2026-11-20T08:00:00.000000Z",
        account=account,
        code_system="cid",
        code="130",
        qualifier="new",
    )


def append(journal: SqliteJournal, *drafts: Draft, tick: int | None = None) -> tuple[str, ...]:
    done = threading.Event()
    item = Append(drafts, done=lambda item: done.set(), tick=tick)
    journal.append(item)
    assert done.wait(10)
    assert item.error is None
    return item.uids


def settle(journal: SqliteJournal) -> None:
    journal.settle(journal.reader.pending("sg-1", 1000), {})


def ticked(*uids: str) -> list[Ticked]:
    return [Ticked(uid, "sg-1", "1234") for uid in uids]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.db")
    yield journal
    journal.close()


@pytest.fixture
def writer(journal: SqliteJournal, tmp_path: Path) -> Iterator[SqliteTickWriter]:
    writer = SqliteTickWriter(tmp_path / "journal.db")
    yield writer
    writer.close()


def test_a_tick_waits_until_odoo_has_its_signal(
    journal: SqliteJournal, writer: SqliteTickWriter
) -> None:
    first, second = append(journal, draft(), draft())
    assert writer.tick(ticked(second, first), "Li", "called") == [second, first]
    assert journal.reader.ticks_to_take(LATER, 10) == []
    journal.settle(journal.reader.pending("sg-1", 1), {})
    assert [tick.uid for tick in journal.reader.ticks_to_take(LATER, 10)] == [first]
    journal.settle([], {second: "no such account"})
    taken = journal.reader.ticks_to_take(LATER, 10)
    assert [(tick.uid, tick.by, tick.note) for tick in taken] == [
        (second, "Li", "called"),
        (first, "Li", "called"),
    ]
    assert journal.reader.ticks_to_take(taken[0].at, 10) == []


def test_a_tick_of_a_signal_that_retention_removed_is_still_told(
    journal: SqliteJournal, writer: SqliteTickWriter
) -> None:
    assert writer.tick(ticked("gone:sg-1:1"), "Li", "") == ["gone:sg-1:1"]
    assert len(journal.reader.ticks_to_take(LATER, 10)) == 1


def test_a_signal_is_ticked_by_one_and_again_after_it_was_withdrawn(
    journal: SqliteJournal, writer: SqliteTickWriter
) -> None:
    (uid,) = append(journal, draft())
    assert writer.tick(ticked(uid), "Li", "") == [uid]
    assert writer.tick(ticked(uid), "Wang", "") == []
    assert writer.withdraw([uid, "unknown"]) == [uid]
    assert writer.withdraw([uid]) == []
    assert writer.tick(ticked(uid), "Wang", "") == [uid]
    assert [(tick.by, tick.withdrawn_at is None) for tick in journal.reader.ticks(10)] == [
        ("Li", False),
        ("Wang", True),
    ]


def test_a_tick_becomes_one_signal_however_often_it_is_taken(
    journal: SqliteJournal, writer: SqliteTickWriter
) -> None:
    (uid,) = append(journal, draft())
    writer.tick(ticked(uid), "Li", "called the owner")
    settle(journal)
    (tick,) = journal.reader.ticks_to_take(LATER, 10)
    assert len(append(journal, handled(tick), tick=tick.number)) == 1
    assert append(journal, handled(tick), tick=tick.number) == ()
    (pending,) = journal.reader.pending("sg-1", 10)
    signal = json.loads(pending.body)
    assert signal["uid"].endswith(":sg-1:2")
    assert (signal["kind"], signal["code_system"], signal["code"]) == (
        "handled",
        "bridge",
        "handled",
    )
    assert (signal["account"], signal["text"]) == ("1234", "called the owner")
    assert signal["extended"] == [["uid", uid], ["by", "Li"], ["at", tick.at]]
    assert journal.reader.ticks_to_take(LATER, 10) == []
    assert writer.withdraw([uid]) == []


def test_a_tick_withdrawn_at_the_last_moment_is_not_told(
    journal: SqliteJournal, writer: SqliteTickWriter
) -> None:
    (uid,) = append(journal, draft())
    writer.tick(ticked(uid), "Li", "")
    settle(journal)
    (tick,) = journal.reader.ticks_to_take(LATER, 10)
    assert writer.withdraw([uid]) == [uid]
    assert append(journal, handled(tick), tick=tick.number) == ()
    # The sequence has no gap where the signal would have been.
    assert append(journal, draft())[0].endswith(":sg-1:2")


def test_ticks_are_written_while_no_bridge_runs_and_into_an_older_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = SqliteJournal(path)
    (uid,) = append(journal, draft())
    journal.close()
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE tick")
    connection.close()
    reader = SqliteReader(path)
    assert reader.ticks(10) == []
    assert reader.ticks_to_take(LATER, 10) == []
    writer = SqliteTickWriter(path)
    assert writer.tick(ticked(uid), "Li", "") == [uid]
    writer.close()
    assert [tick.uid for tick in reader.ticks(10)] == [uid]
    reader.close()


def test_a_journal_that_is_not_there_or_damaged_is_said(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="there is none"):
        SqliteTickWriter(tmp_path / "nothing.db")
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"no database at all" * 500)
    with pytest.raises(JournalError, match="not a database"):
        SqliteTickWriter(damaged)


def test_a_display_reads_on_where_it_was(journal: SqliteJournal, tmp_path: Path) -> None:
    uids = [append(journal, draft(str(number)))[0] for number in range(5)]
    reader = journal.reader
    newest = reader.newest(2)
    assert [item.uid for item in newest] == uids[3:]
    assert reader.after(newest[-1].position, 10) == []
    assert [item.uid for item in reader.after(0, 3)] == uids[:3]
    journal.settle(reader.pending("sg-1", 2), {})
    assert [item.uid for item in reader.waiting("sg-1", 0, 2)] == uids[2:4]
    assert [item.uid for item in reader.waiting("sg-1", newest[0].position, 9)] == uids[4:]
    statuses = reader.statuses([1, 2, 3, 99])
    assert [statuses[position].state for position in (1, 2, 3)] == [
        "delivered",
        "delivered",
        "pending",
    ]
    assert 99 not in statuses
    with closing(SqliteAdmin(tmp_path / "journal.db")) as admin:
        assert admin.replay([uids[0]]) == [uids[0]]
    assert reader.statuses(range(1, 3000))[1].state == "pending"
