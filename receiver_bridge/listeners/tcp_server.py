"""Panels and receivers that connect to us over TCP."""

from __future__ import annotations

import asyncio
import logging

from ..config import NetworkAddress, format_address
from ..intake import Intake
from ..limiter import NoiseLimiter
from .stream import StreamProtocol

_logger = logging.getLogger(__name__)

_LAST_REPLIES = 5.0


class TcpServer:
    def __init__(self, intake: Intake, address: NetworkAddress) -> None:
        self._intake = intake
        self._address = address
        self._server: asyncio.Server | None = None
        self._streams: set[StreamProtocol] = set()
        # Who is refused comes again at once, and must not fill the disk with our complaints.
        self._limiter = NoiseLimiter(intake.settings.name, what="refused connections")

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: StreamProtocol(self._intake, self._opened, self._lost),
            self._address.host,
            self._address.port,
            backlog=512,
        )
        host, port = self._server.sockets[0].getsockname()[:2]
        self._intake.line.opened(f"tcp-listen://{format_address(host, port)}")

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        await finish_streams(self._streams)

    def _opened(self, stream: StreamProtocol, host: str) -> bool:
        settings = self._intake.settings
        reason = None
        if not self._intake.admits(host):
            reason = "address"
        elif len(self._streams) >= settings.max_connections:
            reason = "too many"
        if reason is not None:
            self._intake.metrics.refused.labels(settings.name, reason).inc()
            if self._limiter.allows(host):
                _logger.warning("%s: connection from %s refused: %s", settings.name, host, reason)
            return False
        self._streams.add(stream)
        return True

    def _lost(self, stream: StreamProtocol) -> None:
        self._streams.discard(stream)


async def finish_streams(streams: set[StreamProtocol]) -> None:
    """Read no more, let replies that wait for the disk go out, then close."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _LAST_REPLIES
    for stream in streams:
        stream.stop_reading()
    while any(not stream.idle for stream in streams) and loop.time() < deadline:
        await asyncio.sleep(0.01)
    for stream in list(streams):
        stream.close()
    # One turn of the loop, in which the transports write what they hold.
    await asyncio.sleep(0)
