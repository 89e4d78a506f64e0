"""The sender's end of a door: serial line, TCP (either side) or UDP, opened anew after a break."""

from __future__ import annotations

import asyncio
import contextlib
import os
import termios
import tty
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

import serial

from ..config import Door, NetworkAddress, SerialPort, parse_door

_SCHEMES = ("serial", "tcp", "udp", "tcp-connect", "tcp-listen")
LINK_FORMS = (
    "serial:///dev/…, pty:///path, tcp://host:port, udp://host:port, tcp-listen://host:port"
)


@dataclass(frozen=True, slots=True)
class PseudoTerminal:
    """A serial line without a cable: ``path`` becomes a link to the terminal that the bridge opens
    as it would a serial port."""

    path: Path

    def __str__(self) -> str:
        return f"pty://{self.path}"


LinkEnd = Door | PseudoTerminal


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


def parse_link(text: str) -> LinkEnd:
    """The simulator's end of a door from its URL; raises ValueError saying what is allowed."""
    scheme, _separator, path = text.partition("://")
    if scheme != "pty":
        return parse_door(text, _SCHEMES)
    if not path.startswith("/"):
        raise ValueError("pty:///path: three slashes before the path of the terminal to make")
    return PseudoTerminal(Path(unquote(path)))


def open_link(door: LinkEnd) -> Link:
    """A link to ``door``. It opens at the first write, but a pseudo-terminal is made at once."""
    if isinstance(door, PseudoTerminal):
        return PtyLink(door)
    if isinstance(door, SerialPort):
        return SerialLink(door)
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


class PtyLink:
    """The receiver's end of a pseudo-terminal that it makes itself. What nobody reads is lost, as
    on a cable that is not plugged in."""

    def __init__(self, terminal: PseudoTerminal) -> None:
        """Raises LinkError when the terminal or the link to it cannot be made."""
        self._terminal = terminal
        self._received: asyncio.Queue[bytes] = asyncio.Queue()
        try:
            # Our own hold on the other end keeps the line alive while the bridge is away.
            self._master, self._other_end = os.openpty()
            tty.setraw(self._other_end)
            os.set_blocking(self._master, False)
            terminal.path.unlink(missing_ok=True)
            terminal.path.symlink_to(os.ttyname(self._other_end))
        except OSError as error:
            raise LinkError(f"{terminal}: {error}") from error
        asyncio.get_running_loop().add_reader(self._master, self._readable)

    async def write(self, data: bytes) -> None:
        try:
            os.write(self._master, data)
        except BlockingIOError:
            termios.tcflush(self._other_end, termios.TCIFLUSH)
        except OSError as error:
            raise LinkError(f"{self._terminal}: {error}") from error

    async def read(self) -> bytes:
        return await self._received.get()

    async def discard(self) -> None:
        self._received = asyncio.Queue()

    async def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        self._terminal.path.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._other_end)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._received.put_nowait(os.read(self._master, 4096))


class SerialLink:
    """The receiver's end of an RS-232 line."""

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
