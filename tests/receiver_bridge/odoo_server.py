"""A real XML-RPC server that answers like Odoo's, or as badly as a test wants it to."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from socketserver import ThreadingMixIn
from typing import Any
from xmlrpc.client import Fault
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

KEY = "correct-horse-battery"


class _Handler(SimpleXMLRPCRequestHandler):
    rpc_paths = ("/xmlrpc/2/common", "/xmlrpc/2/object")
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def send_response(self, code: int, message: str | None = None) -> None:
        if self.server.lose_answer.is_set():
            # What has been done is done, but nobody hears of it.
            self.connection.shutdown(socket.SHUT_RDWR)
        super().send_response(code, message)


class _Server(ThreadingMixIn, SimpleXMLRPCServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, port: int) -> None:
        self.connections: set[socket.socket] = set()
        self.lose_answer = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler, logRequests=False, allow_none=True)

    def handle_error(self, request: object, address: object) -> None:
        """A client that has gone is what some tests want."""


class OdooServer:
    """``signals``: everything stored, by uid, in the order of storing. ``answers``: behaviours for
    the next calls of ingest, each called with the batch; then all is well again. ``pages`` answers
    configuration(since) in the place of ``configuration``."""

    def __init__(self, port: int = 0) -> None:
        self.signals: dict[str, dict[str, Any]] = {}
        self.batches: list[list[str]] = []
        self.logins: list[tuple[str, str, str]] = []
        self.heartbeats: list[dict[str, Any]] = []
        self.configuration: dict[str, Any] = {
            "version": "1",
            "full": True,
            "accounts": [],
            "removed": [],
            "receivers": [],
        }
        self.pages: Callable[[str], Any] | None = None
        self.since: list[str] = []
        self.answers: deque[Callable[[dict[str, Any]], Any]] = deque()
        self.changed = threading.Condition()
        self._server = _Server(port)
        self.lose_answer = self._server.lose_answer
        self._server.register_function(self._authenticate, "authenticate")
        self._server.register_function(self._execute_kw, "execute_kw")
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for connection in list(self._server.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, seconds), f"{len(self.signals)} signals came"

    def store(self, batch: dict[str, Any]) -> dict[str, Any]:
        new = {signal["uid"]: signal for signal in batch["signals"]}
        duplicates = sum(uid in self.signals for uid in new)
        self.signals.update(new)
        self.batches.append(list(new))
        return {"stored": len(new) - duplicates, "duplicates": duplicates, "rejected": []}

    def _authenticate(self, database: str, login: str, key: str, _agent: object) -> Any:
        self.logins.append((database, login, key))
        return 7 if key == KEY else False

    def _execute_kw(
        self, database: str, uid: int, key: str, model: str, method: str, arguments: list[Any]
    ) -> Any:
        if key != KEY or uid != 7 or model != "alarm.receiver":
            raise Fault(3, "Access Denied")
        with self.changed:
            try:
                return getattr(self, f"_{method}")(*arguments)
            finally:
                self.changed.notify_all()

    def _ingest(self, text: str) -> Any:
        batch = json.loads(text)
        answer = self.answers.popleft() if self.answers else self.store
        return answer(batch)

    def _heartbeat(self, text: str) -> Any:
        self.heartbeats.append(json.loads(text))
        return {}

    def _configuration(self, since: str) -> Any:
        self.since.append(since)
        return self.pages(since) if self.pages else self.configuration


@contextlib.contextmanager
def serve_odoo(port: int = 0) -> Iterator[OdooServer]:
    """A running server, stopped at the end."""
    server = OdooServer(port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
