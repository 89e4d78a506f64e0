"""A stretch of network between a client and a server, which a test can cut or clog."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

Watch = Callable[[bytes], bool]


class TcpProxy:
    """``to_server`` and ``to_client`` see what passes; when one says True, the connection is cut
    before these bytes go on. While it is ``clogged``, bytes are taken and kept, and go on when it
    is open again, whoever is still there to send or take them: as in a network that comes back."""

    def __init__(self, host: str, port: int, own_host: str = "127.0.0.1") -> None:
        self._target = (host, port)
        self.to_server: Watch = lambda data: False
        self.to_client: Watch = lambda data: False
        self.refusing = False
        self._open = threading.Event()
        self._open.set()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._listener = socket.create_server((own_host, 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def clog(self) -> None:
        self._open.clear()

    def unclog(self) -> None:
        self._open.set()

    def cut(self) -> None:
        """Both ends of every connection get a reset."""
        for pair in list(self._pairs):
            self._drop(pair)

    def close(self) -> None:
        self._listener.close()
        self.unclog()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            if self.refusing:
                _reset(client)
                continue
            try:
                server = socket.create_connection(self._target, 5)
                server.settimeout(None)
            except OSError:
                _reset(client)
                continue
            pair = (client, server)
            self._pairs.add(pair)
            for source, sink, watch in (
                (client, server, lambda data: self.to_server(data)),
                (server, client, lambda data: self.to_client(data)),
            ):
                threading.Thread(
                    target=self._forward, args=(pair, source, sink, watch), daemon=True
                ).start()

    def _forward(
        self,
        pair: tuple[socket.socket, socket.socket],
        source: socket.socket,
        sink: socket.socket,
        watch: Watch,
    ) -> None:
        try:
            while data := source.recv(65536):
                self._open.wait()
                if watch(data):
                    self._drop(pair)
                    return
                sink.sendall(data)
        except OSError:
            pass
        # Whoever is gone: what was on its way before still arrives, a reset would undo it.
        self._open.wait()
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _drop(self, pair: tuple[socket.socket, socket.socket]) -> None:
        self._pairs.discard(pair)
        for end in pair:
            _reset(end)


def _reset(connection: socket.socket) -> None:
    """Close with RST and let whoever reads from it know."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextlib.contextmanager
def proxied(host: str, port: int, own_host: str = "127.0.0.1") -> Iterator[TcpProxy]:
    proxy = TcpProxy(host, port, own_host)
    try:
        yield proxy
    finally:
        proxy.close()
