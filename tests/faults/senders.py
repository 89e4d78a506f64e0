"""Panels and a receiver that do what real ones do: one event under way at a time, sent again until
it is acknowledged, over whatever connection there is by then."""

from __future__ import annotations

import contextlib
import os
import pathlib
import select
import socket
import struct
import termios
import threading
import time
import tty
from collections.abc import Iterator
from typing import Protocol

from tests.e2e.wire import burglary, dc09, surgard
from tests.faults.book import Book

ACK = b"\x06"
PATIENCE = 1.0
"""Seconds after which a sender sends again."""


class Way(Protocol):
    def exchange(self, frame: bytes) -> bool:
        """Whether it was acknowledged in time."""
        ...

    def close(self) -> None: ...


class Sender(threading.Thread):
    """Sends one event after the other until ``count`` are acknowledged or it is stopped. With a
    ``pause`` it sends no faster than one event in so many seconds."""

    def __init__(
        self,
        book: Book,
        receiver: str,
        way: Way,
        lane: int,
        count: int | None = None,
        pause: float = 0.0,
    ) -> None:
        super().__init__(name=f"{receiver} {lane}", daemon=True)
        self._book, self._receiver, self._way = book, receiver, way
        self._lane, self._count, self._pause = lane, count, pause
        self._stop_asked = threading.Event()
        self.start()

    def run(self) -> None:
        serial = isinstance(self._way, Terminal)
        number = 0
        while not self._stop_asked.is_set() and (self._count is None or number < self._count):
            account, zone = f"{self._lane:02d}{number // 999:02d}", f"{number % 999 + 1:03d}"
            event = burglary(zone)
            frame = surgard(account, event) if serial else dc09(account, event, number % 9999 + 1)
            self._deliver((self._receiver, account, zone), frame)
            number += 1
            self._stop_asked.wait(self._pause)
        self._way.close()

    def _deliver(self, event: tuple[str, str, str], frame: bytes) -> None:
        self._book.sent(event)
        while not self._stop_asked.is_set():
            began = time.monotonic()
            if self._way.exchange(frame):
                self._book.acknowledged(event, time.monotonic() - began)
                return
            # Refused at once, it is tried again in a moment; a panel would wait longer.
            self._stop_asked.wait(0.02)

    def stop(self) -> None:
        """Ends with the event under way, acknowledged or not."""
        self._stop_asked.set()
        self.join(PATIENCE + 10)
        assert not self.is_alive(), f"{self.name} does not end"

    def finish(self, timeout: float) -> None:
        """Wait until all are acknowledged."""
        self.join(timeout)
        assert not self.is_alive(), f"{self.name} is not acknowledged within {timeout:.0f} s"


class KeptConnection:
    """One TCP connection for all events, made anew after a break."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def exchange(self, frame: bytes) -> bool:
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
            self._socket.settimeout(PATIENCE)
            self._socket.sendall(frame)
            if b'"ACK"' in self._socket.recv(4096):
                return True
        except OSError:
            pass
        # A late answer must not be taken for that of the next event.
        self.close()
        return False

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class NewConnections:
    """A new TCP connection for each copy of each event."""

    def __init__(self, port: int) -> None:
        self._port = port

    def exchange(self, frame: bytes) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), PATIENCE) as connection:
                connection.sendall(frame)
                return b'"ACK"' in connection.recv(4096)
        except OSError:
            return False

    def close(self) -> None:
        """Nothing is kept."""


class Datagrams:
    """UDP; each copy from a port of its own, so that no late answer is taken for another."""

    def __init__(self, port: int) -> None:
        self._port = port

    def exchange(self, frame: bytes) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.settimeout(PATIENCE)
            try:
                own.connect(("127.0.0.1", self._port))
                own.send(frame)
                return b'"ACK"' in own.recv(4096)
            except OSError:
                return False

    def close(self) -> None:
        """Nothing is kept."""


class Terminal:
    """The receiver's end of a pseudo-terminal; ``path`` is a link that outlives the cable."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.plug()

    def plug(self) -> None:
        self._master, self._other_end = os.openpty()
        tty.setraw(self._other_end)
        link = self.path.with_name(self.path.name + ".new")
        link.symlink_to(os.ttyname(self._other_end))
        link.rename(self.path)

    def pull(self) -> None:
        """The terminal is gone, as a USB adapter that is pulled out."""
        os.close(self._other_end)
        os.close(self._master)

    def write(self, data: bytes) -> None:
        os.write(self._master, data)

    def exchange(self, frame: bytes) -> bool:
        # What nobody has read of an earlier copy is gone, as on a real line; so is a late answer.
        termios.tcflush(self._other_end, termios.TCIFLUSH)
        self._discard(0.0)
        self.write(frame)
        if self._read(PATIENCE) != ACK:
            return False
        self._discard(0.005)
        return True

    def close(self) -> None:
        """The terminal stays until the bridge has ended."""

    def _read(self, timeout: float) -> bytes:
        ready, _, _ = select.select([self._master], [], [], timeout)
        return os.read(self._master, 1) if ready else b""

    def _discard(self, timeout: float) -> None:
        while self._read(timeout):
            continue


def reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN, as a cable that is pulled does in the end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextlib.contextmanager
def sending(*senders: Sender) -> Iterator[None]:
    """Stops them at the end, whatever happens."""
    try:
        yield
    finally:
        for sender in senders:
            sender.stop()
