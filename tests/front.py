"""The reverse proxy before an Odoo with workers: ``/websocket`` to one port, the rest to another.

A process of its own, ``python -m tests.front LISTEN HTTP WEBSOCKET``, so that it takes no time from
what a bench measures with. Killed, it is a network that is gone; started again, one that is back.
"""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import socket
import sys
from collections.abc import Iterator

from tests.stack import Odoo, Process, free_port, wait_for


class Front(Process):
    def __init__(self, folder: pathlib.Path, odoo: Odoo) -> None:
        super().__init__(f"front-{odoo.database}", folder)
        self._odoo = odoo
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        ports = (self.port, self._odoo.port, self._odoo.websocket_port)
        self._start([sys.executable, "-m", "tests.front", *map(str, ports)])
        wait_for("the front", self._accepts, 10)

    def _accepts(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


@contextlib.contextmanager
def running_front(folder: pathlib.Path, odoo: Odoo) -> Iterator[Front]:
    front = Front(folder, odoo)
    try:
        front.start()
        yield front
    finally:
        front.kill()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


async def serve(listen: int, http: int, websocket: int) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # A browser opens a connection of its own for its websocket.
            head = await reader.readuntil(b"\r\n")
            port = websocket if head.startswith(b"GET /websocket") else http
            above, below = await asyncio.open_connection("127.0.0.1", port)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
            return
        below.write(head)
        await asyncio.gather(_copy(reader, below), _copy(above, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", listen, backlog=256)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:])))
