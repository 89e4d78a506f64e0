"""A TCP connection without TLS, straight on its socket.

asyncio's own transports do more than a panel's connection needs: a task and a future to make it, a
handle for each step. Panels that connect anew for every message pay for that each time, and with
them all others. What a protocol may ask of a transport is the same.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from typing import Any, Final

from .wires import Wires

_HIGH_WATER: Final = 64 * 1024
_LOW_WATER: Final = 16 * 1024


class PlainTransport(asyncio.Transport):
    """``connected``: a non-blocking socket that is connected; ``wires`` say when it is ready.
    Inside the event loop only."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        wires: Wires,
        connected: socket.socket,
        address: Any,
        protocol: asyncio.BufferedProtocol,
    ) -> None:
        super().__init__()
        self._loop = loop
        self._wires = wires
        self._socket = connected
        self._number = connected.fileno()
        self._protocol = protocol
        self._known: Mapping[str, Any] = {"peername": address, "socket": connected}
        self._unsent = bytearray()
        self._reading = True
        self._closing = False
        self._held_back = False
        protocol.connection_made(self)
        self._watch()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._known.get(name, default)

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    def pause_reading(self) -> None:
        if self._reading and not self._closing:
            self._reading = False
            self._watch()

    def resume_reading(self) -> None:
        if not self._reading and not self._closing:
            self._reading = True
            self._watch()

    def get_write_buffer_size(self) -> int:
        return len(self._unsent)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._closing:
            return
        sent = 0
        if not self._unsent:
            try:
                sent = self._socket.send(data)
            except (BlockingIOError, InterruptedError):
                pass
            except OSError as error:
                self._lose(error)
                return
            if sent == len(data):
                return
        self._unsent += data[sent:]
        self._watch()
        if len(self._unsent) > _HIGH_WATER and not self._held_back:
            self._held_back = True
            self._protocol.pause_writing()

    def close(self) -> None:
        """Send what is written, then close."""
        if self._closing:
            return
        self._closing = True
        self._watch()
        if not self._unsent:
            self._loop.call_soon(self._finish, None)

    def abort(self) -> None:
        self._lose(None)

    def _read(self) -> None:
        try:
            size = self._socket.recv_into(self._protocol.get_buffer(-1))
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        try:
            if size:
                self._protocol.buffer_updated(size)
            elif self._protocol.eof_received():
                # Nothing more will come, but answers may still have to go.
                self._reading = False
                self._watch()
            else:
                self.close()
        except Exception:
            # What has come is gone: the sender is to notice, and not to wait for an answer.
            self._lose(None)
            raise

    def _write_on(self) -> None:
        try:
            del self._unsent[: self._socket.send(self._unsent)]
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        if not self._unsent:
            self._watch()
            if self._closing:
                self._finish(None)
                return
        # Last, because the protocol may write or close upon it.
        if self._held_back and len(self._unsent) <= _LOW_WATER:
            self._held_back = False
            self._protocol.resume_writing()

    def _watch(self) -> None:
        """Be called when there is something to do, as things stand."""
        read = self._read if self._reading and not self._closing else None
        self._wires.watch(self._number, read, self._write_on if self._unsent else None)

    def _lose(self, error: OSError | None) -> None:
        """What is not sent by now is lost."""
        if self._socket.fileno() < 0:
            return
        ending = self._closing and not self._unsent
        self._closing = True
        self._unsent.clear()
        self._watch()
        if ending:
            # The end is on its way already.
            return
        self._loop.call_soon(self._finish, error)

    def _finish(self, error: OSError | None) -> None:
        try:
            self._protocol.connection_lost(error)
        finally:
            self._socket.close()
