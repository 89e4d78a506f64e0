"""The shared journal: what is acknowledged is there, once, whatever becomes of the connection."""

from __future__ import annotations

import itertools
import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from postgresql_server import PostgresqlServer, serve_postgresql
from tcp_proxy import TcpProxy, proxied

from receiver_bridge.conditions import Conditions
from receiver_bridge.config import JournalSettings
from receiver_bridge.journal import (
    Append,
    Commit,
    JournalError,
    LeaseLost,
    Moment,
    Ticked,
    open_admin,
    open_reader,
    open_tick_writer,
)
from receiver_bridge.journal.postgresql import PostgresqlJournal
from receiver_bridge.journal.postgresql_connection import Database
from receiver_bridge.journal.postgresql_reader import split_uid, whole_body
from receiver_bridge.signal import Draft

_names = (f"journal_{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    with serve_postgresql() as running:
        yield running


@pytest.fixture
def schema() -> str:
    """A journal of the test's own."""
    return next(_names)


@pytest.fixture
def proxy(server: PostgresqlServer) -> Iterator[TcpProxy]:
    with proxied("127.0.0.1", server.port) as running:
        yield running


class Opened:
    """Journals of one test, closed at its end."""

    def __init__(self, server: PostgresqlServer, schema: str) -> None:
        self._server, self._schema = server, schema
        self._journals: list[PostgresqlJournal] = []

    def __call__(
        self,
        bridge: str = "hq-1",
        port: int | None = None,
        on_commit: Callable[[Commit], None] = lambda commit: None,
        conditions: Conditions | None = None,
    ) -> PostgresqlJournal:
        url = self._server.url.replace(str(self._server.port), str(port or self._server.port))
        database = Database(url, None, self._schema)
        journal = PostgresqlJournal(database, bridge, on_commit=on_commit, conditions=conditions)
        self._journals.append(journal)
        return journal

    def close(self) -> None:
        for journal in self._journals:
            journal.close()


@pytest.fixture
def opened(server: PostgresqlServer, schema: str) -> Iterator[Opened]:
    journals = Opened(server, schema)
    yield journals
    journals.close()


@pytest.fixture
def settings(server: PostgresqlServer, schema: str, tmp_path: Path) -> JournalSettings:
    return JournalSettings(tmp_path / "unused", url=server.url, schema=schema)


def draft(receiver: str = "sg-1", text: str | None = None) -> Draft:
    return Draft(
        receiver=receiver,
        format="surgard",
        kind="event",
        source="/dev/ttyS0",
        received_at="2026-11-20T08:00:00.000000Z",
        text=text,
    )


def start(journal: PostgresqlJournal, *drafts: Draft, **values: object) -> queue.Queue[Append]:
    done: queue.Queue[Append] = queue.Queue()
    journal.append(Append(drafts or (draft(),), done=done.put, **values))  # type: ignore[arg-type]
    return done


def append(journal: PostgresqlJournal, *drafts: Draft, **values: object) -> Append:
    """Append and wait for the answer."""
    return start(journal, *drafts, **values).get(timeout=15)


def frame(journal: PostgresqlJournal, said: str, **values: object) -> Append:
    """One frame on one line, whose repeats the journal is to find."""
    return append(journal, link="line 1", fingerprint=said, repeat_window=60.0, **values)


def wait_for(what: str, condition: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


def sequence(server: PostgresqlServer, schema: str) -> list[int]:
    return [row[0] for row in server.rows(f"SELECT seq FROM {schema}.signal ORDER BY position")]


def is_append(data: bytes) -> bool:
    return b"pg_advisory_xact_lock" in data


# --- what every journal does --------------------------------------------------------------------


def test_uids_are_contiguous_per_epoch_and_receiver(opened: Opened) -> None:
    first, second = opened("hq-1"), opened("hq-2")
    assert first.epoch != second.epoch
    results = [
        append(first, draft("a")),
        append(second, draft("a")),
        append(first, draft("b"), draft("b")),
        append(first, draft("a")),
    ]
    uids = [uid for result in results for uid in result.uids]
    assert uids == [
        f"{first.epoch}:a:1",
        f"{second.epoch}:a:1",
        *(f"{first.epoch}:{name}" for name in ("b:1", "b:2", "a:2")),
    ]
    in_order = [f"{first.epoch}:a:1", f"{second.epoch}:a:1", f"{first.epoch}:a:2"]
    assert [row.uid for row in second.reader.pending("a", 10)] == in_order


def test_a_large_batch_keeps_its_order(
    opened: Opened, server: PostgresqlServer, schema: str
) -> None:
    journal = opened()
    answers = [start(journal, draft(text=str(number))) for number in range(3000)]
    for answer in answers:
        assert answer.get(timeout=15).error is None
    assert sequence(server, schema) == list(range(1, 3001))
    rows = journal.reader.pending("sg-1", 5000)
    assert [json.loads(row.body)["text"] for row in rows] == [str(n) for n in range(3000)]


def test_a_refused_batch_acknowledges_nothing_and_leaves_no_gap(
    opened: Opened, server: PostgresqlServer, schema: str
) -> None:
    journal = opened()
    assert append(journal).error is None
    with server.session() as sql:
        sql.execute(
            f"CREATE FUNCTION {schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;"
            f" CREATE TRIGGER refuse BEFORE INSERT ON {schema}.signal"
            f" EXECUTE FUNCTION {schema}.refuse()"
        )
    failed = append(journal)
    assert "disk full" in str(failed.error)
    assert failed.uids == ()
    assert not journal.healthy
    with server.session() as sql:
        sql.execute(f"DROP TRIGGER refuse ON {schema}.signal")
    assert append(journal).uids == (f"{journal.epoch}:sg-1:2",)
    assert journal.healthy


def test_settled_signals_are_no_longer_pending(opened: Opened) -> None:
    journal = opened()
    journal.compete(["sg-1"])
    uids = append(journal, draft(), draft(), draft()).uids
    wait_for("the lease", lambda: journal.lease("sg-1") is not None)
    rows = journal.reader.pending("sg-1", 10)
    journal.settle(rows[:1], {uids[1]: "no such\0thing"}, journal.lease("sg-1"))
    assert [row.uid for row in journal.reader.pending("sg-1", 10)] == [uids[2]]
    assert journal.reader.pending_counts() == {"sg-1": 1}
    assert journal.reader.dead_counts() == {"sg-1": 1}
    assert journal.reader.delivered_count() == 1
    [dead] = journal.reader.dead(10)
    assert (dead.uid, dead.reason) == (uids[1], "no such\ufffdthing")
    assert dead.settled_at.endswith("Z")


def test_text_that_no_database_takes_does_not_stop_the_others(opened: Opened) -> None:
    journal = opened()
    hostile = append(journal, draft(text="a\0b\ud800c 火警"), link="x\0\ud800", fingerprint="f")
    assert hostile.error is None
    assert append(journal).error is None
    body = json.loads(journal.reader.pending("sg-1", 1)[0].body)
    assert body["text"] == "a\ufffdb?c 火警"


def test_what_is_remembered_is_shared_and_kept_with_the_signals_of_the_same_append(
    opened: Opened,
) -> None:
    first, second = opened(), opened()
    first.remember("silent sg-1", "true")
    first.remember("silent sg-1", "false")
    assert second.reader.recall("silent sg-1") == "false"
    append(first, remember=(("lost 1", "a"), ("lost 2", "b"), ("silent sg-1", None)))
    append(first, remember=(("lost 1", None),))
    assert second.reader.recall_all("lost ") == {"lost 2": "b"}
    assert second.reader.recall("silent sg-1") is None


def test_dead_and_delivered_signals_are_sent_again_on_demand(
    opened: Opened, settings: JournalSettings
) -> None:
    journal = opened()
    journal.compete(["sg-1"])
    uids = append(journal, draft(), draft(), draft()).uids
    wait_for("the lease", lambda: journal.lease("sg-1") is not None)
    rows = journal.reader.pending("sg-1", 10)
    journal.settle(rows[:2], {uids[2]: "why"}, journal.lease("sg-1"))
    admin = open_admin(settings)
    states = {item.uid: (item.state, item.reason) for item in admin.export()}
    assert states == {
        uids[0]: ("delivered", None),
        uids[1]: ("delivered", None),
        uids[2]: ("dead", "why"),
    }
    assert list(admin.export(since="2999")) == []
    assert admin.replay([uids[2], "nothing:like:1", "x"]) == [uids[2]]
    assert admin.replay([uids[2]]) == []
    assert admin.replay_since("2999") == 0
    assert admin.replay_since("2000") == 2
    assert journal.reader.pending_counts() == {"sg-1": 3}
    admin.close()


def test_old_delivered_rows_are_removed_and_others_stay(
    opened: Opened, server: PostgresqlServer, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("receiver_bridge.journal.postgresql._PURGE_EVERY", 0.05)
    monkeypatch.setattr("receiver_bridge.journal.postgresql._PURGE_ROWS", 2)
    journal = opened()
    append(journal, *(draft(text=str(number)) for number in range(7)))
    with server.session() as sql:
        sql.execute(
            f"UPDATE {schema}.signal SET state = 'delivered', settled_at = CASE WHEN seq <= 5"
            " THEN now() - interval '8 days' ELSE now() END WHERE seq < 7"
        )
    wait_for("the old rows to go", lambda: sequence(server, schema) == [6, 7])
    assert journal.healthy


def test_a_tick_is_handed_on_once_though_two_bridges_try(
    opened: Opened, settings: JournalSettings
) -> None:
    first, second = opened(), opened()
    [uid] = append(first).uids
    writer = open_tick_writer(settings)
    ticked = Ticked(uid, "sg-1", "1234")
    assert writer.tick([ticked], "A. Name", "false alarm") == [uid]
    assert writer.tick([ticked], "A. Name", "again") == []
    assert first.reader.ticks_to_take("2999", 10) == []
    admin = open_admin(settings)
    with pytest.raises(LeaseLost):
        first.settle(first.reader.pending("sg-1", 1), {}, 1)
    first.compete(["sg-1"])
    wait_for("the lease", lambda: first.lease("sg-1") is not None)
    first.settle(first.reader.pending("sg-1", 1), {}, first.lease("sg-1"))
    [tick] = first.reader.ticks_to_take("2999", 10)
    assert (tick.uid, tick.account, tick.by, tick.note) == (uid, "1234", "A. Name", "false alarm")
    answers = [start(one, draft(text="handled"), tick=tick.number) for one in (first, second)]
    results = [answer.get(timeout=15) for answer in answers]
    assert [result.error for result in results] == [None, None]
    assert sorted(len(result.signals) for result in results) == [0, 1]
    assert second.reader.ticks_to_take("2999", 10) == []
    assert writer.withdraw([uid]) == []
    assert [tick.taken_at is not None for tick in second.reader.ticks(10)] == [True]
    # The number that was not used is not missing either.
    assert {append(one).uids[0].rpartition(":")[2] for one in (first, second)} <= {"1", "2", "3"}
    writer.close()
    admin.close()


def test_a_display_reads_new_signals_and_how_far_they_are(opened: Opened) -> None:
    journal = opened()
    append(journal, *(draft(text=str(number)) for number in range(5)))
    newest = journal.reader.newest(3)
    assert [json.loads(row.body)["text"] for row in newest] == ["2", "3", "4"]
    append(journal, draft(text="5"))
    [row] = journal.reader.after(newest[-1].position, 10)
    assert json.loads(row.body)["text"] == "5"
    assert row.status.state == "pending"
    assert [one.uid for one in journal.reader.waiting("sg-1", newest[-1].position, 10)] == [row.uid]
    assert journal.reader.statuses([row.position, 10**9]) == {row.position: row.status}


@given(
    st.text("0123456789abcdef", min_size=1, max_size=32),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True),
    st.integers(1, 10**18 - 1),
)
def test_a_uid_is_taken_apart_as_it_was_put_together(epoch: str, receiver: str, seq: int) -> None:
    assert split_uid(f"{epoch}:{receiver}:{seq}") == (epoch, receiver, seq)


@given(st.text(max_size=40))
def test_any_other_text_is_no_uid(text: str) -> None:
    parts = text.split(":")
    looks_right = len(parts) >= 3 and parts[0] and parts[-1].isascii() and parts[-1].isdigit()
    assert split_uid(text) is None or looks_right


@given(st.text(), st.text())
def test_what_is_repeated_comes_into_the_body_and_nowhere_else(text: str, uid: str) -> None:
    tricky = {"uid": "a:b:1", "journaled_at": "", "repeat_of": None, "text": text}
    tricky["extended"] = [["X", '"repeat_of":null']]
    body = json.dumps(tricky, separators=(",", ":"))
    assert json.loads(whole_body(body, uid)) == {**tricky, "repeat_of": uid}
    assert whole_body(body, None) == body


# --- how it is set up ---------------------------------------------------------------------------


def test_several_bridges_may_make_the_tables_at_once(
    server: PostgresqlServer, schema: str, opened: Opened
) -> None:
    failures: list[Exception] = []

    def open_one() -> None:
        try:
            opened()
        except JournalError as error:
            failures.append(error)

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert server.rows(f"SELECT version FROM {schema}.version") == [(1,)]


def test_tables_of_a_newer_bridge_and_no_tables_are_said(
    server: PostgresqlServer, schema: str, opened: Opened, settings: JournalSettings
) -> None:
    with pytest.raises(JournalError, match="holds no journal"):
        open_reader(settings)
    opened()
    with server.session() as sql:
        sql.execute(f"UPDATE {schema}.version SET version = 99")
    with pytest.raises(JournalError, match="version 99.*newer bridge"):
        opened()


def test_no_server_and_no_rights_are_said_without_the_password(
    server: PostgresqlServer, schema: str
) -> None:
    with pytest.raises(JournalError, match="refused"):
        PostgresqlJournal(Database("postgresql://u@127.0.0.1:1/x", "geheim", schema))
    with server.session() as sql:
        sql.execute("CREATE ROLE guest LOGIN")
    url = server.url.replace("postgres@", "guest@")
    with pytest.raises(JournalError, match="needs CREATE") as refused:
        PostgresqlJournal(Database(url, "geheim", schema))
    assert "geheim" not in str(refused.value)


def test_commits_are_durable_whatever_the_server_is_set_to(
    server: PostgresqlServer, schema: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(server.url, None, schema)
    shown = {}
    for value in ("off", "local", "remote_write", "on", "remote_apply"):
        with server.session() as sql:
            sql.execute(f"ALTER ROLE postgres SET synchronous_commit = {value}")
        connection = database.connect("test")
        [(shown[value],)] = connection.execute("SHOW synchronous_commit")
        assert not connection.durable, "the test's server runs without fsync"
        connection.close()
    with server.session() as sql:
        sql.execute("ALTER ROLE postgres RESET synchronous_commit")
    assert shown == {
        **dict.fromkeys(("off", "local", "remote_write", "on"), "on"),
        "remote_apply": "remote_apply",
    }
    with caplog.at_level(logging.WARNING):
        PostgresqlJournal(database).close()
    assert "fsync" in caplog.text


def test_nothing_stays_open_on_the_server_between_two_statements(
    opened: Opened, server: PostgresqlServer
) -> None:
    journal = opened()
    journal.compete(["sg-1"])
    append(journal)
    wait_for("the lease", lambda: journal.lease("sg-1") is not None)
    rows = server.rows(
        "SELECT state, xact_start IS NULL FROM pg_stat_activity"
        " WHERE application_name LIKE %s AND state <> 'active'",
        f"%{journal.epoch[:20]}%",
    )
    assert rows
    assert set(rows) == {("idle", True)}


# --- link-level retries across bridges ----------------------------------------------------------


def test_a_retry_at_the_other_bridge_names_its_original(opened: Opened) -> None:
    first, second = opened(), opened()
    original = frame(first, "trip")
    retry = frame(second, "trip")
    assert original.signals[0].repeat_of is None
    assert retry.signals[0].repeat_of == original.uids[0]
    assert [json.loads(row.body)["repeat_of"] for row in first.reader.pending("sg-1", 9)] == [
        None,
        original.uids[0],
    ]


def test_every_event_of_a_frame_names_its_own_original(opened: Opened) -> None:
    first, second = opened(), opened()
    values = {"link": "line 1", "fingerprint": "two", "repeat_window": 60.0}
    original = append(first, draft(), draft(), **values)
    retry = append(second, draft(), draft(), **values)
    assert tuple(signal.repeat_of for signal in retry.signals) == original.uids


def test_a_second_trip_is_never_taken_for_a_retry(opened: Opened) -> None:
    first, second = opened(), opened()
    frames = [frame(first, "trip"), frame(second, "restore"), frame(first, "trip")]
    frames += [frame(second, "restore"), frame(first, "trip")]
    assert [result.signals[0].repeat_of for result in frames] == [None] * 5


def test_a_retry_after_its_time_is_a_new_signal(opened: Opened) -> None:
    first, second = opened(), opened()
    frame(first, "trip")
    late = append(second, link="line 1", fingerprint="trip", repeat_window=0.0)
    assert late.signals[0].repeat_of is None


def test_a_retry_in_the_same_batch_names_its_original(opened: Opened) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def hold(commit: Commit) -> None:
        entered.set()
        go_on.wait(10)

    journal = opened(on_commit=hold)
    start(journal)
    assert entered.wait(10)
    values = {"link": "line 1", "repeat_window": 60.0}
    said = ("trip", "trip", "restore", "trip")
    answers = [start(journal, fingerprint=one, **values) for one in said]
    go_on.set()
    results = [answer.get(timeout=15) for answer in answers]
    expected = [None, results[0].uids[0], None, None]
    assert [result.signals[0].repeat_of for result in results] == expected
    bodies = [json.loads(row.body)["repeat_of"] for row in journal.reader.pending("sg-1", 9)]
    assert bodies[1:] == expected


def test_a_frame_that_lay_in_a_frozen_bridge_is_known_though_others_came_since(
    opened: Opened,
) -> None:
    frozen, other = opened(), opened()
    before = Moment.now().running
    # The two clocks are held against each other over the network: not to the hundredth.
    time.sleep(0.6)
    elsewhere = frame(other, "trip")
    frame(other, "restore")
    time.sleep(0.6)
    late = frame(frozen, "trip", not_before=before)
    assert late.signals[0].repeat_of == elsewhere.uids[0]
    # One that came in after all of them is no copy of any.
    assert frame(frozen, "restore").signals[0].repeat_of is None


# --- the connection is lost ---------------------------------------------------------------------


def test_a_commit_whose_answer_is_lost_is_found_and_acknowledged(
    opened: Opened, proxy: TcpProxy, server: PostgresqlServer, schema: str
) -> None:
    journal = opened(port=proxy.port)
    assert append(journal).error is None
    lost = threading.Event()

    def sent(data: bytes) -> bool:
        if is_append(data) and not lost.is_set():
            lost.set()
            proxy.to_client = lambda answer: True
        return False

    def reconnected() -> None:
        proxy.to_client = lambda answer: False

    proxy.to_server = sent
    answer = start(journal)
    assert lost.wait(10)
    wait_for("the commit", lambda: sequence(server, schema) == [1, 2])
    reconnected()
    result = answer.get(timeout=15)
    assert result.error is None
    assert result.uids == (f"{journal.epoch}:sg-1:2",)
    assert append(journal).uids == (f"{journal.epoch}:sg-1:3",)
    assert sequence(server, schema) == [1, 2, 3]
    assert server.rows(f"SELECT count(*) FROM {schema}.memory WHERE name LIKE '%%doubt'") == [(1,)]


def test_a_commit_that_never_reached_the_server_is_written_again(
    opened: Opened, proxy: TcpProxy, server: PostgresqlServer, schema: str
) -> None:
    journal = opened(port=proxy.port)
    assert append(journal).error is None
    cuts = itertools.count(1)
    proxy.to_server = lambda data: is_append(data) and next(cuts) <= 2
    result = append(journal)
    assert result.error is None
    assert result.uids == (f"{journal.epoch}:sg-1:2",)
    assert sequence(server, schema) == [1, 2]


def test_what_was_stored_without_an_acknowledgement_is_known_when_it_comes_again(
    opened: Opened, proxy: TcpProxy, server: PostgresqlServer, schema: str
) -> None:
    journal = opened(port=proxy.port)

    def sent(data: bytes) -> bool:
        if is_append(data):
            proxy.to_client = lambda answer: True
            proxy.refusing = True
        return False

    proxy.to_server = sent
    began = time.monotonic()
    unanswered = frame(journal, "trip")
    assert unanswered.error is not None
    assert unanswered.uids == ()
    assert time.monotonic() - began < 6
    assert not journal.healthy
    assert sequence(server, schema) == [1]
    proxy.to_server = proxy.to_client = lambda data: False
    proxy.refusing = False
    retry = frame(journal, "trip")
    assert retry.uids == (f"{journal.epoch}:sg-1:2",)
    assert retry.signals[0].repeat_of == f"{journal.epoch}:sg-1:1"
    wait_for("the journal to be well", lambda: journal.healthy)


def test_a_statement_that_comes_out_of_a_black_hole_is_too_late(
    opened: Opened, proxy: TcpProxy, server: PostgresqlServer, schema: str
) -> None:
    cut_off, other = opened(port=proxy.port), opened()
    assert append(cut_off).error is None
    proxy.clog()
    began = time.monotonic()
    unanswered = frame(cut_off, "trip")
    assert unanswered.error is not None
    assert time.monotonic() - began < 8
    assert frame(other, "trip").signals[0].repeat_of is None
    assert frame(other, "restore").error is None
    proxy.unclog()
    wait_for("the bridge to be back", lambda: append(cut_off).error is None)
    # Whatever the network still held has been there before this.
    time.sleep(0.5)
    texts = server.rows(
        f"SELECT fingerprint FROM {schema}.signal WHERE link IS NOT NULL ORDER BY position"
    )
    assert texts == [("trip",), ("restore",)]
    numbers = server.rows(
        f"SELECT epoch, array_agg(seq ORDER BY seq) FROM {schema}.signal GROUP BY epoch"
    )
    assert all(found == list(range(1, len(found) + 1)) for _epoch, found in numbers)


def test_while_the_server_is_away_nothing_is_acknowledged_and_it_is_said_once(
    opened: Opened, proxy: TcpProxy, caplog: pytest.LogCaptureFixture
) -> None:
    journal = opened(port=proxy.port)
    journal.compete(["sg-1"])
    wait_for("the lease", lambda: journal.lease("sg-1") is not None)
    proxy.refusing = True
    proxy.cut()
    answers = [start(journal) for _ in range(3)]
    for answer in answers:
        assert answer.get(timeout=15).error is not None
    assert not journal.healthy
    assert journal.lease("sg-1") is None
    with pytest.raises(JournalError):
        journal.reader.pending("sg-1", 1)
    with pytest.raises(JournalError):
        journal.remember("a", "b")
    told = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert len(told) == 1
    proxy.refusing = False
    wait_for("the journal to be well by itself", lambda: journal.healthy)
    wait_for("the lease", lambda: journal.lease("sg-1") is not None)
    assert append(journal).uids == (f"{journal.epoch}:sg-1:1",)


def test_numbers_that_are_in_use_already_are_left_to_whoever_has_them(
    opened: Opened, server: PostgresqlServer, schema: str
) -> None:
    journal = opened()
    append(journal)
    with server.session() as sql:
        sql.execute(
            f"INSERT INTO {schema}.signal (epoch, receiver, seq, journaled_at, body)"
            " VALUES (%s, 'sg-1', 2, '', '{}')",
            (journal.epoch,),
        )
    assert append(journal).error is not None
    assert append(journal).uids == (f"{journal.epoch}:sg-1:3",)


# --- leases -------------------------------------------------------------------------------------


def test_one_bridge_at_a_time_holds_a_lease_and_gives_it_back_when_it_ends(opened: Opened) -> None:
    first, second = opened("hq-1"), opened("hq-2")
    first.compete(["sg-1", "sg-2"])
    wait_for("the lease", lambda: first.holds("sg-1") and first.holds("sg-2"))
    second.compete(["sg-1", "sg-3"])
    wait_for("a lease of its own", lambda: second.holds("sg-3"))
    assert not second.holds("sg-1")
    assert not first.holds("sg-3")
    token = first.lease("sg-1")
    began = time.monotonic()
    first.close()
    wait_for("the take-over", lambda: second.holds("sg-1"))
    assert time.monotonic() - began < 2
    assert second.lease("sg-1") != token
    assert not second.holds("sg-2"), "it has nothing to do with that receiver"


def test_without_leases_signals_are_kept_and_the_journal_is_well(
    opened: Opened, proxy: TcpProxy
) -> None:
    conditions = Conditions()
    journal = opened(port=proxy.port, conditions=conditions)
    journal.compete(["sg-1"])
    wait_for("the lease", lambda: journal.holds("sg-1"))
    proxy.to_server = lambda data: b"receiver-bridge leases" in data or b".lease" in data
    wait_for("the condition", lambda: "leases_failing" in conditions)
    wait_for("the end of the lease", lambda: not journal.holds("sg-1"))
    assert append(journal).error is None
    assert journal.healthy, "link tests are answered"
    proxy.to_server = lambda data: False
    wait_for("the lease", lambda: journal.holds("sg-1"))
    wait_for("the end of the condition", lambda: "leases_failing" not in conditions)


def test_a_holder_that_is_cut_off_stops_before_another_begins(
    opened: Opened, proxy: TcpProxy
) -> None:
    cut_off, other = opened("hq-1", port=proxy.port), opened("hq-2")
    cut_off.compete(["sg-1"])
    wait_for("the lease", lambda: cut_off.holds("sg-1"))
    other.compete(["sg-1"])
    append(cut_off)
    rows, token = other.reader.pending("sg-1", 1), cut_off.lease("sg-1")
    proxy.clog()
    began = time.monotonic()
    while not other.holds("sg-1"):
        assert time.monotonic() - began < 15
        time.sleep(0.01)
    assert not cut_off.holds("sg-1")
    assert time.monotonic() - began < 5
    proxy.unclog()
    wait_for("the bridge to be back", lambda: cut_off.healthy)
    with pytest.raises(LeaseLost):
        cut_off.settle(rows, {}, token)
    other.settle(rows, {}, other.lease("sg-1"))
    assert other.holds("sg-1")
    assert not cut_off.holds("sg-1")


def test_a_lease_is_over_for_its_holder_when_any_clock_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = Moment.now()
    assert moment.elapsed() < 1
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() + 10)
    assert moment.elapsed() > 9
    monkeypatch.setattr("time.time", lambda: real() - 1000)
    assert 0 <= moment.elapsed() < 5


def test_who_does_not_get_through_hands_over_to_who_does(opened: Opened) -> None:
    stuck, able = threading.Event(), threading.Event()
    first, second = opened("hq-1"), opened("hq-2")
    first.compete(["sg-1", "sg-2"], stuck=lambda name: name == "sg-1" and stuck.is_set())
    wait_for("the leases", lambda: first.holds("sg-1") and first.holds("sg-2"))
    second.compete(["sg-1", "sg-2"], able=able.is_set)
    stuck.set()
    # Offered, but nobody gets through: everything stays where it is.
    time.sleep(1.2)
    assert first.holds("sg-1")
    able.set()
    wait_for("the hand-over", lambda: second.holds("sg-1"), 5)
    assert not first.holds("sg-1")
    time.sleep(1.2)
    assert (first.holds("sg-2"), second.holds("sg-1")) == (True, True)
    # A bridge that gets through takes it back only when it is offered or free.
    second.close()
    wait_for("the lease to come back", lambda: first.holds("sg-1"), 5)


def test_what_is_left_of_a_receiver_without_a_bridge_is_sent_and_given_back(
    opened: Opened, server: PostgresqlServer, schema: str
) -> None:
    journal = opened()
    journal.compete(["sg-1"], left_over=["old", "empty"])
    append(journal, draft("old"))
    wait_for("the lease of what is left", lambda: journal.holds("old"))
    assert not journal.holds("empty")
    journal.settle(journal.reader.pending("old", 9), {}, journal.lease("old"))
    wait_for("it to be given back", lambda: not journal.holds("old"))
    append(journal, draft("old"))
    wait_for("the lease, once more", lambda: journal.holds("old"))
    other = opened("hq-2")
    # Who has it configured takes precedence over what another merely finds.
    journal.settle(journal.reader.pending("old", 9), {}, journal.lease("old"))
    other.compete(["old"])
    wait_for("its own bridge to have it", lambda: other.holds("old"))
    append(journal, draft("old"))
    time.sleep(1.0)
    assert other.holds("old")


def test_whoever_sends_is_told_of_what_another_bridge_has_written(opened: Opened) -> None:
    told: queue.Queue[Commit] = queue.Queue()
    sender, other = opened("hq-1", on_commit=told.put), opened("hq-2")
    sender.compete(["sg-1"])
    wait_for("the lease", lambda: sender.holds("sg-1"))
    append(other)
    assert "sg-1" in told.get(timeout=10).rows
    assert [row.uid for row in sender.reader.pending("sg-1", 9)] == [f"{other.epoch}:sg-1:1"]
