"""When accounts were last heard, on disk: the same behaviour of a file and of shared tables."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from bridge_process import BridgeProcess, free_port
from odoo_server import serve_odoo
from panels import Panels, lost_and_restored, supervising
from postgresql_server import PostgresqlServer, serve_postgresql

from receiver_bridge.journal.postgresql import PostgresqlJournal
from receiver_bridge.journal.postgresql_connection import Database
from receiver_bridge.supervision import Batch, LastSeen, LastSeenError, Seen, SqliteLastSeen
from receiver_bridge.supervision.postgresql_last_seen import PostgresqlLastSeen

Opener = Callable[[], LastSeen]

FIRST, SECOND = ("group HQ", "1"), ("group HQ", "2")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    with serve_postgresql() as running:
        PostgresqlJournal(Database(running.url, None, "receiver_bridge")).close()
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens the same store each time, empty at first."""
    if request.param == "sqlite":
        return lambda: SqliteLastSeen(tmp_path / "last-seen")
    server = request.getfixturevalue("server")
    with server.session() as cursor:
        cursor.execute("DROP TABLE IF EXISTS receiver_bridge.last_seen, receiver_bridge.listened")
    return lambda: PostgresqlLastSeen(Database(server.url, None, "receiver_bridge"))


def test_what_was_written_is_known_after_a_restart_with_its_age(opener: Opener) -> None:
    with closing(opener()) as store:
        store.write(Batch({FIRST: Seen("dc-1", 100.0), SECOND: Seen("dc-2", 0.0)}))
    with closing(opener()) as store:
        found = store.read([FIRST, SECOND, ("group HQ", "3")])
        assert set(found) == {FIRST, SECOND}
        assert found[FIRST].receiver == "dc-1"
        assert 100 <= found[FIRST].age < 160
        assert {account: seen.receiver for account, seen in store.scope("group HQ")} == {
            "1": "dc-1",
            "2": "dc-2",
        }
        assert list(store.scope("group OTHER")) == []


def test_what_is_older_than_what_is_known_changes_nothing(opener: Opener) -> None:
    with closing(opener()) as store:
        store.write(Batch({FIRST: Seen("dc-1", 10.0)}))
        store.write(Batch({FIRST: Seen("dc-2", 1000.0)}))
        assert store.read([FIRST])[FIRST].receiver == "dc-1"
        store.write(Batch({FIRST: Seen("dc-2", 0.0)}))
        assert store.read([FIRST])[FIRST].receiver == "dc-2"


def test_listening_goes_on_over_a_break_within_the_grace_only(opener: Opener) -> None:
    def listen(grace: float) -> tuple[float, float]:
        store.write(Batch(listening=("dc-1",), grace=grace))
        began, until = store.listened()["dc-1"]
        assert 0 <= until <= began
        return began, until

    with closing(opener()) as store:
        listen(100.0)
        time.sleep(0.3)
        began, until = listen(100.0)
        assert began >= 0.3 > until
        time.sleep(0.3)
        began, until = listen(0.1)
        assert began < 0.3


def test_many_accounts_are_one_batch_and_old_ones_are_forgotten(opener: Opener) -> None:
    batch = {("group HQ", str(number)): Seen("dc-1", number % 2 * 1e6) for number in range(12_000)}
    with closing(opener()) as store:
        store.write(Batch(batch))
        assert len(list(store.scope("group HQ"))) == 12_000
        assert store.forget(5e5) == 6_000
        assert len(list(store.scope("group HQ"))) == 6_000


def test_two_bridges_write_the_same_accounts_at_once(server: PostgresqlServer) -> None:
    names = [("group HQ", str(number)) for number in range(3000)]
    database = Database(server.url, None, "receiver_bridge")

    def write(order: int) -> None:
        with closing(PostgresqlLastSeen(database)) as store:
            for turn in range(5):
                store.write(
                    Batch({name: Seen("dc-1", 50.0 - turn) for name in names[::order]}, ("dc-1",))
                )

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(write, order) for order in (1, -1, 1, -1)]:
            done.result(60)
    with closing(PostgresqlLastSeen(database)) as store:
        assert len(store.read(names)) == 3000


def test_a_database_that_is_away_is_an_error_and_no_more_when_it_is_back() -> None:
    with serve_postgresql() as server:
        database = Database(server.url, None, "receiver_bridge")
        PostgresqlJournal(database).close()
        with closing(PostgresqlLastSeen(database)) as store:
            store.write(Batch({FIRST: Seen("dc-1", 0.0)}))
            server.stop("immediate")
            with pytest.raises(LastSeenError):
                store.write(Batch({SECOND: Seen("dc-1", 0.0)}))
            server.start()
            store.write(Batch({SECOND: Seen("dc-1", 0.0)}))
            assert SECOND in store.read([FIRST, SECOND])


def test_a_damaged_file_is_put_aside_and_the_next_batch_is_written(tmp_path: Path) -> None:
    path = tmp_path / "last-seen"
    path.write_bytes(b"no database at all, " * 500)
    with closing(SqliteLastSeen(path)) as store:
        with pytest.raises(LastSeenError, match="last seen"):
            store.write(Batch({FIRST: Seen("dc-1", 0.0)}))
        store.write(Batch({FIRST: Seen("dc-1", 0.0)}))
        assert set(store.read([FIRST])) == {FIRST}
    assert path.with_name("last-seen.damaged").exists()


def test_a_full_disk_is_an_error_and_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "last-seen"
    with closing(SqliteLastSeen(path)) as store:
        store.write(Batch({FIRST: Seen("dc-1", 50.0)}))
        with closing(sqlite3.connect(path)) as other:
            other.execute(
                "CREATE TRIGGER full BEFORE INSERT ON last_seen"
                " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        with pytest.raises(LastSeenError, match="disk full"):
            store.write(Batch({SECOND: Seen("dc-1", 0.0)}, ("dc-1",)))
        assert set(store.read([FIRST, SECOND])) == {FIRST}
        assert store.listened() == {}


def of_bridge(name: str, config: Path, journal: str, port: int) -> Path:
    """``config`` for one of several bridges, with a shared journal and a port of its own."""
    state = config.with_name(name)
    state.mkdir()
    text = config.read_text().replace("sqlite:journal.db", journal).replace('"hq-1"', f'"{name}"')
    text = re.sub(r"udp-listen://127.0.0.1:\d+", f"udp-listen://127.0.0.1:{port}", text)
    path = config.with_name(f"{name}.toml")
    path.write_text(f'state_dir = "{state}"\n{text}')
    return path


def test_two_bridges_supervise_one_line_and_the_death_of_one_loses_nobody(tmp_path: Path) -> None:
    ports, accounts = [free_port(), free_port()], [f"20{number:02d}" for number in range(6)]
    dead = accounts[2]
    with (
        serve_postgresql() as postgresql,
        serve_odoo() as odoo,
        Panels(ports[1], accounts, 0.4) as panels,
    ):
        config = supervising(tmp_path, odoo, ports[0], accounts)
        holder = BridgeProcess(of_bridge("first", config, postgresql.url, ports[0]))
        holder.wait_for_log("this bridge sends its signals now")
        listener = BridgeProcess(of_bridge("second", config, postgresql.url, ports[1]))
        # The first speaks for the line and hears nobody; all panels call the second.
        panels.wait_for_answers(accounts, 15)
        assert lost_and_restored(odoo) == []
        panels.silent.add(dead)
        odoo.wait_for(lambda: lost_and_restored(odoo) == [(dead, "new")], 90)
        holder.wait_for_log("bridge lost")
        # Take-over: the second knows what was told, and tells no more than the return.
        holder.kill()
        listener.wait_for_log("this bridge sends its signals now", 40)
        panels.wait_for_answers([name for name in accounts if name != dead], 15)
        assert lost_and_restored(odoo) == [(dead, "new")]
        panels.silent.clear()
        odoo.wait_for(lambda: lost_and_restored(odoo)[1:] == [(dead, "restore")], 60)
        panels.wait_for_answers(accounts, 5)
        assert lost_and_restored(odoo) == [(dead, "new"), (dead, "restore")]
        assert listener.stop() == 0
