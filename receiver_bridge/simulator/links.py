"""The sender's end of a door: serial line, TCP (either side) or UDP, opened anew after a break."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tty
from pathlib import Path
from typing import Any, Protocol

import serial

from ..config import Door, NetworkAddress, PseudoTerminal, SerialPort

SIMULATOR_SCHEMES = ("serial", "pty", "tcp", "udp", "tcp-connect", "tcp-listen")


class LinkError(Exception):
    """The other side is not there, or has gone."""


class Link(Protocol):
    async def write(self, data: bytes) -> None:
        """Send, opening the link first when it is not; raises LinkError."""
        ...

    async def read(self) -> bytes:
        """The next bytes, at least one; raises LinkError when the link is broken."""
        ...

    async def discard(self) -> None:
        """Nobody waits any more for what was asked: a late answer must not count for the next."""
        ...

    async def close(self) -> None: ...


def open_link(door: Door) -> Link:
    """A link to ``door``; it opens at the first write."""
    if isinstance(door, SerialPort):
        return SerialLink(door)
    if isinstance(door, PseudoTerminal):
        return PseudoTerminalLink(door)
    if door.scheme == "udp":
        return UdpLink(door)
    if door.scheme == "tcp-listen":
        return TcpServerLink(door)
    return TcpLink(door)


class TcpLink:
    """Connects, as panels do."""

    def __init__(self, address: NetworkAddress) -> None:
        self._address = address
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def write(self, data: bytes) -> None:
        try:
            if self._writer is None:
                self._reader, self._writer = await asyncio.open_connection(
                    self._address.host, self._address.port
                )
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            await self.close()
            raise LinkError(f"{self._address}: {error}") from error

    async def read(self) -> bytes:
        if self._reader is None:
            raise LinkError(f"{self._address}: not connected")
        try:
            data = await self._reader.read(4096)
        except OSError as error:
            await self.close()
            raise LinkError(f"{self._address}: {error}") from error
        if not data:
            await self.close()
            raise LinkError(f"{self._address}: closed by the other side")
        return data

    async def discard(self) -> None:
        await self.close()

    async def close(self) -> None:
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


class TcpServerLink:
    """Waits to be connected to, as receivers with an automation port do; the newest peer counts."""

    def __init__(self, address: NetworkAddress) -> None:
        self._address = address
        self._server: asyncio.Server | None = None
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._connected = asyncio.Event()

    async def write(self, data: bytes) -> None:
        try:
            if self._server is None:
                self._server = await asyncio.start_server(
                    self._accept, self._address.host, self._address.port
                )
            await self._connected.wait()
            assert self._streams is not None
            self._streams[1].write(data)
            await self._streams[1].drain()
        except OSError as error:
            self._drop()
            raise LinkError(f"{self._address}: {error}") from error

    async def read(self) -> bytes:
        if self._streams is None:
            raise LinkError(f"{self._address}: nobody is connected")
        try:
            data = await self._streams[0].read(4096)
        except OSError:
            data = b""
        if not data:
            self._drop()
            raise LinkError(f"{self._address}: closed by the other side")
        return data

    async def discard(self) -> None:
        self._drop()

    async def close(self) -> None:
        self._drop()
        if self._server is not None:
            self._server.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._drop()
        self._streams = (reader, writer)
        self._connected.set()

    def _drop(self) -> None:
        streams, self._streams = self._streams, None
        self._connected.clear()
        if streams is not None:
            streams[1].close()


class UdpLink(asyncio.DatagramProtocol):
    """Datagrams to one address, and the answers from it."""

    def __init__(self, address: NetworkAddress) -> None:
        self._address = address
        self._transport: asyncio.DatagramTransport | None = None
        self._received: asyncio.Queue[bytes] = asyncio.Queue()

    async def write(self, data: bytes) -> None:
        if self._transport is None:
            try:
                transport, _protocol = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: self, remote_addr=(self._address.host, self._address.port)
                )
            except OSError as error:
                raise LinkError(f"{self._address}: {error}") from error
            self._transport = transport
        self._transport.sendto(data)

    async def read(self) -> bytes:
        return await self._received.get()

    async def discard(self) -> None:
        self._received = asyncio.Queue()

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def datagram_received(self, data: bytes, address: tuple[str | Any, int]) -> None:
        self._received.put_nowait(data)

    def error_received(self, error: Exception) -> None:
        """Nobody listens there: as with a lost datagram, only the missing answer counts."""


class SerialLink:
    """The receiver's end of an RS-232 line, or of a pseudo-terminal."""

    def __init__(self, port: SerialPort) -> None:
        self._port = port
        self._serial: serial.Serial | None = None
        self._received: asyncio.Queue[bytes] = asyncio.Queue()

    async def write(self, data: bytes) -> None:
        try:
            if self._serial is None:
                self._open()
            assert self._serial is not None
            # A record is shorter than any line buffer; what does not fit at once is a broken line.
            if os.write(self._serial.fileno(), data) != len(data):
                raise OSError("the line takes no more bytes")
        except (OSError, ValueError) as error:
            await self.close()
            raise LinkError(f"{self._port}: {error}") from error

    async def read(self) -> bytes:
        data = await self._received.get()
        if not data:
            raise LinkError(f"{self._port}: the line is broken")
        return data

    async def discard(self) -> None:
        self._received = asyncio.Queue()

    async def close(self) -> None:
        if self._serial is not None:
            asyncio.get_running_loop().remove_reader(self._serial.fileno())
            self._serial.close()
            self._serial = None

    def _open(self) -> None:
        port = self._port
        self._serial = serial.Serial(
            port.device,
            baudrate=port.baudrate,
            bytesize=port.bytesize,
            parity=port.parity,
            stopbits=port.stopbits,
            timeout=0,
            exclusive=True,
        )
        asyncio.get_running_loop().add_reader(self._serial.fileno(), self._readable)

    def _readable(self) -> None:
        if self._serial is None:
            return
        try:
            data = os.read(self._serial.fileno(), 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._serial.fileno())
            self._serial.close()
            self._serial = None
        self._received.put_nowait(data)


class PseudoTerminalLink:
    """An RS-232 line within one machine: this end is ours, the other the bridge opens by path."""

    def __init__(self, terminal: PseudoTerminal) -> None:
        self._link = Path(terminal.link)
        self._received: asyncio.Queue[bytes] = asyncio.Queue()
        # Held open here too: a line does not vanish when the bridge lets go of its end.
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(self._theirs))
        asyncio.get_running_loop().add_reader(self._ours, self._readable)

    async def write(self, data: bytes) -> None:
        try:
            if os.write(self._ours, data) != len(data):
                raise OSError("nobody reads the line, its buffer is full")
        except OSError as error:
            raise LinkError(f"{self._link}: {error}") from error

    async def read(self) -> bytes:
        return await self._received.get()

    async def discard(self) -> None:
        self._received = asyncio.Queue()

    async def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._ours)
        os.close(self._ours)
        os.close(self._theirs)
        self._link.unlink(missing_ok=True)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._received.put_nowait(os.read(self._ours, 4096))
