"""The other servers of the benches, each a process: ``python -m tests.bench._servers NAME`` prints
its port and serves until it is killed.

``echo`` sends back what comes: what the client and this machine's sockets can do at most.
``pysiaalarm`` is the asyncio server of that library, with a handler that keeps nothing.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import cast

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


_kept: list[object] = []
_SERVERS: dict[str, Callable[[], Awaitable[asyncio.Server]]] = {
    "echo": echo,
    "pysiaalarm": pysiaalarm,
}


async def main(name: str) -> None:
    server = await _SERVERS[name]()
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
