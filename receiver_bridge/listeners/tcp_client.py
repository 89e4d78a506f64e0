"""Receivers that are servers: we connect to them over TCP and come back when the line breaks."""

from __future__ import annotations

import asyncio
import logging

from ..backoff import Backoff
from ..config import NetworkAddress
from ..intake import Intake
from .stream import StreamProtocol
from .tcp_server import finish_streams

_logger = logging.getLogger(__name__)

_CONNECT_TIMEOUT = 10.0


class TcpClient:
    def __init__(self, intake: Intake, address: NetworkAddress) -> None:
        self._intake = intake
        self._address = address
        self._streams: set[StreamProtocol] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._keep_connected())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await finish_streams(self._streams)

    async def _keep_connected(self) -> None:
        name, line = self._intake.settings.name, self._intake.line
        backoff = Backoff(0.5, 15.0)
        while True:
            lost = asyncio.Event()
            try:
                await asyncio.wait_for(self._connect(lost), _CONNECT_TIMEOUT)
            except (OSError, asyncio.TimeoutError) as error:
                pause = backoff.pause()
                cause = str(error) or "no answer"
                line.closed(cause)
                _logger.error("%s: %s: %s; next try in %.1f s", name, self._address, cause, pause)
                await asyncio.sleep(pause)
                continue
            backoff.reset()
            line.opened()
            _logger.info("%s: connected to %s", name, self._address)
            await lost.wait()
            line.closed("closed by the other side")
            _logger.error("%s: %s closed the connection", name, self._address)
            await asyncio.sleep(backoff.pause())

    async def _connect(self, lost: asyncio.Event) -> None:
        def on_open(stream: StreamProtocol, host: str) -> bool:
            self._streams.add(stream)
            return True

        def on_lost(stream: StreamProtocol) -> None:
            self._streams.discard(stream)
            lost.set()

        await asyncio.get_running_loop().create_connection(
            lambda: StreamProtocol(self._intake, on_open, on_lost),
            self._address.host,
            self._address.port,
        )
