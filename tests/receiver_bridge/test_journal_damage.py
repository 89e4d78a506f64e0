"""A damaged journal is put aside, and everything readable of it goes on in a new one."""

from __future__ import annotations

import json
import queue
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from receiver_bridge.conditions import Conditions
from receiver_bridge.journal import (
    Append,
    JournalError,
    Pending,
    SqliteJournal,
    SqliteReader,
    SqliteTickWriter,
    Ticked,
)
from receiver_bridge.journal.sqlite_file import wal_of
from receiver_bridge.journal.sqlite_pages import page_size_of, read_wal
from receiver_bridge.journal.sqlite_quarantine import quarantined
from receiver_bridge.journal.sqlite_salvage import Salvaged, salvage
from receiver_bridge.signal import Draft

PAGE = 4096
SIGNALS = 600


def draft(number: int, size: int = 300) -> Draft:
    return Draft(
        receiver="sg-1",
        format="surgard",
        kind="event",
        source="/dev/ttyS0",
        received_at="2026-11-20T08:00:00.000000Z",
        account=f"{number:06d}",
        raw_hex="5a" * size,
    )


def append(journal: SqliteJournal, *drafts: Draft) -> Append:
    done: queue.Queue[Append] = queue.Queue()
    journal.append(Append(drafts, link="l", fingerprint="f", done=done.put))
    return done.get(timeout=20)


def fill(path: Path, number: int = SIGNALS) -> tuple[list[str], list[str]]:
    """A journal with delivered signals, then waiting ones; the uids of both."""
    journal = SqliteJournal(path)
    uids = []
    for begin in range(0, number, 20):
        uids += append(journal, *(draft(n) for n in range(begin, begin + 20))).uids
    # A record that fills several pages.
    uids += append(journal, draft(number, 9000)).uids
    done = journal.reader.pending("sg-1", number // 2)
    journal.settle(done, {})
    journal.remember("silent sg-1", "true")
    journal.close()
    return [row.uid for row in done], uids[len(done) :]


def pending(journal: SqliteJournal) -> list[Pending]:
    return journal.reader.pending("sg-1", 1_000_000)


def damage(path: Path, change: Callable[[bytearray], object]) -> None:
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)


def flip(data: bytearray, begin: int, end: int, bits: int, chance: random.Random) -> None:
    for _ in range(bits):
        data[chance.randrange(begin, end)] ^= 1 << chance.randrange(8)


def test_a_cut_off_file_is_put_aside_and_its_signals_go_on(tmp_path: Path) -> None:
    path, conditions = tmp_path / "j.db", Conditions()
    delivered, waiting = fill(path)
    damage(path, lambda data: data.__delitem__(slice(len(data) * 3 // 4 // PAGE * PAGE, None)))
    journal = SqliteJournal(path, conditions=conditions)
    kept = [row.uid for row in pending(journal)]
    assert set(kept) <= set(waiting)
    assert kept == sorted(kept, key=lambda uid: int(uid.rpartition(":")[2]))
    assert len(kept) > 50
    assert journal.reader.delivered_count() > 250
    [file] = quarantined(path)
    [condition] = conditions.current()
    assert condition.code == "quarantined"
    assert file.name in condition.detail
    assert f"{len(kept)} waiting" in condition.detail
    # It takes signals, and numbers them anew.
    assert append(journal, draft(1)).uids == (f"{journal.epoch}:sg-1:1",)
    journal.close()


@pytest.mark.parametrize("page", range(1, 12))
def test_one_page_of_noise_costs_no_more_than_what_is_on_it(tmp_path: Path, page: int) -> None:
    path = tmp_path / "j.db"
    delivered, waiting = fill(path)
    noise = random.Random(page).randbytes(PAGE)
    damage(path, lambda data: data.__setitem__(slice((page - 1) * PAGE, page * PAGE), noise))
    # With a page of no consequence SQLite has nothing to complain of, and no row is lost.
    target = tmp_path / "new.db"
    saved = salvage(path, target)
    assert saved.pending + saved.delivered >= SIGNALS + 1 - 12
    with closing(sqlite3.connect(target)) as connection:
        states = dict(connection.execute("SELECT uid, state FROM signal"))
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert set(states) <= {*delivered, *waiting}
    assert {uid for uid, state in states.items() if state == "delivered"} <= set(delivered)
    assert all(states.get(uid, "pending") == "pending" for uid in waiting)


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bits_lose_at_most_the_rows_that_they_hit(tmp_path: Path, seed: int) -> None:
    path, chance = tmp_path / "j.db", random.Random(seed)
    delivered, waiting = fill(path)
    before = {uid: body for uid, body in bodies(path).items()}
    damage(path, lambda data: flip(data, 0, len(data), 20, chance))
    saved = salvage(path, tmp_path / "new.db")
    after = bodies(tmp_path / "new.db")
    lost = set(before) - set(after)
    assert len(lost) <= 20
    assert saved.missing >= len(lost - {waiting[-1], delivered[0]}) - 20
    for uid, body in after.items():
        if uid in before and body != before[uid]:
            assert json.loads(body)["kind"] == "unparsed"
    assert len([uid for uid in after if uid in before and after[uid] == before[uid]]) >= 560


def bodies(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT uid, body FROM signal").fetchall())


def test_the_other_tables_come_along(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    fill(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (number INTEGER PRIMARY KEY, text TEXT)")
        connection.execute("INSERT INTO other VALUES (1, 'kept')")
        connection.commit()
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'signal_pending'"
        ).fetchone()
    damage(path, lambda data: data.__setitem__(slice((root - 1) * PAGE, root * PAGE), b"\1" * PAGE))
    journal = SqliteJournal(path)
    assert journal.reader.recall("silent sg-1") == "true"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM other").fetchall() == [(1, "kept")]
    assert len(pending(journal)) == SIGNALS // 2 + 1
    journal.close()


def leave_a_log(path: Path, number: int) -> list[str]:
    """A journal whose last ``number`` signals are in the write-ahead log only, as after a crash."""
    journal = SqliteJournal(path)
    uids = [append(journal, draft(n)).uids[0] for n in range(number)]
    files = {file: file.read_bytes() for file in (path, wal_of(path))}
    journal.close()
    for file, data in files.items():
        file.write_bytes(data)
    return uids


def test_behind_a_damaged_page_of_the_log_nothing_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    uids = leave_a_log(path, 40)
    damage(wal_of(path), lambda data: flip(data, len(data) // 3, len(data) // 3 + 1, 1, random))
    assert read_wal(wal_of(path).read_bytes()).damage is not None
    journal = SqliteJournal(path)
    assert len(set(uids) & {row.uid for row in pending(journal)}) >= 39
    assert quarantined(path)
    journal.close()


def test_a_log_that_is_whole_raises_no_alarm(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    uids = leave_a_log(path, 40)
    assert page_size_of(path.read_bytes()) == PAGE
    journal = SqliteJournal(path)
    assert [row.uid for row in pending(journal)] == uids
    assert quarantined(path) == []
    journal.close()


def test_an_emptied_file_gets_its_signals_from_the_log(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    uids = leave_a_log(path, 40)
    path.write_bytes(b"")
    journal = SqliteJournal(path)
    assert {row.uid for row in pending(journal)} == set(uids)
    journal.close()


def test_a_signal_whose_contents_are_damaged_is_handed_on_as_what_is_left(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    _delivered, waiting = fill(path, 40)
    account = b'"account":"000030"'
    assert path.read_bytes().count(account) == 1
    damage(path, lambda data: data.__setitem__(data.index(account) + 11, ord("7")))
    journal = SqliteJournal(path)
    assert journal.conditions.current() == []
    # SQLite sees nothing wrong; the checksum does, when the row is read.
    rows = {row.uid: json.loads(row.body) for row in pending(journal)}
    assert set(rows) == set(waiting)
    [found] = [body for body in rows.values() if body["kind"] == "unparsed"]
    assert b'"700030"' in bytes.fromhex(found["raw_hex"])
    assert found["receiver"] == "sg-1"
    assert "1 of them damaged" in journal.conditions.current()[0].detail
    journal.close()


def test_damage_found_at_work_is_mended_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    _delivered, waiting = fill(path)
    journal = SqliteJournal(path)
    # Behind the writer's back: every page but the first, as a disk does that loses its blocks.
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2 // PAGE * PAGE)
        file.write(b"\xaa" * (size // 4))
    told = []
    for number in range(50):
        result = append(journal, draft(number))
        if result.error is None:
            told += result.uids
        try:
            rows = {row.uid for row in pending(journal)}
        except JournalError:
            continue
    journal.remember("a", "b")
    rows = {row.uid for row in pending(journal)}
    assert set(told) <= rows
    assert len(rows & set(waiting)) > 100
    assert quarantined(path)
    assert journal.healthy
    journal.close()


@pytest.mark.parametrize("removed", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_of_what_a_running_bridge_has_written_every_lost_signal_is_told(
    tmp_path: Path, seed: int, removed: bool
) -> None:
    """Also before the first and behind the last that is left; not what upkeep has removed."""
    path, conditions = tmp_path / "j.db", Conditions()
    journal = SqliteJournal(path, conditions=conditions, retention_days=0 if removed else 7)
    told = [uid for number in range(300) for uid in append(journal, draft(number)).uids]
    journal.settle(journal.reader.pending("sg-1", 120), {})
    if removed:
        journal._next_upkeep = 0.0
        journal.remember("a", "b")
        deadline = time.monotonic() + 20
        while journal.reader.delivered_count():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        told = told[120:]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    pages, chance = path.stat().st_size // PAGE, random.Random(seed)
    with path.open("r+b") as file:
        for page in {*chance.sample(range(2, pages), pages // 3), pages - 1}:
            file.seek(page * PAGE)
            file.write(chance.randbytes(PAGE))
    with suppress(JournalError):
        pending(journal)
    for number in range(40):
        told += append(journal, draft(number)).uids
    [damaged] = quarantined(path)
    with closing(sqlite3.connect(path)) as connection:
        saved = {uid for (uid,) in connection.execute("SELECT uid FROM signal")}
    assert set(told) > saved
    assert f"at least {len(set(told) - saved)} are missing" in conditions.current()[0].detail
    assert damaged.name in conditions.current()[0].detail
    journal.close()


def test_the_condition_ends_when_the_file_is_taken_away(tmp_path: Path) -> None:
    path, conditions = tmp_path / "j.db", Conditions()
    fill(path)
    damage(path, lambda data: data.__delitem__(slice(PAGE * 20, None)))
    SqliteJournal(path, conditions=conditions).close()
    assert "quarantined" in conditions
    journal = SqliteJournal(path, conditions=conditions)
    assert "quarantined" in conditions
    journal.close()
    [file] = quarantined(path)
    assert file.stat().st_mode & 0o077 == 0
    file.unlink()
    SqliteJournal(path, conditions=conditions).close()
    assert "quarantined" not in conditions


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_quarantine_cut_off_in_the_middle_is_finished_at_the_next_start(
    tmp_path: Path, moved: int
) -> None:
    path = tmp_path / "j.db"
    uids = leave_a_log(path, 20)
    stamp = "20261120T080000Z"
    salvage(path, tmp_path / f"j.db.restored-{stamp}")
    (tmp_path / "j.db.restoring").write_bytes(b"half")
    for file, ending in [(path, ""), (wal_of(path), "-wal")][:moved]:
        file.rename(tmp_path / f"j.db.damaged-{stamp}{ending}")
    journal = SqliteJournal(path)
    assert [row.uid for row in pending(journal)] == uids
    assert [file.name for file in quarantined(path)] == [f"j.db.damaged-{stamp}"]
    assert not (tmp_path / "j.db.restoring").exists()
    journal.close()


def test_somebody_elses_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bridge.toml"
    path.write_text('name = "hq-1"\n' * 500)
    with pytest.raises(JournalError, match="no journal in it"):
        SqliteJournal(path)
    assert path.read_text().startswith("name")
    assert quarantined(path) == []


def test_the_counts_say_what_is_missing() -> None:
    saved = Salvaged(3, 2, 1, 1, 4)
    assert "3 waiting" in str(saved)
    assert "4 are missing" in str(saved)


def test_a_log_removed_at_work_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    journal = SqliteJournal(path)
    uids = [append(journal, draft(number)).uids[0] for number in range(5)]
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink()
    uids += [append(journal, draft(number)).uids[0] for number in range(5)]
    assert [row.uid for row in pending(journal)] == uids
    # As another process sees it that comes after this one has been killed.
    for ending in ("", "-wal"):
        source = path.with_name(path.name + ending)
        (tmp_path / f"copy.db{ending}").write_bytes(source.read_bytes())
    assert list(bodies(tmp_path / "copy.db")) == uids
    journal.close()


def test_a_reader_beside_the_bridge_follows_to_the_new_file(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    fill(path)
    beside = SqliteReader(path)
    assert beside.pending_counts() == {"sg-1": SIGNALS // 2 + 1}
    ticks = SqliteTickWriter(path)
    journal = SqliteJournal(path)
    journal._report_damage("by a test")
    uids = append(journal, draft(1)).uids
    assert beside.pending_counts() == {"sg-1": SIGNALS // 2 + 2}
    assert ticks.tick([Ticked(uids[0], "sg-1", None)], "somebody", "") == list(uids)
    assert [tick.uid for tick in journal.reader.ticks(10)] == list(uids)
    ticks.close()
    beside.close()
    journal.close()
