"""Panels and receivers that connect to us over TCP, with or without TLS."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final

from ..config import NetworkAddress, ServerTls, format_address
from ..intake import Intake
from ..limiter import NoiseLimiter
from .doors import Shared, notice_dead_peer, open_sockets
from .peers import peer_host
from .plain import PlainTransport
from .stream import StreamProtocol, Streams, finish_streams
from .wires import Wires

_logger = logging.getLogger(__name__)

_QUEUE: Final = 512
_UNREAD: Final = 64 * 1024
_ACCEPTED_A_TURN: Final = 32
_HANDSHAKE_TIMEOUT: Final = 10.0
_PAUSE_WITHOUT_DESCRIPTORS: Final = 0.5
_OUT_OF_RESOURCES: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class TcpServer:
    """Not asyncio's server, which lets everybody in before we are asked, says nothing of TLS that
    did not come about, and accepts hundreds of connections in one turn of the loop."""

    def __init__(self, intake: Intake, address: NetworkAddress, shared: Shared) -> None:
        self._intake = intake
        self._address = address
        self._shared = shared
        self._sockets: list[socket.socket] = []
        self._wires: Wires | None = None
        # What comes in has it from the socket that listens.
        self._dead_peer_timeout = intake.settings.dead_peer_timeout
        self._context: ssl.SSLContext | None = None
        self._streams = Streams(intake)
        self._tasks: set[asyncio.Task[None]] = set()
        # Who is refused comes again at once, and must not fill the disk with our complaints.
        self._limiter = NoiseLimiter(intake.settings.name, what="refused connections")

    async def start(self) -> None:
        self.reload_tls()
        opened = await open_sockets(self._address, socket.SOCK_STREAM)
        try:
            for listening in opened:
                notice_dead_peer(listening, self._dead_peer_timeout)
                # Else a second short answer would wait until the first one is confirmed.
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                # Else the system keeps megabytes of answers for whoever does not read them.
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD)
                listening.listen(_QUEUE)
        except OSError:
            for listening in opened:
                listening.close()
            raise
        self._sockets = opened
        self._streams.start()
        loop = asyncio.get_running_loop()
        self._wires = Wires(loop)
        for listening in self._sockets:
            loop.add_reader(listening, self._accept, listening)
        host, port = self._sockets[0].getsockname()[:2]
        # A name is shown as it is: it may stand for several addresses.
        host = host if len(self._sockets) == 1 else self._address.host
        self._intake.line.opened(f"tcp-listen://{format_address(host, port)}")

    async def stop(self) -> None:
        loop = asyncio.get_running_loop()
        for listening in self._sockets:
            loop.remove_reader(listening)
            listening.close()
        self._sockets = []
        # A handshake that has not begun would leave its socket open.
        await asyncio.sleep(0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._streams.stop()
        await finish_streams(self._streams)
        if self._wires is not None:
            self._wires.close()

    def reload_tls(self) -> None:
        """Read the certificates anew, for connections from now on. Raises OSError when they do not
        serve; those of before stay."""
        tls = self._intake.settings.tls
        try:
            self._context = tls.context() if isinstance(tls, ServerTls) else None
        except ValueError as error:
            raise OSError(str(error)) from error

    def _accept(self, listening: socket.socket) -> None:
        timeout = self._intake.settings.dead_peer_timeout
        if timeout != self._dead_peer_timeout:
            self._dead_peer_timeout = timeout
            for each in self._sockets:
                notice_dead_peer(each, timeout)
        for _connection in range(_ACCEPTED_A_TURN):
            try:
                connected, address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._not_accepted(listening, error)
                return
            connected.setblocking(False)
            host = peer_host(address)
            reason = self._shared.admission.enter(self._intake, host)
            if reason is not None:
                connected.close()
                self._refused(host, reason)
                continue
            if self._context is None:
                self._let_in(connected, address, host)
                continue
            stream = self._stream(leave := self._leaving(host))
            handshake = self._shake_hands(connected, host, stream)
            task = asyncio.get_running_loop().create_task(handshake)
            self._tasks.add(task)
            task.add_done_callback(self._shaken(stream, leave))

    def _not_accepted(self, listening: socket.socket, error: OSError) -> None:
        name = self._intake.settings.name
        _logger.error("%s: no connection accepted: %s", name, error, extra={"receiver": name})
        self._intake.metrics.refused.labels(name, "no descriptors").inc()
        if error.errno in _OUT_OF_RESOURCES:
            # The socket stays readable: without a pause the loop would do nothing else.
            loop = asyncio.get_running_loop()
            loop.remove_reader(listening)
            loop.call_later(_PAUSE_WITHOUT_DESCRIPTORS, self._accept_again, listening)

    def _accept_again(self, listening: socket.socket) -> None:
        if listening in self._sockets:
            asyncio.get_running_loop().add_reader(listening, self._accept, listening)

    def _let_in(self, connected: socket.socket, address: Any, host: str) -> None:
        stream = self._stream(self._leaving(host))
        try:
            assert self._wires is not None
            PlainTransport(asyncio.get_running_loop(), self._wires, connected, address, stream)
        except Exception:
            _logger.exception("%s: connection of %s", self._intake.settings.name, host)
            stream.abort()

    async def _shake_hands(
        self, connected: socket.socket, host: str, stream: StreamProtocol
    ) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: stream,
                connected,
                ssl=self._context,
                ssl_handshake_timeout=_HANDSHAKE_TIMEOUT,
            )
        except (OSError, asyncio.TimeoutError) as error:
            # The transport has closed the socket.
            self._handshake_failed(host, error)

    def _shaken(
        self, stream: StreamProtocol, leave: Callable[[], None]
    ) -> Callable[[asyncio.Task[None]], None]:
        """What follows a handshake, however it ended."""

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            # A connection that was made leaves when it is lost.
            if stream not in self._streams:
                leave()

        return ended

    def _leaving(self, host: str) -> Callable[[], None]:
        """Gives the place of one connection back, once."""
        name = self._intake.settings.name
        left = False

        def leave() -> None:
            nonlocal left
            if not left:
                left = True
                self._shared.admission.leave(name, host)

        return leave

    def _stream(self, leave: Callable[[], None]) -> StreamProtocol:
        def lost(stream: StreamProtocol) -> None:
            self._streams.discard(stream)
            leave()

        return StreamProtocol(self._intake, self._shared.turns, self._streams.add, lost)

    def _refused(self, host: str, reason: str) -> None:
        name = self._intake.settings.name
        self._intake.metrics.refused.labels(name, reason).inc()
        if self._limiter.allows(host):
            _logger.warning(
                "%s: connection from %s refused: %s",
                name,
                host,
                reason,
                extra={"receiver": name, "peer": host},
            )

    def _handshake_failed(self, host: str, error: BaseException) -> None:
        name = self._intake.settings.name
        self._intake.metrics.handshake_failures.labels(name).inc()
        if self._limiter.allows(host):
            _logger.warning(
                "%s: no TLS with %s: %s",
                name,
                host,
                error or "no answer",
                extra={"receiver": name, "peer": host},
            )
