"""What the display reads, from either journal: everything once, and on after whatever failed."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgresql_server import PostgresqlServer, serve_postgresql

from receiver_bridge.clock import from_iso, utc_now
from receiver_bridge.conditions import Conditions
from receiver_bridge.config import JournalSettings
from receiver_bridge.journal import Append, Journal, JournalError, Ticked, open_journal
from receiver_bridge.signal import Draft
from receiver_bridge.watch.feed import Feed


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    with serve_postgresql() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> JournalSettings:
    if request.param == "sqlite":
        return JournalSettings(tmp_path / "journal.db")
    server = request.getfixturevalue("server")
    schema = f"watch_{os.urandom(4).hex()}"
    return JournalSettings(tmp_path / "unused", url=server.url, schema=schema)


@pytest.fixture
def journal(settings: JournalSettings) -> Iterator[Journal]:
    journal = opened(settings)
    yield journal
    journal.close()


@pytest.fixture
def feed(settings: JournalSettings) -> Iterator[Feed]:
    feed = Feed(settings, last=3)
    yield feed
    feed.close()


def opened(settings: JournalSettings) -> Journal:
    journal = open_journal(
        settings, "hq-1", lambda callback: callback(), lambda commit: None, Conditions()
    )
    journal.compete(["sg-1"])
    return journal


def append(journal: Journal, code: str = "602") -> str:
    done: queue.Queue[Append] = queue.Queue()
    draft = Draft(
        "sg-1",
        "surgard",
        "event",
        "pty",
        "2026-11-20T08:00:00.000000Z",
        account="1234",
        code_system="cid",
        code=code,
        qualifier="new",
    )
    journal.append(Append((draft,), done=done.put))
    item = done.get(timeout=15)
    assert item.error is None
    return item.uids[0]


def deliver(journal: Journal) -> None:
    pending = journal.reader.pending("sg-1", 100)
    token = journal.lease("sg-1")
    for _attempt in range(100):
        if token is not None:
            break
        threading.Event().wait(0.1)
        token = journal.lease("sg-1")
    journal.settle(pending, {}, token)


def test_the_newest_come_first_and_then_what_is_new_each_once(journal: Journal, feed: Feed) -> None:
    uids = [append(journal) for _count in range(5)]
    news = feed.look([])
    assert [item.uid for item in news.stored] == uids[2:]
    assert (news.error, news.read_only, news.backlog) == ("", "", {"sg-1": 5})
    assert feed.look([]).stored == []
    new = append(journal)
    assert [item.uid for item in feed.look([]).stored] == [new]


def test_alarms_that_wait_are_read_from_before_the_newest(journal: Journal, feed: Feed) -> None:
    alarm = append(journal, "130")
    for _count in range(4):
        append(journal)
    assert [item.uid for item in feed.look([]).older] == [alarm]
    assert feed.look([]).older == []


def test_delivery_is_noticed_though_no_look_saw_the_signal_in_the_backlog(
    journal: Journal, feed: Feed
) -> None:
    assert feed.look([]).backlog == {}
    append(journal, "130")
    (item,) = feed.look([]).stored
    assert item.status.state == "pending"
    deliver(journal)
    statuses = feed.look([item.position]).statuses
    assert statuses[item.position].state == "delivered"
    settled = statuses[item.position].settled_at
    assert settled is not None
    assert abs((utc_now() - from_iso(settled)).total_seconds()) < 60


def test_a_tick_is_read_by_every_display_and_can_be_taken_back(
    settings: JournalSettings, journal: Journal, feed: Feed
) -> None:
    uid = append(journal, "130")
    other = Feed(settings, last=3)
    assert feed.tick([Ticked(uid, "sg-1", "1234")], "Li", "called") == [uid]
    (tick,) = other.look([]).ticks
    assert (tick.uid, tick.by, tick.note, tick.withdrawn_at) == (uid, "Li", "called", None)
    assert abs((utc_now() - from_iso(tick.at)).total_seconds()) < 60
    assert other.withdraw([uid]) == [uid]
    (tick,) = feed.look([]).ticks
    assert tick.withdrawn_at is not None
    other.close()


def test_another_journal_in_its_place_is_read_from_the_start(tmp_path: Path) -> None:
    settings = JournalSettings(tmp_path / "journal.db")
    feed = Feed(settings, last=10)
    assert "unable to open" in feed.look([]).error
    with pytest.raises(JournalError, match="there is none"):
        feed.tick([Ticked("u", "sg-1", None)], "Li", "")
    for expected in (3, 1):
        journal = opened(settings)
        for _count in range(expected):
            append(journal)
        news = feed.look([])
        assert (news.anew, len(news.stored), news.read_only) == (True, expected, "")
        journal.close()
        for file in tmp_path.glob("journal.db*"):
            file.rename(file.with_name(f"old-{expected}-{file.name}"))
    feed.close()


def test_a_server_that_is_away_is_said_and_then_read_on() -> None:
    with serve_postgresql() as server:
        settings = JournalSettings(Path("unused"), url=server.url)
        journal = opened(settings)
        feed = Feed(settings, last=3)
        first = append(journal, "130")
        assert [item.uid for item in feed.look([]).stored] == [first]
        server.stop()
        assert feed.look([]).error
        server.start()
        second = append(journal, "131")
        news = feed.look([])
        assert news.error == ""
        assert [item.uid for item in news.stored] == [second]
        feed.close()
        journal.close()
