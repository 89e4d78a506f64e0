"""The journal: on disk before anybody hears of it, numbered without a gap, found again."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from receiver_bridge.journal import Append, Commit, JournalError, SqliteJournal, SqliteReader
from receiver_bridge.signal import Draft


def draft(receiver: str = "sg-1", text: str | None = None) -> Draft:
    return Draft(
        receiver=receiver,
        format="surgard",
        kind="event",
        source="/dev/ttyS0",
        received_at="2026-11-20T08:00:00.000000Z",
        text=text,
    )


def append(journal: SqliteJournal, *drafts: Draft, **values: object) -> Append:
    """Append and wait for the disk."""
    done: queue.Queue[Append] = queue.Queue()
    journal.append(Append(drafts or (draft(),), done=done.put, **values))  # type: ignore[arg-type]
    return done.get(timeout=10)


def test_uids_are_contiguous_per_epoch_and_receiver(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    results = [
        append(journal, draft("a")),
        append(journal, draft("b"), draft("b")),
        append(journal, draft("a")),
    ]
    uids = [uid for result in results for uid in result.uids]
    assert uids == [f"{journal.epoch}:{name}" for name in ("a:1", "b:1", "b:2", "a:2")]
    assert len(journal.epoch) == 32
    journal.close()
    other = SqliteJournal(tmp_path / "j.db")
    assert other.epoch != journal.epoch
    assert append(other, draft("a")).uids == (f"{other.epoch}:a:1",)
    assert [row.uid for row in other.reader.pending("a", 10)] == [
        f"{journal.epoch}:a:1",
        f"{journal.epoch}:a:2",
        f"{other.epoch}:a:1",
    ]
    other.close()


def test_what_gathers_during_a_commit_is_the_next_transaction(tmp_path: Path) -> None:
    commits: list[Commit] = []
    entered, go_on, finished = threading.Event(), threading.Event(), threading.Event()

    def on_commit(commit: Commit) -> None:
        commits.append(commit)
        if len(commits) == 1:
            entered.set()
            assert go_on.wait(10)

    journal = SqliteJournal(tmp_path / "j.db", on_commit=on_commit)
    journal.append(Append((draft(),)))
    assert entered.wait(10)
    for number in range(50):
        last = (lambda _append: finished.set()) if number == 49 else None
        journal.append(Append((draft(),), done=last))
    go_on.set()
    assert finished.wait(10)
    journal.close()
    assert [commit.rows["sg-1"] for commit in commits] == [1, 50]


def test_a_failed_commit_acknowledges_nothing_and_leaves_no_gap(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    assert append(journal).error is None
    with sqlite3.connect(tmp_path / "j.db") as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON signal"
            " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    failed = append(journal)
    assert failed.error is not None
    assert "disk full" in str(failed.error)
    assert failed.uids == ()
    assert not journal.healthy
    with sqlite3.connect(tmp_path / "j.db") as other:
        other.execute("DROP TRIGGER full")
    assert append(journal).uids == (f"{journal.epoch}:sg-1:2",)
    assert journal.healthy
    journal.close()


def test_a_repeat_names_its_original_even_in_the_same_commit(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    done: queue.Queue[Append] = queue.Queue()
    first = Append((draft(), draft()), done=done.put)
    second = Append((draft(), draft()), repeats=first, done=done.put)
    journal.append(first)
    journal.append(second)
    done.get(timeout=10)
    done.get(timeout=10)
    assert tuple(signal.repeat_of for signal in second.signals) == first.uids
    journal.close()


def test_settled_signals_are_no_longer_pending(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    uids = append(journal, draft(), draft(), draft()).uids
    rows = journal.reader.pending("sg-1", 10)
    journal.settle(rows[:1], {uids[1]: "no such thing"})
    assert [row.uid for row in journal.reader.pending("sg-1", 10)] == [uids[2]]
    assert journal.reader.pending_counts() == {"sg-1": 1}
    assert journal.reader.dead_counts() == {"sg-1": 1}
    assert journal.reader.delivered_count() == 1
    [dead] = journal.reader.dead(10)
    assert (dead.uid, dead.reason) == (uids[1], "no such thing")
    journal.close()


def test_the_body_is_the_contracts_json_fit_for_a_database(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    append(journal, draft(text="a\0b\ud800c 火警"))
    [row] = journal.reader.pending("sg-1", 1)
    body = json.loads(row.body)
    assert body["uid"] == row.uid
    assert body["text"] == "a\ufffdb?c 火警"
    assert body["extended"] == []
    assert set(body) >= {"received_at", "journaled_at", "occurred_at", "repeat_of", "raw_hex"}
    journal.close()


def test_recent_frames_are_found_after_a_restart(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    uids = append(journal, draft(), draft(), link="l", fingerprint="f").uids
    append(journal, draft())
    journal.close()
    reader = SqliteReader(tmp_path / "j.db")
    [frame] = reader.recent_frames("2000")
    assert (frame.link, frame.fingerprint, frame.uids) == ("l", "f", uids)
    assert reader.recent_frames("2999") == []
    reader.close()


def test_what_is_remembered_outlives_the_process(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    assert journal.reader.recall("silent sg-1") is None
    journal.remember("silent sg-1", "true")
    journal.remember("silent sg-1", "false")
    journal.close()
    reader = SqliteReader(tmp_path / "j.db")
    assert reader.recall("silent sg-1") == "false"
    reader.close()


def test_two_writers_are_refused_and_the_files_are_private(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    append(journal)
    with pytest.raises(JournalError, match="another bridge"):
        SqliteJournal(tmp_path / "j.db")
    for file in tmp_path.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
    journal.close()


def test_a_closed_journal_takes_nothing(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    journal.close()
    assert "closed" in str(append(journal).error)
    with pytest.raises(JournalError, match="closed"):
        journal.remember("a", "b")


def test_no_journal_and_no_sqlite_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="unable to open"):
        SqliteReader(tmp_path / "none.db")
    (tmp_path / "text.db").write_bytes(b"this is no database at all, " * 100)
    with pytest.raises(JournalError, match="not a database"):
        SqliteJournal(tmp_path / "text.db")


_WRITER = """
import sys
from pathlib import Path
from receiver_bridge.journal import Append, SqliteJournal
from receiver_bridge.signal import Draft

def say(append):
    sys.stdout.write(append.uids[0] + "\\n")
    sys.stdout.flush()

journal = SqliteJournal(Path(sys.argv[1]))
while True:
    draft = Draft("sg-1", "surgard", "event", "x", "2026-11-20T08:00:00.000000Z")
    journal.append(Append((draft,), done=say))
"""


def test_a_killed_writer_loses_nothing_it_has_told(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, env=os.environ
    )
    assert writer.stdout is not None
    told = [writer.stdout.readline() for _ in range(300)]
    writer.send_signal(signal.SIGKILL)
    told += writer.stdout.readlines()
    writer.wait()
    uids = {line.decode().strip() for line in told if line.endswith(b"\n")}
    journal = SqliteJournal(path)
    kept = [row.uid for row in journal.reader.pending("sg-1", 1_000_000)]
    journal.close()
    assert uids <= set(kept)
    assert [int(uid.rsplit(":", 1)[1]) for uid in kept] == list(range(1, len(kept) + 1))


def test_a_journal_that_was_removed_takes_nothing_more(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    assert append(journal).error is None
    assert journal.reader.pending_counts() == {"sg-1": 1}
    (tmp_path / "j.db").rename(tmp_path / "elsewhere")
    gone = append(journal)
    assert "removed or replaced" in str(gone.error)
    assert gone.uids == ()
    assert not journal.healthy
    # What was taken before is still delivered, and settled.
    journal.settle(journal.reader.pending("sg-1", 10), {})
    (tmp_path / "elsewhere").rename(tmp_path / "j.db")
    assert append(journal).uids == (f"{journal.epoch}:sg-1:2",)
    journal.close()


@contextlib.contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The kernel refuses to let any file of this process grow beyond ``size`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_takes_no_more_gives_no_gap_and_is_left_behind(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    taken = 0
    with files_of_at_most(600_000):
        while append(journal, draft(text="x" * 5000)).error is None:
            taken += 1
    assert taken > 0
    assert not journal.healthy
    assert append(journal).uids == (f"{journal.epoch}:sg-1:{taken + 1}",)
    assert journal.healthy
    assert journal.reader.pending_counts() == {"sg-1": taken + 1}
    journal.close()


def test_a_commit_counts_its_rows_whatever_becomes_of_the_drafts(tmp_path: Path) -> None:
    commits: queue.Queue[Commit] = queue.Queue()

    def forget(finished: Append) -> None:
        finished.drafts = ()

    journal = SqliteJournal(tmp_path / "j.db", on_commit=commits.put)
    journal.append(Append((draft("a"), draft("b")), done=forget))
    assert commits.get(timeout=10).rows == {"a": 1, "b": 1}
    journal.close()


def test_who_comes_while_the_journal_closes_is_told_so(tmp_path: Path) -> None:
    go_on, closing, told = threading.Event(), threading.Event(), queue.Queue[object]()
    journal = SqliteJournal(tmp_path / "j.db", on_commit=lambda commit: go_on.wait(20) and None)
    append(journal)
    end_queue = journal._queue.close

    def close_queue() -> None:
        end_queue()
        closing.set()

    journal._queue.close = close_queue  # type: ignore[method-assign]
    closer = threading.Thread(target=journal.close)
    closer.start()
    assert closing.wait(10)
    # Found it open, and was held up before it could queue.
    journal._closed = False

    def remember() -> None:
        try:
            told.put(journal.remember("name", "value"))
        except JournalError as error:
            told.put(error)

    late = threading.Thread(target=remember, daemon=True)
    late.start()
    journal.append(Append((draft(),), done=lambda append: told.put(append.error)))
    late.join(10)
    journal._closed = True
    go_on.set()
    assert ["closed" in str(told.get(timeout=10)) for _answer in range(2)] == [True, True]
    closer.join(10)
