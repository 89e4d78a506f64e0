"""Panels that send datagrams: one frame or more in each, the replies back to where it came from."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import Any, Final

from ..config import NetworkAddress, format_address
from ..intake import Intake
from ..session import Session
from .peers import peer_host, source_of

_logger = logging.getLogger(__name__)

_LARGEST_DATAGRAM: Final = 65535
_MOST_OPEN_DATAGRAMS: Final = 5000
_LAST_REPLIES: Final = 5.0

_IP_PKTINFO: Final = 8
"""As ``linux/in.h`` has it; Python names it from 3.12 on."""

_Ancillary = list[tuple[int, int, bytes]]


class UdpListener:
    """Not asyncio's datagram endpoint, which does not tell which of our addresses was called: a
    machine with several must answer from that one, or panels and firewalls drop the reply."""

    def __init__(self, intake: Intake, address: NetworkAddress) -> None:
        self._intake = intake
        self._address = address
        self._socket: socket.socket | None = None
        self._open: set[Session] = set()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(
            self._address.host, self._address.port, type=socket.SOCK_DGRAM
        )
        family, kind, protocol, _name, address = found[0]
        opened = socket.socket(family, kind, protocol)
        try:
            opened.setblocking(False)
            if family == socket.AF_INET6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            else:
                opened.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
            opened.bind(address)
        except OSError:
            opened.close()
            raise
        self._socket = opened
        loop.add_reader(opened, self._readable)
        host, port = opened.getsockname()[:2]
        self._intake.line.opened(f"udp-listen://{format_address(host, port)}")

    async def stop(self) -> None:
        loop = asyncio.get_running_loop()
        if self._socket is not None:
            loop.remove_reader(self._socket)
        deadline = loop.time() + _LAST_REPLIES
        while self._open and loop.time() < deadline:
            await asyncio.sleep(0.01)
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _readable(self) -> None:
        """One datagram a turn, so that a flood here does not stop the other doors."""
        assert self._socket is not None
        try:
            data, ancillary, _flags, address = self._socket.recvmsg(_LARGEST_DATAGRAM, 128)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            _logger.warning("%s: %s", self._intake.settings.name, error)
            return
        self._take(data, address, _called(ancillary))

    def _take(self, data: bytes, address: Any, called: _Ancillary) -> None:
        host, name = peer_host(address), self._intake.settings.name
        reason = None
        if not self._intake.admits(host):
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
            lambda reply: self._reply(reply, address, called),
            lambda: self._progress(session),
        )
        session.receive(data)
        session.end(at_once=True)
        if not session.idle:
            self._open.add(session)

    def _progress(self, session: Session) -> None:
        if session.idle:
            self._open.discard(session)

    def _reply(self, reply: bytes, address: Any, called: _Ancillary) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendmsg([reply], called, 0, address)
        except OSError as error:
            # As with a reply that the network loses: the panel asks again.
            _logger.warning("%s: reply to %s: %s", self._intake.settings.name, address[0], error)


def _called(ancillary: _Ancillary) -> _Ancillary:
    """What makes a reply leave from the address that was called; the way there is the kernel's,
    but for link-local addresses, which mean nothing without their interface."""
    for level, kind, data in ancillary:
        if (level, kind) == (socket.IPPROTO_IP, _IP_PKTINFO):
            _interface, ours, _destination = struct.unpack("=I4s4s", data[:12])
            return [(level, kind, struct.pack("=I4s4s", 0, ours, bytes(4)))]
        if (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
            ours, interface = struct.unpack("=16sI", data[:20])
            link_local = ours[0] == 0xFE and ours[1] & 0xC0 == 0x80
            return [(level, kind, struct.pack("=16sI", ours, interface if link_local else 0))]
    return []
