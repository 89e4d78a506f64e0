"""Between bridge and Odoo: a network, and an Odoo, that do everything wrong that they can."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final

MODES: Final = ("lost answer", "cut answer", "garbage", "fault", "error page", "down", "slow")
_FAULT = (
    "<?xml version='1.0'?><methodResponse><fault><value><struct><member><name>faultCode</name>"
    "<value><int>1</int></value></member><member><name>faultString</name><value><string>"
    "could not serialize access due to concurrent update</string></value></member></struct></value>"
    "</fault></methodResponse>"
)


def _http(status: str, body: str, kind: str = "text/xml") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


_ANSWERS: Final = {
    "garbage": _http("200 OK", "\x7fELF is no answer"),
    "fault": _http("200 OK", _FAULT),
    "error page": _http("502 Bad Gateway", "<html>nobody is there</html>", "text/html"),
}


class Proxy:
    """``mode`` holds for every answer from now on; ``counts`` says how often each did its harm."""

    def __init__(self, port: int) -> None:
        self.mode = "well"
        self.counts: Counter[str] = Counter()
        self._upstream = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        upstream = socket.create_connection(("127.0.0.1", self._upstream))
        threading.Thread(target=self._answers, args=(upstream, client), daemon=True).start()
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if self.mode == "down":
                    self.counts["down"] += 1
                    break
                if (answer := _ANSWERS.get(self.mode)) is not None:
                    self.counts[self.mode] += 1
                    client.sendall(answer)
                    break
                upstream.sendall(data)
        _end(client)
        _end(upstream)

    def _answers(self, upstream: socket.socket, client: socket.socket) -> None:
        """By the time that an answer comes, Odoo has committed."""
        with contextlib.suppress(OSError):
            while data := upstream.recv(65536):
                mode = self.mode
                self.counts[mode] += 1
                if mode == "slow":
                    time.sleep(0.7)
                elif mode == "lost answer":
                    break
                elif mode == "cut answer":
                    client.sendall(data[: len(data) // 2])
                    break
                client.sendall(data)
        _end(client)


def _end(connection: socket.socket) -> None:
    """Wakes the other thread that may be reading from it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextlib.contextmanager
def running_proxy(port: int) -> Iterator[Proxy]:
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
