"""Lines that break off, panels that talk nonsense, clients that only hold a place."""

from __future__ import annotations

import contextlib
import itertools
import pathlib
import random
import socket
import threading
import time
from collections.abc import Iterator

from tests.e2e.wire import burglary, dc09, surgard
from tests.faults.book import Book, Counts
from tests.faults.bridge import FaultBridge
from tests.faults.senders import NewConnections, Sender, reset, sending
from tests.stack import Odoo, wait_for


def cables_pulled(odoo: Odoo, folder: pathlib.Path, times: int) -> tuple[Counts, int]:
    """The terminal vanishes and TCP connections are reset in the middle of a frame; then the sender
    says it all again. Also: how many signals Odoo got that are no event (halves of frames)."""
    book = Book()
    bridge = FaultBridge(folder, odoo, "cables")
    bridge.start()
    try:
        for number in range(1, times + 1):
            event = burglary(f"{number:03d}")
            _pulled_terminal(bridge, book, surgard("3001", event), number)
            _reset_connection(bridge, book, dc09("3001", event, number), number)
        counts = book.settle(odoo, bridge.receivers)
        with odoo.sql() as sql:
            ((halves,),) = sql(
                "SELECT count(*) FROM alarm_signal"
                " WHERE receiver_name = ANY(%s) AND kind = 'unparsed'",
                bridge.receivers,
            )
        assert bridge.stop() == 0
    finally:
        bridge.close()
    return counts, int(halves)


def _pulled_terminal(bridge: FaultBridge, book: Book, frame: bytes, number: int) -> None:
    event = (bridge.sg, "3001", f"{number:03d}")
    book.sent(event)
    bridge.terminal.write(frame[: len(frame) * (number % 5 + 1) // 6])
    bridge.terminal.pull()
    bridge.terminal.plug()
    wait_for("the new terminal to be read", lambda: bridge.terminal.exchange(frame), 40)
    book.acknowledged(event)


def _reset_connection(bridge: FaultBridge, book: Book, frame: bytes, number: int) -> None:
    event = (bridge.tcp, "3001", f"{number:03d}")
    book.sent(event)
    connection = socket.create_connection(("127.0.0.1", bridge.tcp_port))
    connection.sendall(frame[: len(frame) * (number % 5 + 1) // 6])
    reset(connection)
    way = NewConnections(bridge.tcp_port)
    wait_for("an acknowledgement", lambda: way.exchange(frame), 20)
    book.acknowledged(event)


def spoiled(frame: bytes, chance: random.Random) -> bytes:
    """No good frame, nor the beginning of one that swallows the next."""
    kind = chance.randrange(4)
    if kind == 0:
        middle = len(frame) // 2
        return frame[:middle] + bytes([frame[middle] ^ 0x15]) + frame[middle + 1 :]
    if kind == 1:
        return b"\n" + chance.randbytes(30).translate(None, b"\n\r\x14") + b"\r"
    if kind == 2:
        return frame[: len(frame) - 8] + b"\r"
    return b"\nFFFF0FFF" + frame[9:]


def malformed(odoo: Odoo, folder: pathlib.Path, number: int, seed: int) -> tuple[Counts, float]:
    """``number`` good frames and as many malformed ones in turn, over ten connections; what of the
    frames decoded the bridge has counted as bad."""
    book = Book()
    bridge = FaultBridge(folder, odoo, f"noise-{seed}")
    bridge.start()
    try:
        lanes = 10
        threads = [
            threading.Thread(
                target=_mixed, args=(bridge, book, 40 + lane, number // lanes, seed + lane)
            )
            for lane in range(lanes)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(240)
        bad = _rejected(bridge)
        counts = book.settle(odoo, bridge.receivers, 120)
        assert bridge.stop() == 0
    finally:
        bridge.close()
    return counts, bad


def _rejected(bridge: FaultBridge) -> float:
    lines = bridge.metrics().splitlines()
    return sum(
        float(line.rpartition(" ")[2])
        for line in lines
        if line.startswith("receiver_bridge_frames_total{") and 'verdict="reject"' in line
    )


def _mixed(bridge: FaultBridge, book: Book, lane: int, number: int, seed: int) -> None:
    """A bad frame in front of each good one, in one go; an answer to the bad one may come."""
    chance = random.Random(seed)
    connection: socket.socket | None = None
    for place in range(number):
        account, zone = f"{lane:02d}{place // 999:02d}", f"{place % 999 + 1:03d}"
        good = dc09(account, burglary(zone), place % 9999 + 1)
        book.sent((bridge.tcp, account, zone))
        data = spoiled(good, chance) + good
        for _attempt in range(5):
            try:
                if connection is None:
                    connection = socket.create_connection(("127.0.0.1", bridge.tcp_port), 5)
                connection.sendall(data)
                if _answered(connection, account):
                    book.acknowledged((bridge.tcp, account, zone))
                    break
            except OSError:
                pass
            if connection is not None:
                connection.close()
            connection = None
    if connection is not None:
        connection.close()


def _answered(connection: socket.socket, account: str) -> bool:
    """Whether the acknowledgement of the good frame comes; of a bad one there may be a refusal."""
    answer = b""
    while b'"ACK"' not in answer or not answer.endswith(b"\r"):
        data = connection.recv(4096)
        if not data:
            return False
        answer += data
    return account.encode() in answer


class Slow:
    """Clients that hold a connection and say one byte now and then."""

    def __init__(self, port: int, number: int) -> None:
        self._port, self._number = port, number
        self._stop_asked = threading.Event()
        self.connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self._dribble, daemon=True)

    def start(self) -> None:
        for _ in range(self._number):
            self.connections.append(socket.create_connection(("127.0.0.1", self._port), 10))
        self._thread.start()

    def _dribble(self) -> None:
        frame = dc09("6666", burglary("001"))
        for byte in itertools.cycle(frame[:-1]):
            for connection in self.connections:
                with contextlib.suppress(OSError):
                    connection.send(bytes([byte]))
            if self._stop_asked.wait(0.3):
                return

    def stop(self) -> None:
        self._stop_asked.set()
        self._thread.join(20)
        for connection in self.connections:
            connection.close()


@contextlib.contextmanager
def slow_clients(port: int, number: int) -> Iterator[Slow]:
    slow = Slow(port, number)
    try:
        slow.start()
        yield slow
    finally:
        slow.stop()


def slow_loris(
    odoo: Odoo, folder: pathlib.Path, connections: int, seconds: float
) -> tuple[Counts, float, float]:
    """Honest panels beside many slow clients; how many connections were open, and the longest time
    that a panel has waited for its answer, connecting included, in seconds."""
    book = Book()
    bridge = FaultBridge(folder, odoo, "slow")
    bridge.start()
    try:
        with slow_clients(bridge.tcp_port, connections):
            wait_for(
                "the slow ones to be in",
                lambda: bridge.metric("receiver_bridge_connections") >= connections,
                30,
            )
            panels = [
                Sender(book, bridge.tcp, NewConnections(bridge.tcp_port), lane, pause=0.02)
                for lane in range(50, 55)
            ]
            with sending(*panels):
                time.sleep(seconds)
            held = bridge.metric("receiver_bridge_connections")
        counts = book.settle(odoo, bridge.receivers)
        assert bridge.stop() == 0
    finally:
        bridge.close()
    return counts, held, book.longest
