"""Two bridges serve the same lines from one journal: either may be killed, either may be stopped,
the database may go away. None lost, none doubled, in order."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.shared_journal import (
    LINE,
    PANELS,
    OdooServer,
    PostgresqlServer,
    two_bridges,
    wait_for,
)

TAKE_OVER_OF_A_KILLED = 5.0
ROUNDS = 4


def test_either_bridge_killed_at_any_moment_loses_and_doubles_nothing(
    tmp_path: Path, bookkeeper: OdooServer, server: PostgresqlServer
) -> None:
    chance = random.Random(20261120)
    waited = []
    with two_bridges(tmp_path, bookkeeper, server) as centre:
        centre.wait_for_news(100)
        for round_ in range(ROUNDS):
            holder = centre.holder()
            # The one that sends, more often than not: that is the harder half.
            victim = centre.other(holder) if round_ == 1 else holder
            time.sleep(chance.uniform(0, 0.3))
            killed = time.monotonic()
            victim.running.kill()
            survivor = centre.other(victim)
            waited.append(
                wait_for(
                    f"{survivor.name} to deliver",
                    lambda survivor=survivor, killed=killed: centre.news_from(survivor, killed),
                    20,
                )
            )
            assert waited[-1] < TAKE_OVER_OF_A_KILLED
            centre.wait_for_news(40)
            victim.start()
            centre.wait_for_news(40)
        counts = centre.check()
        assert counts["acknowledged"] > 100 + 80 * ROUNDS
        print(f"take-overs {[round(seconds, 1) for seconds in waited]}, {counts}")


def test_a_clean_stop_hands_everything_over_at_once(
    tmp_path: Path, bookkeeper: OdooServer, server: PostgresqlServer
) -> None:
    with two_bridges(tmp_path, bookkeeper, server, panels=2) as centre:
        first, second = centre.bridges
        centre.wait_for_news(50)
        assert first.running.stop() == 0
        stopped = time.monotonic()
        wait_for("the other to deliver", lambda: centre.news_from(second, stopped), 20)
        assert time.monotonic() - stopped < 2
        wait_for("the other to have the line", lambda: second.took_over(LINE) == 1, 10)
        second.running.wait_for_log(f"{LINE}: connected")
        centre.wait_for_news(50)
        centre.check()


def test_an_exclusive_line_is_open_at_one_bridge_and_follows_the_lease(
    tmp_path: Path, bookkeeper: OdooServer, server: PostgresqlServer
) -> None:
    with two_bridges(tmp_path, bookkeeper, server, panels=0) as centre:
        first, second = centre.bridges
        centre.wait_for_news(20)
        [line] = centre.senders
        assert line.connections == 1  # type: ignore[attr-defined]
        assert not any(f"{LINE}: connected" in entry for entry in second.running.log)
        bookkeeper.wait_for(
            lambda: {"hq-1", "hq-2"} <= {beat["bridge"] for beat in bookkeeper.heartbeats}
        )
        sending = {
            (beat["bridge"], receiver["name"]): (receiver["sending"], receiver["state"])
            for beat in bookkeeper.heartbeats
            for receiver in beat["receivers"]
        }
        assert sending["hq-2", LINE] == (False, "down")
        assert sending["hq-2", PANELS][0] is False
        first.running.kill()
        taken = wait_for("the other's lease", lambda: second.took_over(LINE) == 1, 20)
        assert taken < TAKE_OVER_OF_A_KILLED
        opened = wait_for(
            "the line", lambda: any(f"{LINE}: connected" in one for one in second.running.log), 10
        )
        assert opened < 1
        centre.wait_for_news(20)
        centre.check()


def restart(server: PostgresqlServer) -> None:
    server.stop("fast")
    server.start()


def kill(server: PostgresqlServer) -> None:
    server.kill()
    server.start()


@pytest.mark.parametrize("fault", [restart, kill])
def test_a_database_that_goes_away_and_comes_back_loses_and_doubles_nothing(
    tmp_path: Path,
    bookkeeper: OdooServer,
    server: PostgresqlServer,
    fault: Callable[[PostgresqlServer], None],
) -> None:
    with two_bridges(tmp_path, bookkeeper, server) as centre:
        centre.wait_for_news(100)
        for _round in range(2):
            fault(server)
            centre.wait_for_news(100)
        centre.check()
