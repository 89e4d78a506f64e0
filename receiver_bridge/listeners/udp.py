"""Panels that send datagrams: one frame or more in each, the replies back to where it came from."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from ..config import NetworkAddress, format_address
from ..intake import Intake
from ..session import Session
from .peers import peer_host, source_of

_logger = logging.getLogger(__name__)

_MOST_OPEN_DATAGRAMS = 5000
_LAST_REPLIES = 5.0


class UdpListener(asyncio.DatagramProtocol):
    def __init__(self, intake: Intake, address: NetworkAddress) -> None:
        self._intake = intake
        self._address = address
        self._transport: asyncio.DatagramTransport | None = None
        self._open: set[Session] = set()
        self._stopping = False

    async def start(self) -> None:
        transport, _protocol = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=(self._address.host, self._address.port)
        )
        self._transport = transport
        host, port = transport.get_extra_info("sockname")[:2]
        self._intake.line.opened(f"udp-listen://{format_address(host, port)}")

    async def stop(self) -> None:
        self._stopping = True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _LAST_REPLIES
        while self._open and loop.time() < deadline:
            await asyncio.sleep(0.01)
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, address: tuple[str | Any, int]) -> None:
        host, name = peer_host(address), self._intake.settings.name
        reason = None
        if self._stopping:
            reason = "stopping"
        elif not self._intake.admits(host):
            reason = "address"
        elif len(self._open) >= _MOST_OPEN_DATAGRAMS:
            reason = "too many"
        if reason is not None:
            # A panel repeats a datagram that nobody answers.
            self._intake.metrics.refused.labels(name, reason).inc()
            return
        session = Session(
            self._intake,
            source_of("udp", address),
            host,
            lambda reply: self._reply(reply, address),
            lambda: self._progress(session),
        )
        session.receive(data)
        session.end(at_once=True)
        if not session.idle:
            self._open.add(session)

    def error_received(self, error: Exception) -> None:
        _logger.warning("%s: %s", self._intake.settings.name, error)

    def _progress(self, session: Session) -> None:
        if session.idle:
            self._open.discard(session)

    def _reply(self, reply: bytes, address: tuple[str | Any, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(reply, address)
