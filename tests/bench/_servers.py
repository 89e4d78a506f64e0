"""The other servers of the benches, each a process: ``python -m tests.bench._servers NAME`` prints
its port and serves until it is killed.

``echo`` sends back what comes: what the client and this machine's sockets can do at most.
``pysiaalarm`` is the asyncio server of that library, with a handler that keeps nothing. ``odoo``
takes every signal at once over XML-RPC and names 100,000 supervised accounts.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from typing import Any, cast
from xmlrpc.client import dumps, loads

from tests.bench._panels import accounts


class _Echo(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


async def echo() -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(_Echo, "127.0.0.1", 0, backlog=512)


async def pysiaalarm() -> asyncio.Server:
    from pysiaalarm import SIAAccount
    from pysiaalarm.aio import SIAClient

    async def forget(event: object) -> None:
        """Nothing is stored."""

    client = SIAClient("127.0.0.1", 0, [SIAAccount(name) for name in accounts()], forget)
    await client.async_start(backlog=512)
    # The server lives as long as its client.
    _kept.append(client)
    return cast(asyncio.Server, client.server)


class _Odoo(asyncio.Protocol):
    """Answers XML-RPC over one kept connection as the addon would, keeping nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._buffer, 0, head)
            end = head + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < end:
                return
            body, self._buffer = self._buffer[head + 4 : end], self._buffer[end:]
            answer = dumps((_answer(body),), methodresponse=True).encode()
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%b"
                % (len(answer), answer)
            )


def _answer(body: bytes) -> Any:
    if b"<string>ingest</string>" in body:
        return {"stored": body.count(b'"uid":'), "duplicates": 0, "rejected": []}
    if b"<string>configuration</string>" in body:
        parameters, _method = loads(body.decode())
        return _page(str(cast(Any, parameters[5])[0]))
    return {} if b"<string>heartbeat</string>" in body else 7


def _page(since: str) -> dict[str, Any]:
    """A thousand accounts from number ``since`` on, each polled once a minute."""
    start = int(since or 0)
    names = accounts(SUPERVISED)[start : start + 1000]
    return {
        "version": str(min(start + 1000, SUPERVISED)),
        "full": not start,
        "more": start + 1000 < SUPERVISED,
        "accounts": [
            {"receiver_group": "HQ", "account": name, "key": "", "timestamps": "", "tolerate": [],
             "clear": "", "supervision": 60, "directory": False}
            for name in names
        ],
        "removed": [],
        "receivers": [{"name": "dc-1", "receiver_group": "HQ", "allow": []}],
    }  # fmt: skip


async def odoo() -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(_Odoo, "127.0.0.1", 0)


SUPERVISED = 100_000
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_kept: list[object] = []
_SERVERS: dict[str, Callable[[], Awaitable[asyncio.Server]]] = {
    "echo": echo,
    "odoo": odoo,
    "pysiaalarm": pysiaalarm,
}


async def main(name: str) -> None:
    server = await _SERVERS[name]()
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
