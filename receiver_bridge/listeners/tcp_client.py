"""Receivers that are servers: we connect to them over TCP and come back when the line breaks."""

from __future__ import annotations

import asyncio
import logging
import ssl

from ..backoff import Backoff
from ..config import ClientTls, NetworkAddress
from ..intake import Intake
from .doors import Shared, notice_dead_peer
from .stream import StreamProtocol, Streams, finish_streams

_logger = logging.getLogger(__name__)

_CONNECT_TIMEOUT = 10.0
_NEXT_ADDRESS_AFTER = 0.25


class TcpClient:
    def __init__(self, intake: Intake, address: NetworkAddress, shared: Shared) -> None:
        self._intake = intake
        self._address = address
        self._shared = shared
        self._context: ssl.SSLContext | None = None
        self._streams = Streams(intake)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.reload_tls()
        self._streams.start()
        self._task = asyncio.create_task(self._keep_connected())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._streams.stop()
        await finish_streams(self._streams)

    def reload_tls(self) -> None:
        """Read the certificates anew, for the next connection. Raises OSError when they do not
        serve; those of before stay."""
        tls = self._intake.settings.tls
        try:
            self._context = tls.context() if isinstance(tls, ClientTls) else None
        except ValueError as error:
            raise OSError(str(error)) from error

    async def _keep_connected(self) -> None:
        name, line = self._intake.settings.name, self._intake.line
        said = {"receiver": name, "peer": str(self._address)}
        backoff = Backoff(0.5, 15.0)
        while True:
            lost = asyncio.Event()
            try:
                await asyncio.wait_for(self._connect(lost), _CONNECT_TIMEOUT)
            except (OSError, asyncio.TimeoutError) as error:
                if isinstance(error, ssl.SSLError):
                    self._intake.metrics.handshake_failures.labels(name).inc()
                pause = backoff.pause()
                cause = str(error) or "no answer"
                line.closed(cause)
                _logger.error(
                    "%s: %s: %s; next try in %.1f s", name, self._address, cause, pause, extra=said
                )
                await asyncio.sleep(pause)
                continue
            backoff.reset()
            line.opened()
            _logger.info("%s: connected to %s", name, self._address, extra=said)
            await lost.wait()
            line.closed("closed by the other side")
            _logger.error("%s: %s closed the connection", name, self._address, extra=said)
            await asyncio.sleep(backoff.pause())

    async def _connect(self, lost: asyncio.Event) -> None:
        def on_lost(stream: StreamProtocol) -> None:
            self._streams.discard(stream)
            lost.set()

        settings = self._intake.settings
        server_name = None
        if self._context is not None and isinstance(settings.tls, ClientTls):
            server_name = settings.tls.server_name or self._address.host
        transport, _stream = await asyncio.get_running_loop().create_connection(
            lambda: StreamProtocol(self._intake, self._shared.turns, self._streams.add, on_lost),
            self._address.host,
            self._address.port,
            ssl=self._context,
            server_hostname=server_name,
            # A name may have an IPv6 and an IPv4 address, of which one leads nowhere.
            happy_eyeballs_delay=_NEXT_ADDRESS_AFTER,
        )
        notice_dead_peer(transport.get_extra_info("socket"), settings.dead_peer_timeout)
