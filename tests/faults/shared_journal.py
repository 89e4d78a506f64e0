"""Two bridges on one journal, panels and a receiver that call at both, and an Odoo that keeps book.

Acknowledged = delivered once, in order: :meth:`Centre.check` compares what the senders were told
with what has been stored.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.dc09_encoder import encode_adm_cid
from receiver_bridge.codecs.surgard_encoder import encode_contact_id

sys.path.append(str(Path(__file__).parents[1] / "receiver_bridge"))

from bridge_process import BridgeProcess, free_port  # noqa: E402
from odoo_server import KEY, OdooServer, serve_odoo  # noqa: E402, F401
from postgresql_server import PostgresqlServer, serve_postgresql  # noqa: E402, F401
from tcp_proxy import proxied  # noqa: E402, F401

PATIENCE = 1.5
"""Seconds after which a sender sends again, elsewhere if it can."""
ACK = b"\x06"
PANELS, LINE = "panels", "line"
"""The receivers: a port that panels call at, and a receiver that is a server."""


def wait_for(what: str, condition: Callable[[], object], seconds: float) -> float:
    """Seconds until ``condition``."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds:g} s: {what}"
        time.sleep(0.01)
    return time.monotonic() - began


@dataclass
class Bridge:
    """One of the two; ``address`` is where panels find it."""

    name: str
    config: Path
    address: tuple[str, int]
    prefix: Sequence[str] = ()
    process: BridgeProcess | None = None

    def start(self) -> None:
        self.process = BridgeProcess(self.config, prefix=self.prefix)

    @property
    def running(self) -> BridgeProcess:
        assert self.process is not None
        return self.process

    def took_over(self, receiver: str = PANELS) -> int:
        """How often it has begun to send a receiver's signals."""
        said = f"{receiver}: this bridge sends its signals now"
        return sum(said in line for line in self.running.log)


class Sender(threading.Thread, ABC):
    """One event under way at a time, until it is acknowledged. ``told`` are the acknowledged ones,
    in order, as the bytes that say them."""

    def __init__(self, lane: str, pause: float) -> None:
        super().__init__(name=f"sender {lane}", daemon=True)
        self.lane = lane
        self.told: list[str] = []
        self._pause = pause
        self._stop_asked = threading.Event()

    def run(self) -> None:
        for number in itertools.count(1):
            frame = self._frame(number)
            while not self._exchange(frame):
                if self._stop_asked.wait(0.05):
                    return
            self.told.append(frame.hex())
            if self._stop_asked.wait(self._pause):
                return

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(PATIENCE + 10)
        assert not self.is_alive(), f"{self.name} does not end"

    @abstractmethod
    def _frame(self, number: int) -> bytes:
        """What says the event of this number; no two are the same."""

    @abstractmethod
    def _exchange(self, frame: bytes) -> bool:
        """Send it once; whether it was acknowledged."""


class Panel(Sender):
    """Speaks DC-09; tries the other bridge when one does not answer."""

    def __init__(
        self, account: str, doors: Sequence[tuple[str, int]], pause: float, own_host: str
    ) -> None:
        super().__init__(account, pause)
        self._doors = list(doors)
        self._own_host = own_host
        self._socket: socket.socket | None = None

    def _frame(self, number: int) -> bytes:
        zone = f"{number % 999 + 1:03d}"
        area = f"{number // 999 % 99:02d}"
        event = Event("cid", "130", qualifier="new", area=area, zone=zone, address=zone)
        return encode_adm_cid(self.lane, event, sequence=f"{number % 9999 + 1:04d}")

    def _exchange(self, frame: bytes) -> bool:
        try:
            if self._socket is None:
                self._socket = socket.create_connection(
                    self._doors[0], PATIENCE, (self._own_host, 0)
                )
            self._socket.settimeout(PATIENCE)
            self._socket.sendall(frame)
            if b'"ACK"' in self._socket.recv(4096):
                return True
        except OSError:
            pass
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._doors.append(self._doors.pop(0))
        return False


class Receiver(Sender):
    """A Sur-Gard receiver that bridges connect to; it talks to one of them at a time."""

    def __init__(self, pause: float, host: str = "127.0.0.1") -> None:
        super().__init__("0001", pause)
        self._listener = socket.create_server((host, 0))
        self._listener.settimeout(PATIENCE)
        self.port = int(self._listener.getsockname()[1])
        self._line: socket.socket | None = None
        self.connections = 0

    def _frame(self, number: int) -> bytes:
        zone = f"{number % 999 + 1:03d}"
        area = f"{number // 999 % 99:02d}"
        event = Event("cid", "130", qualifier="new", area=area, zone=zone, address=zone)
        return encode_contact_id(self.lane, event)

    def _exchange(self, frame: bytes) -> bool:
        try:
            if self._line is None:
                self._line, _address = self._listener.accept()
                self.connections += 1
            self._line.settimeout(PATIENCE)
            self._line.sendall(frame)
            if self._line.recv(1) == ACK:
                return True
        except OSError:
            pass
        if self._line is not None:
            self._line.close()
            self._line = None
        return False

    def stop(self) -> None:
        super().stop()
        self._listener.close()
        if self._line is not None:
            self._line.close()


@dataclass
class Call:
    """One batch that Odoo got: when (monotonic), from whom, what, and which of it was new."""

    at: float
    bridge: str
    uids: list[str]
    new: list[str]


@dataclass
class Centre:
    """Everything of one test; ``calls`` are Odoo's, in order."""

    odoo: OdooServer
    server: PostgresqlServer
    bridges: list[Bridge]
    senders: list[Sender] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = self.odoo.store

        def keep_book(batch: dict[str, Any]) -> dict[str, Any]:
            uids = [signal["uid"] for signal in batch["signals"]]
            new = [uid for uid in uids if uid not in self.odoo.signals]
            self.calls.append(Call(time.monotonic(), batch["bridge"], uids, new))
            return store(batch)

        self.odoo.store = keep_book  # type: ignore[method-assign]

    @property
    def told(self) -> int:
        """How many signals have been acknowledged by now."""
        return sum(len(sender.told) for sender in self.senders)

    def wait_for_news(self, number: int, seconds: float = 30) -> None:
        goal = self.told + number
        wait_for(f"{number} more acknowledgements", lambda: self.told >= goal, seconds)

    def news_from(self, bridge: Bridge, since: float) -> Call | None:
        """The first call of a bridge since then that brought something new."""
        return next(
            (c for c in list(self.calls) if c.at > since and c.bridge == bridge.name and c.new),
            None,
        )

    def holder(self) -> Bridge:
        """Who sends the panels' signals, by the journal."""
        wait_for("a lease", lambda: self._holder() is not None, 20)
        found = self._holder()
        assert found is not None
        return found

    def other(self, bridge: Bridge) -> Bridge:
        return next(one for one in self.bridges if one is not bridge)

    def check(self) -> dict[str, int]:
        """Stop the senders, wait for all of it, and compare; the counts."""
        for sender in self.senders:
            sender.stop()
        told = [frame for sender in self.senders for frame in sender.told]
        assert told, "nothing was acknowledged at all"
        wait_for("all that was acknowledged", lambda: set(self._originals()) >= set(told), 60)
        wait_for("the journal to be empty", lambda: not self._pending(), 60)
        delivered = Counter(self._originals())
        doubled = {frame: number for frame, number in delivered.items() if number > 1}
        assert doubled == {}, self._trace(next(iter(doubled)))
        unasked = set(delivered) - set(told)
        assert len(unasked) <= len(self.senders), "more than what was under way at the end"
        self._check_order()
        repeats = [s["repeat_of"] for s in self.odoo.signals.values() if s["repeat_of"]]
        assert set(repeats) <= set(self.odoo.signals), "a repeat of what is not there"
        return {"acknowledged": len(told), "delivered": len(delivered), "repeats": len(repeats)}

    def _trace(self, frame: str) -> list[object]:
        """How a frame came into the journal, as often as it did."""
        return [
            (signal["uid"], signal["source"], signal["received_at"], signal["journaled_at"])
            for signal in self.odoo.signals.values()
            if signal["raw_hex"] == frame
        ]

    def _check_order(self) -> None:
        """Odoo has every receiver's signals in the order of the journal, and every sender's in the
        order in which they were sent; numbers are without gaps."""
        position = {
            f"{epoch}:{receiver}:{seq}": place
            for place, epoch, receiver, seq in self.server.rows(
                "SELECT position, epoch, receiver, seq FROM receiver_bridge.signal"
            )
        }
        places: dict[str, list[int]] = defaultdict(list)
        numbers: dict[str, list[int]] = defaultdict(list)
        for uid, signal in self.odoo.signals.items():
            places[signal["receiver"]].append(position[uid])
            stream, _separator, number = uid.rpartition(":")
            numbers[stream].append(int(number))
        for receiver, found in places.items():
            assert found == sorted(found), f"{receiver}: not in the journal's order"
        for stream, found in numbers.items():
            assert sorted(found) == list(range(1, len(found) + 1)), f"{stream}: numbers are missing"
        stored = self._originals()
        for sender in self.senders:
            mine = set(sender.told)
            assert len(mine) == len(sender.told), "the sender said the same twice"
            found = [frame for frame in stored if frame in mine]
            mixed = [number for number, frame in enumerate(sender.told) if found[number] != frame]
            assert mixed == [], f"{sender.name}: not in the order sent"

    def _originals(self) -> list[str]:
        return [
            signal["raw_hex"]
            for signal in list(self.odoo.signals.values())
            if signal["repeat_of"] is None and signal["kind"] == "event"
        ]

    def _pending(self) -> bool:
        query = "SELECT EXISTS (SELECT FROM receiver_bridge.signal WHERE state = 'pending')"
        return bool(self.server.rows(query)[0][0])

    def _holder(self) -> Bridge | None:
        rows = self.server.rows(
            "SELECT holder FROM receiver_bridge.lease"
            " WHERE receiver = %s AND expires_at > clock_timestamp()",
            PANELS,
        )
        return next(
            (one for one in self.bridges if rows and rows[0][0].startswith(one.name + " ")), None
        )


def write_config(
    folder: Path,
    name: str,
    odoo_url: str,
    journal_url: str,
    port: int,
    line: tuple[str, int] | None = None,
    host: str = "127.0.0.1",
) -> Path:
    """A bridge's configuration: the panels' port, and the receiver to connect to, if any."""
    own = folder / name
    own.mkdir()
    key = own / "odoo.key"
    key.touch(mode=0o600)
    key.write_text(KEY)
    text = (
        f'name = "{name}"\nstate_dir = "."\n'
        f'[odoo]\nurl = "{odoo_url}"\ndatabase = "arc"\nlogin = "bridge"\nkey_file = "odoo.key"\n'
        "timeout = 5\n"
        f'[journal]\nurl = "{journal_url}"\n'
        '[metrics]\nlisten = "127.0.0.1:0"\n'
        f'[[receiver]]\nname = "{PANELS}"\nformat = "dc09"\ntimestamps = "ignore"\n'
        f'connect = "tcp-listen://{host}:{port}"\n'
    )
    if line is not None:
        text += (
            f'[[receiver]]\nname = "{LINE}"\nformat = "surgard"\n'
            f'connect = "tcp-connect://{line[0]}:{line[1]}"\n'
        )
    path = own / "bridge.toml"
    path.write_text(text)
    return path


@contextlib.contextmanager
def two_bridges(
    folder: Path,
    odoo: OdooServer,
    server: PostgresqlServer,
    panels: int = 4,
    pause: float = 0.01,
    with_line: bool = True,
    first_sees: tuple[str, str] | None = None,
) -> Iterator[Centre]:
    """Both running, ``hq-1`` sending, and the senders at work. ``first_sees``: the addresses of
    Odoo and journal as ``hq-1`` gets them, when not directly."""
    ports = [free_port(), free_port()]
    receiver = Receiver(pause) if with_line else None
    line = ("127.0.0.1", receiver.port) if receiver else None
    sees = [first_sees or (odoo.url, server.url), (odoo.url, server.url)]
    bridges = [
        Bridge(name, write_config(folder, name, *seen, port, line), ("127.0.0.1", port))
        for name, port, seen in zip(("hq-1", "hq-2"), ports, sees, strict=True)
    ]
    with running_centre(Centre(odoo, server, bridges), receiver, panels, pause) as centre:
        yield centre


@contextlib.contextmanager
def running_centre(
    centre: Centre,
    receiver: Receiver | None = None,
    panels: int = 4,
    pause: float = 0.01,
    own_host: str = "127.0.0.1",
) -> Iterator[Centre]:
    first, second = centre.bridges
    first.start()
    wait_for("the first bridge's lease", lambda: first.took_over() == 1, 20)
    second.start()
    doors = [first.address, second.address]
    centre.senders += [
        # Half of them call at the second bridge first.
        Panel(f"{2001 + number}", doors[number % 2 :] + doors[: number % 2], pause, own_host)
        for number in range(panels)
    ]
    if receiver is not None:
        centre.senders.append(receiver)
    for sender in centre.senders:
        sender.start()
    try:
        yield centre
    finally:
        for sender in centre.senders:
            sender.stop()
        for bridge in centre.bridges:
            if bridge.process is not None:
                bridge.process.kill()
