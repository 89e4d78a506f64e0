"""The asyncio protocol around a session; for server and client alike."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final, cast

from ..admission import address_group
from ..intake import Intake
from ..session import Session
from ..turns import Turns
from .peers import peer_host, source_of

_logger = logging.getLogger(__name__)

_READ_SIZE: Final = 16_384
"""Bytes that one sender can bring in one turn of the loop, however fast it sends."""

_TURNS_TO_END: Final = 10

# Filled and emptied within one call, so that all connections can share it.
_read_buffer = memoryview(bytearray(_READ_SIZE))


class StreamProtocol(asyncio.BufferedProtocol):
    """``on_lost`` is called when a connection that was made is gone."""

    def __init__(
        self,
        intake: Intake,
        turns: Turns,
        on_open: Callable[[StreamProtocol], None],
        on_lost: Callable[[StreamProtocol], None],
    ) -> None:
        self._intake = intake
        self._turns = turns
        self._on_open = on_open
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._session: Session | None = None
        self._heard = 0.0
        self._write_paused_at: float | None = None
        self._stopping = False
        self._sender_done = False
        # Whether there is something to look at when a reply has gone out.
        self._held_back = False
        self.peer = "unknown"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        address = transport.get_extra_info("peername")
        self.peer = peer_host(address)
        encrypted = transport.get_extra_info("ssl_object") is not None
        name = self._intake.settings.name
        self._intake.connections.count += 1
        self._intake.opened.count += 1
        pace = self._turns.pace(name, address_group(self.peer), lambda: self._intake.settings)
        # Whoever connects anew for each frame, or for none, pays for the connection.
        self._heard = time.monotonic()
        pace.spend(1, 0, self._heard)
        self._on_open(self)
        try:
            self._session = Session(
                self._intake,
                source_of("tls" if encrypted else "tcp", address),
                self.peer,
                self._reply,
                self._resume_reading,
                self._turns,
                pace,
            )
        except Exception:
            # A defect of a format; the connection is lost like any other.
            _logger.exception("%s: connection of %s", name, self.peer)
            self._transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        return _read_buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._session is None or self._transport is None:
            return
        self._heard = time.monotonic()
        self._session.receive(bytes(_read_buffer[:nbytes]))
        if self._session.full:
            self._held_back = True
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        # Somebody who sends and does not read the answers gets no further.
        self._write_paused_at = time.monotonic()
        self._held_back = True
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._write_paused_at = None
        self._resume_reading()

    def eof_received(self) -> bool:
        """Who sends no more may still wait for the answer, as a panel that has said all does:
        the connection stays until every reply has gone out. TLS has no half-closed connection."""
        self._sender_done = self._held_back = True
        if self._session is not None:
            self._session.end()
        encrypted = self._transport and self._transport.get_extra_info("ssl_object") is not None
        return not self.idle and not encrypted

    def connection_lost(self, error: Exception | None) -> None:
        if self._transport is None:
            return
        try:
            if self._session is not None:
                self._session.abandon()
        finally:
            self._intake.connections.count -= 1
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

    def abort(self) -> None:
        """Close now; what the other side has not taken by now is lost."""
        if self._transport is not None:
            self._transport.abort()

    def _reply(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _resume_reading(self) -> None:
        if not self._held_back:
            return
        if self._transport is None or self._transport.is_closing() or self._session is None:
            return
        if self._sender_done:
            if self._session.idle:
                self._transport.close()
            return
        if self._write_paused_at is None and not self._stopping and not self._session.full:
            self._held_back = False
            self._transport.resume_reading()

    def look(self, now: float) -> None:
        """Close the connection if it has outstayed one of the time-outs; ``now`` as
        ``time.monotonic`` has it."""
        if self._transport is None or self._session is None:
            return
        settings = self._intake.settings
        unread, slow = self._write_paused_at, settings.frame_timeout
        if settings.idle_timeout and now - self._heard >= settings.idle_timeout:
            self._end("idle", settings.idle_timeout)
        elif not slow:
            return
        elif unread is not None and now - unread >= slow:
            self._end("answers not read", slow)
        elif self._session.starves(slow):
            self._end("held back", slow)
        elif self._session.gives_up(slow):
            self._end("frame not finished", slow)

    def _end(self, reason: str, seconds: float) -> None:
        name = self._intake.settings.name
        assert self._transport is not None
        if reason != "idle":
            self._intake.metrics.slow.labels(name, reason).inc()
        if self._intake.closings.allows(self.peer):
            _logger.info(
                "%s: connection of %s closed: %s for %g s",
                name,
                self.peer,
                reason,
                seconds,
                extra={"receiver": name, "peer": self.peer},
            )
        if self._transport.get_write_buffer_size() or not self.idle:
            # It would stay open until the other side reads, or until we have read all.
            self._transport.abort()
        else:
            self._transport.close()


async def finish_streams(streams: set[StreamProtocol], last_replies: float = 5.0) -> None:
    """Read no more, let replies that wait for the disk go out, then close."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + last_replies
    for stream in list(streams):
        stream.stop_reading()
    while any(not stream.idle for stream in streams) and loop.time() < deadline:
        await asyncio.sleep(0.01)
    for stream in list(streams):
        stream.close()
    # The transports write what they hold; who does not take it is not waited for.
    deadline = loop.time() + 1.0
    await asyncio.sleep(0)
    while streams and loop.time() < deadline:
        await asyncio.sleep(0.01)
    for stream in list(streams):
        stream.abort()
    # A few turns of the loop, in which what was not decoded of them is kept.
    for _turn in range(_TURNS_TO_END):
        if streams:
            await asyncio.sleep(0)


class Streams(set[StreamProtocol]):
    """The connections of one door. All are looked at together, a few times in the shortest of the
    time-outs: a timer for each would cost more than a connection that says one thing and ends."""

    def __init__(self, intake: Intake) -> None:
        super().__init__()
        self._intake = intake
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        settings = self._intake.settings
        limits = [seconds for seconds in (settings.idle_timeout, settings.frame_timeout) if seconds]
        pause = min([5.0, *(limit / 4 for limit in limits)])
        self._timer = asyncio.get_running_loop().call_later(pause, self._look)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self.start()
        now = time.monotonic()
        for stream in list(self):
            try:
                stream.look(now)
            except Exception:
                # The others have their time-outs all the same.
                name = self._intake.settings.name
                _logger.exception("%s: connection of %s", name, stream.peer)
