"""One TCP connection as an asyncio protocol around a session; for server and client alike."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import cast

from ..intake import Intake
from ..session import Session
from .peers import peer_host, source_of

_logger = logging.getLogger(__name__)


class StreamProtocol(asyncio.Protocol):
    """``on_open`` may refuse the peer (False); ``on_lost`` is called for those let in."""

    def __init__(
        self,
        intake: Intake,
        on_open: Callable[[StreamProtocol, str], bool],
        on_lost: Callable[[StreamProtocol], None],
    ) -> None:
        self._intake = intake
        self._on_open = on_open
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._session: Session | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._heard = 0.0
        self._writing_paused = False
        self._stopping = False
        self._sender_done = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = stream = cast(asyncio.Transport, transport)
        address = transport.get_extra_info("peername")
        if not self._on_open(self, peer_host(address)):
            stream.abort()
            return
        self._intake.metrics.connections.labels(self._intake.settings.name).inc()
        self._session = Session(
            self._intake,
            source_of("tcp", address),
            peer_host(address),
            self._reply,
            self._resume_reading,
        )
        self._watch_idle()

    def data_received(self, data: bytes) -> None:
        if self._session is None or self._transport is None:
            return
        self._heard = asyncio.get_running_loop().time()
        self._session.receive(data)
        if self._session.full:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        # Somebody who sends and does not read the answers gets no further.
        self._writing_paused = True
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._writing_paused = False
        self._resume_reading()

    def eof_received(self) -> bool:
        """Who sends no more may still wait for the answer, as a panel that has said all does:
        the connection stays until every reply has gone out."""
        self._sender_done = True
        if self._session is not None:
            self._session.end()
        return not self.idle

    def connection_lost(self, error: Exception | None) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        if self._session is None:
            return
        self._session.end()
        self._intake.metrics.connections.labels(self._intake.settings.name).dec()
        self._on_lost(self)

    @property
    def idle(self) -> bool:
        """Whether no reply is outstanding."""
        return self._session is None or self._session.idle

    def stop_reading(self) -> None:
        self._stopping = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def close(self) -> None:
        """Send what is written, then close."""
        if self._transport is not None:
            self._transport.close()

    def _reply(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _resume_reading(self) -> None:
        if self._transport is None or self._transport.is_closing() or self._session is None:
            return
        if self._sender_done:
            if self._session.idle:
                self._transport.close()
            return
        if not (self._writing_paused or self._stopping or self._session.full):
            self._transport.resume_reading()

    def _watch_idle(self) -> None:
        loop = asyncio.get_running_loop()
        timeout = self._intake.settings.idle_timeout
        self._heard = loop.time()
        if timeout:
            self._idle_timer = loop.call_later(timeout, self._check_idle)

    def _check_idle(self) -> None:
        loop = asyncio.get_running_loop()
        timeout = self._intake.settings.idle_timeout
        left = self._heard + timeout - loop.time()
        if left > 0:
            self._idle_timer = loop.call_later(left, self._check_idle)
        elif self._transport is not None:
            _logger.info(
                "%s: connection idle for %g s, closed", self._intake.settings.name, timeout
            )
            self._transport.close()
