"""Panels that send datagrams: one frame or more in each, the replies back to where it came from."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import time
from typing import Any, Final

from ..admission import address_group
from ..config import NetworkAddress, format_address
from ..intake import Intake
from ..session import Session
from .doors import Shared, open_sockets
from .floods import Floods
from .peers import peer_host, source_of

_logger = logging.getLogger(__name__)

_LARGEST_DATAGRAM: Final = 65535
_MOST_OPEN_DATAGRAMS: Final = 5000
_LAST_REPLIES: Final = 5.0
_TURN: Final = 0.004
"""Seconds for which datagrams are taken before the other doors have their turn."""

_QUEUE: Final = 4 << 20
"""Bytes of the system's queue, which grants less where ``net.core.rmem_max`` is lower: many panels
that call in the same moment must fit."""

_IP_PKTINFO: Final = 8
"""As ``linux/in.h`` has it; Python names it from 3.12 on."""

_Ancillary = list[tuple[int, int, bytes]]


class UdpListener:
    """Not asyncio's datagram endpoint, which does not tell which of our addresses was called: a
    machine with several must answer from that one, or panels and firewalls drop the reply."""

    def __init__(self, intake: Intake, address: NetworkAddress, shared: Shared) -> None:
        self._intake = intake
        self._address = address
        self._turns = shared.turns
        self._sockets: list[socket.socket] = []
        self._open: set[Session] = set()
        self._floods = Floods(intake, self._sockets)

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._sockets = await open_sockets(self._address, socket.SOCK_DGRAM)
        self._floods = Floods(self._intake, self._sockets)
        for opened in self._sockets:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _QUEUE)
            if opened.family == socket.AF_INET6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            else:
                opened.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
            loop.add_reader(opened, self._readable, opened)
        host, port = self._sockets[0].getsockname()[:2]
        host = host if len(self._sockets) == 1 else self._address.host
        self._intake.line.opened(f"udp-listen://{format_address(host, port)}")

    async def stop(self) -> None:
        loop = asyncio.get_running_loop()
        for opened in self._sockets:
            loop.remove_reader(opened)
        self._floods.stop()
        deadline = loop.time() + _LAST_REPLIES
        while self._open and loop.time() < deadline:
            await asyncio.sleep(0.01)
        for opened in self._sockets:
            opened.close()
        self._sockets = []

    def reload_tls(self) -> None:
        """Datagrams have none."""

    def _readable(self, opened: socket.socket) -> None:
        """What there is, for a turn: a flood here must not stop the other doors, and must be taken
        fast, since what does not fit into the system's queue is lost for honest panels too."""
        end = time.monotonic() + _TURN
        while time.monotonic() < end:
            try:
                data, ancillary, _flags, address = opened.recvmsg(_LARGEST_DATAGRAM, 128)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                name = self._intake.settings.name
                _logger.warning("%s: %s", name, error, extra={"receiver": name})
                return
            self._take(opened, data, address, ancillary)
        self._floods.count_lost()

    def _take(
        self, opened: socket.socket, data: bytes, address: Any, ancillary: _Ancillary
    ) -> None:
        host, name = peer_host(address), self._intake.settings.name
        sender = address_group(host)
        pace = self._turns.pace(name, sender, lambda: self._intake.settings)
        reason = None
        if not self._intake.admits(host):
            reason = "address"
        elif len(self._open) >= _MOST_OPEN_DATAGRAMS:
            reason = "too many"
        elif pace.debt:
            reason = "rate"
        if reason is not None:
            # A panel repeats a datagram that nobody answers.
            self._intake.metrics.refused.labels(name, reason).inc()
            if reason != "too many":
                self._floods.refused(sender)
            return
        called = _called(ancillary)
        session = Session(
            self._intake,
            source_of("udp", address),
            host,
            lambda reply: self._reply(opened, reply, address, called),
            lambda: self._progress(session),
            self._turns,
            pace,
        )
        # Bytes that hold no frame cost as much as those that do.
        pace.spend(1, 0, time.monotonic())
        session.receive(data, at_once=True)
        session.end(at_once=True)
        if not session.idle:
            self._open.add(session)

    def _progress(self, session: Session) -> None:
        if session.idle:
            self._open.discard(session)

    def _reply(self, opened: socket.socket, reply: bytes, address: Any, called: _Ancillary) -> None:
        if opened not in self._sockets:
            return
        try:
            opened.sendmsg([reply], called, 0, address)
        except OSError as error:
            # As with a reply that the network loses: the panel asks again.
            name = self._intake.settings.name
            _logger.warning(
                "%s: reply to %s: %s",
                name,
                address[0],
                error,
                extra={"receiver": name, "peer": address[0]},
            )


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
