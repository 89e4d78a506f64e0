"""Delivery to a real XML-RPC server that behaves, fails, lies and forgets to answer."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault

import pytest
from certificates import make_certificate
from odoo_server import KEY, OdooServer, serve_odoo

from receiver_bridge.config import OdooSettings
from receiver_bridge.journal import Append, SqliteJournal
from receiver_bridge.lines import Line
from receiver_bridge.metrics import Metrics
from receiver_bridge.signal import Draft
from receiver_bridge.uplink import (
    Heartbeat,
    Sender,
    UplinkError,
    open_transport,
)

LONE = "\ud800 no"
"""What JSON can spell and XML cannot."""


def settings(url: str, key: str = KEY, **values: Any) -> OdooSettings:
    return OdooSettings(url, "arc", "bridge", key, timeout=5, **values)


def draft(text: str) -> Draft:
    received_at = "2026-11-20T08:00:00.000000Z"
    return Draft("sg-1", "surgard", "event", "/dev/ttyS0", received_at, text=text)


def fill(journal: SqliteJournal, count: int) -> None:
    for number in range(count):
        journal.append(Append((draft(str(number)),)))


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def sending(folder: Path, odoo_settings: OdooSettings, count: int) -> Iterator[SqliteJournal]:
    """A sender at work on a journal with ``count`` signals."""
    senders: list[Sender] = []
    journal = SqliteJournal(
        folder / "j.db", on_commit=lambda commit: [sender.notify() for sender in senders]
    )
    fill(journal, count)
    journal.remember("all", "written")
    sender = Sender("hq-1", "sg-1", journal, open_transport(odoo_settings), Metrics())
    senders.append(sender)
    sender.start()
    try:
        yield journal
    finally:
        sender.stop()
        sender.join(10)
        journal.close()


def texts(odoo: OdooServer) -> list[int]:
    return [int(signal["text"]) for signal in odoo.signals.values()]


def fault(_batch: dict[str, Any]) -> Any:
    raise Fault(
        1, 'Traceback (most recent call last):\n  File "x.py"\nOperationalError: no database'
    )


def test_a_backlog_goes_in_order_and_in_batches(tmp_path: Path) -> None:
    with serve_odoo() as odoo, sending(tmp_path, settings(odoo.url), 450) as journal:
        odoo.wait_for(lambda: len(odoo.signals) == 450)
        assert texts(odoo) == list(range(450))
        assert [len(batch) for batch in odoo.batches] == [200, 200, 50]
        assert odoo.logins == [("arc", "bridge", KEY)]
        fill(journal, 1)
        odoo.wait_for(lambda: len(odoo.signals) == 451)
        assert odoo.batches[-1] == [f"{journal.epoch}:sg-1:451"]


@pytest.mark.parametrize(
    "answer",
    [
        fault,
        lambda batch: "garbage",
        lambda batch: {},
        lambda batch: {"stored": 3, "duplicates": 0, "rejected": []},
        lambda batch: {"stored": True, "duplicates": 19, "rejected": []},
        lambda batch: {"stored": 19, "duplicates": 0, "rejected": [{"uid": "other"}]},
        lambda batch: {"stored": 19, "duplicates": 0, "rejected": "none"},
    ],
)
def test_whatever_fails_as_a_whole_is_sent_again(
    tmp_path: Path, answer: Callable[[dict[str, Any]], Any], caplog: pytest.LogCaptureFixture
) -> None:
    with serve_odoo() as odoo:
        odoo.answers.extend([answer, answer])
        with sending(tmp_path, settings(odoo.url), 20) as journal:
            odoo.wait_for(lambda: len(odoo.signals) == 20)
        assert texts(odoo) == list(range(20))
    assert "signals wait in the journal" in caplog.text
    assert KEY not in caplog.text
    assert journal.healthy


def test_an_answer_that_gets_lost_makes_duplicates_which_are_success(tmp_path: Path) -> None:
    with serve_odoo() as odoo:

        def store_and_lose(batch: dict[str, Any]) -> Any:
            odoo.lose_answer.set()
            odoo.answers.append(store_and_answer)
            return odoo.store(batch)

        def store_and_answer(batch: dict[str, Any]) -> Any:
            odoo.lose_answer.clear()
            return odoo.store(batch)

        odoo.answers.append(store_and_lose)
        with sending(tmp_path, settings(odoo.url), 20) as journal:
            odoo.wait_for(lambda: len(odoo.batches) >= 2 and not odoo.answers)
            fill(journal, 1)
            odoo.wait_for(lambda: len(odoo.signals) == 21)
        assert texts(odoo) == [*range(20), 0]


def test_a_rejected_signal_is_set_aside_and_the_others_pass(tmp_path: Path) -> None:
    with serve_odoo() as odoo:

        def reject_second(batch: dict[str, Any]) -> Any:
            second = batch["signals"].pop(1)
            answer = odoo.store(batch)
            return {**answer, "rejected": [{"uid": second["uid"], "reason": "no time"}]}

        odoo.answers.append(reject_second)
        with sending(tmp_path, settings(odoo.url), 3) as journal:
            odoo.wait_for(lambda: len(odoo.signals) == 2)
            fill(journal, 1)
            odoo.wait_for(lambda: len(odoo.signals) == 3)
            [dead] = journal.reader.dead(10)
            assert (dead.uid, dead.reason) == (f"{journal.epoch}:sg-1:2", "no time")
        assert texts(odoo) == [0, 2, 0]


def reject_all(batch: dict[str, Any], reason: str = "no") -> dict[str, Any]:
    rejected = [{"uid": signal["uid"], "reason": reason} for signal in batch["signals"]]
    return {"stored": 0, "duplicates": 0, "rejected": rejected}


def test_nothing_is_set_aside_while_odoo_rejects_everything(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def respond(_path: str, body: dict[str, Any]) -> tuple[int, Any]:
        batch = json.loads(body["batch"])
        sent.append(len(batch["signals"]))
        asked.set()
        if len(sent) <= 2:
            return 200, reject_all(batch, LONE)
        last = reject_all({"signals": batch["signals"][:1]}, LONE)
        return 200, {**last, "stored": len(batch["signals"]) - 1}

    sent: list[int] = []
    asked = threading.Event()
    with (
        serve_json2(respond) as url,
        sending(tmp_path, settings(url, transport="json2"), 3) as journal,
    ):
        while len(sent) < 3:
            assert asked.wait(10)
            asked.clear()
        while journal.reader.pending_counts():
            journal.remember("turn", "taken")
        [dead] = journal.reader.dead(10)
        assert (dead.uid, dead.reason) == (f"{journal.epoch}:sg-1:1", "? no")
    assert sent == [3, 3, 3]
    assert "rejects all 3 signals" in caplog.text


def test_batches_full_of_rejected_signals_do_not_hold_up_those_behind_them(tmp_path: Path) -> None:
    with serve_odoo() as odoo:

        def reject_old(batch: dict[str, Any]) -> dict[str, Any]:
            odoo.answers.append(reject_old)
            signals = batch["signals"]
            bad = [signal for signal in signals if int(signal["text"]) < 450]
            batch["signals"] = [signal for signal in signals if signal not in bad]
            return {**odoo.store(batch), "rejected": reject_all({"signals": bad})["rejected"]}

        odoo.answers.append(reject_old)
        with sending(tmp_path, settings(odoo.url), 460) as journal:
            odoo.wait_for(lambda: len(odoo.signals) == 10)
            # Each that passes shows of a hundred more that they alone are rejected.
            for number in (11, 12, 13):
                journal.append(Append((draft("999"),)))
                odoo.wait_for(lambda number=number: len(odoo.signals) == number)  # type: ignore[misc]
            wait_until(lambda: not journal.reader.pending_counts())
            assert len(journal.reader.dead(1000)) == 450
        assert texts(odoo) == [*range(450, 460), *[999] * 3]


def test_full_batches_wait_in_order_while_odoo_rejects_everything(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        odoo.answers.extend([reject_all] * 6)
        with sending(tmp_path, settings(odoo.url), 450) as journal:
            odoo.wait_for(lambda: len(odoo.signals) == 450)
            wait_until(lambda: not journal.reader.pending_counts())
            assert journal.reader.dead(1) == []
        assert texts(odoo) == list(range(450))


def test_odoo_may_be_down_and_come_back(tmp_path: Path) -> None:
    with serve_odoo() as odoo:
        port = odoo.port
    with sending(tmp_path, settings(f"http://127.0.0.1:{port}"), 20), serve_odoo(port) as odoo:
        odoo.wait_for(lambda: len(odoo.signals) == 20)
        assert texts(odoo) == list(range(20))


def test_a_refused_key_is_said_without_showing_it() -> None:
    with serve_odoo() as odoo:
        transport = open_transport(settings(odoo.url, key="wrong-and-secret"))
        with pytest.raises(UplinkError, match="refuses 'bridge'") as caught:
            transport.call("ingest", ("batch", "{}"))
        assert "wrong-and-secret" not in str(caught.value)
        transport.close()


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        pass

    certificate, key = make_certificate(tmp_path)
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    url = f"https://127.0.0.1:{server.server_address[1]}"
    try:
        with pytest.raises(UplinkError, match="CERTIFICATE_VERIFY_FAILED"):
            open_transport(settings(url)).call("ingest", ("batch", "{}"))
        # Vouched for, it is spoken to: this server just does not know XML-RPC.
        with pytest.raises(UplinkError, match="HTTP 501"):
            open_transport(settings(url, ca_file=certificate)).call("ingest", ("batch", "{}"))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serve_json2(respond: Callable[[str, dict[str, Any]], tuple[int, Any]]) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["Authorization"] == f"bearer {KEY}"
            assert self.headers["X-Odoo-Database"] == "arc"
            status, answer = respond(self.path, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_json2_calls_the_method_by_its_path_with_named_arguments() -> None:
    calls = []

    def respond(path: str, body: dict[str, Any]) -> tuple[int, Any]:
        calls.append((path, body))
        return 200, {"stored": 1}

    with serve_json2(respond) as url:
        transport = open_transport(settings(url, transport="json2"))
        assert transport.call("ingest", ("batch", "{}")) == {"stored": 1}
        assert transport.call("heartbeat", ("status", "{}")) == {"stored": 1}
        transport.close()
    assert calls == [
        ("/json/2/alarm.receiver/ingest", {"batch": "{}"}),
        ("/json/2/alarm.receiver/heartbeat", {"status": "{}"}),
    ]


def test_json2_says_why_odoo_refuses() -> None:
    with serve_json2(lambda path, body: (403, {"message": "Only a bridge may do this."})) as url:
        transport = open_transport(settings(url, transport="json2"))
        with pytest.raises(UplinkError, match="HTTP 403: Only a bridge may do this."):
            transport.call("ingest", ("batch", "{}"))
        transport.close()


def test_the_heartbeat_says_what_waits_and_how_the_lines_are(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.db")
    fill(journal, 2)
    journal.remember("all", "written")
    line = Line("sg-1", "surgard", "serial:///dev/ttyS0")
    line.closed("no such device")
    with serve_odoo() as odoo:
        Heartbeat("hq-1", [line], journal, open_transport(settings(odoo.url)), Metrics()).once()
        [status] = odoo.heartbeats
    assert status["bridge"] == "hq-1"
    assert status["epoch"] == journal.epoch
    assert status["backlog"] == {"sg-1": 2}
    assert status["journal"] == "ok"
    [receiver] = status["receivers"]
    assert (receiver["state"], receiver["detail"]) == ("down", "no such device")
    journal.close()
