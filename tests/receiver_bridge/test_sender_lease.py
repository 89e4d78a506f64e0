"""Where bridges share a journal, a sender looks at its lease in the last moment before it sends."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from odoo_server import serve_odoo
from test_uplink import fill, serve_json2, settings

from receiver_bridge.journal import LeaseLost, SqliteJournal
from receiver_bridge.metrics import Metrics
from receiver_bridge.uplink import Sender, open_transport


class LeasedJournal(SqliteJournal):
    """A journal whose lease a test gives and takes: ``tokens`` are the answers, the last for ever;
    ``settled`` the tokens under which it was settled."""

    tokens: list[int | None]
    settled: list[int | None]

    def lease(self, receiver: str) -> int | None:
        return self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]

    def holds(self, receiver: str) -> bool:
        return self.tokens[0] is not None

    def settle(self, delivered: Any, dead: Any, token: int | None = None) -> None:
        self.settled.append(token)
        super().settle(delivered, dead, token)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[LeasedJournal]:
    made = LeasedJournal(tmp_path / "j.db")
    made.tokens, made.settled = [None], []
    fill(made, 3)
    made.remember("all", "written")
    yield made
    made.close()


def never() -> None:
    raise LeaseLost("sg-1: over")


def test_nothing_is_sent_without_the_lease_and_all_with_it(journal: LeasedJournal) -> None:
    with serve_odoo() as odoo:
        sender = Sender("hq-1", "sg-1", journal, open_transport(settings(odoo.url)), Metrics())
        sender.start()
        sender.join(0.5)
        assert odoo.signals == {}
        # Lost again between the look at the journal and the call, and then held.
        journal.tokens = [7, None, 7, 8, 9]
        odoo.wait_for(lambda: len(odoo.signals) == 3)
        sender.stop()
        sender.join(10)
        assert len(odoo.batches) == 1
        assert journal.settled == [9]
        assert sender.failing is None


def test_a_sender_that_does_not_get_through_says_so_in_time(
    journal: LeasedJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("receiver_bridge.uplink.sender._STUCK_AFTER", 0.3)
    journal.tokens = [1]
    with serve_odoo() as odoo:
        port = odoo.port
    sender = Sender(
        "hq-1", "sg-1", journal, open_transport(settings(f"http://127.0.0.1:{port}")), Metrics()
    )
    assert not sender.stuck
    sender.start()
    end = time.monotonic() + 10
    while not sender.stuck:
        assert time.monotonic() < end
        time.sleep(0.01)
    with serve_odoo(port) as odoo:
        odoo.wait_for(lambda: len(odoo.signals) == 3)
        while sender.stuck:
            assert time.monotonic() < end
            time.sleep(0.01)
        sender.stop()
        sender.join(10)


def test_xmlrpc_asks_for_permission_when_only_the_text_is_left_to_send() -> None:
    with serve_odoo() as odoo:
        transport = open_transport(settings(odoo.url))
        with pytest.raises(LeaseLost):
            transport.call("ingest", ("batch", '{"signals":[]}'), never)
        assert odoo.logins == [("arc", "bridge", "correct-horse-battery")]
        assert odoo.batches == []
        transport.call("ingest", ("batch", '{"signals":[]}'))
        assert odoo.batches == [[]]
        transport.close()


def test_json2_asks_for_permission_when_only_the_text_is_left_to_send() -> None:
    calls: list[str] = []
    answered = threading.Event()

    def respond(path: str, body: dict[str, Any]) -> tuple[int, Any]:
        calls.append(path)
        answered.set()
        return 200, {}

    with serve_json2(respond) as url:
        transport = open_transport(settings(url, transport="json2"))
        with pytest.raises(LeaseLost):
            transport.call("ingest", ("batch", "{}"), never)
        assert calls == []
        transport.call("ingest", ("batch", "{}"))
        assert answered.wait(10)
        assert calls == ["/json/2/alarm.receiver/ingest"]
        transport.close()
