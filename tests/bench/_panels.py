"""Panels for the benches: one process, many connections, frames made beforehand, every answer
checked. Plain sockets and epoll, so that the client is not what is measured.

``python -m tests.bench._panels`` reads one JSON object from standard input and writes one::

    {"port": 9000, "mode": "kept" | "new" | "paced", "connections": 100, "messages": 20000,
     "rate": 500, "seed": 1, "echo": false, "accounts": 1000, "link_tests": false}
    {"seconds": 1.9, "latencies_ms": [...]}         latencies in mode "paced" only

kept: every connection sends its next frame once the last is answered. new: a connection for each
message. paced: ``rate`` messages a second over all kept connections, the latency of each counted
from the moment at which it was due.
"""

from __future__ import annotations

import json
import random
import select
import socket
import sys
import time
from collections.abc import Callable

from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.dc09_encoder import encode_adm_cid, encode_null

ACCOUNTS = 1000
PATIENCE = 30.0


def accounts(number: int = ACCOUNTS) -> list[str]:
    """The accounts that all panels of the benches have."""
    return [f"{0x100000 + count:06X}" for count in range(number)]


def link_tests(names: list[str]) -> list[bytes]:
    """A clear NULL frame of each account."""
    return [encode_null(name) for name in names]


def frames(number: int, seed: int, names: list[str]) -> list[bytes]:
    """Different clear ADM-CID frames, accounts in turn."""
    dice = random.Random(seed)
    return [
        encode_adm_cid(
            names[count % len(names)],
            make_event("1", dice.choice(("110", "130", "131", "301")), "01", f"{zone:03d}"),
            sequence=f"{count % 9999 + 1:04d}",
        )
        for count, zone in ((count, dice.randrange(1, 1000)) for count in range(number))
    ]


class Panels:
    """``echo``: the other side sends back what came, instead of an acknowledgement."""

    def __init__(self, port: int, connections: int, echo: bool) -> None:
        self._address = ("127.0.0.1", port)
        self._connections = connections
        self._sign = b'"ADM-CID"' if echo else b'"ACK"'
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}

    def kept(self, frames: list[bytes]) -> float:
        """Seconds from the first frame sent to the last answer."""
        descriptors = [self._connect() for _ in range(self._connections)]
        left, waiting = iter(frames), 0
        began = time.perf_counter()
        for descriptor, frame in zip(descriptors, left, strict=False):
            self._sockets[descriptor].send(frame)
            waiting += 1
        while waiting:
            for descriptor, _event in self._poll():
                self._read(descriptor)
                frame = next(left, None)
                if frame is None:
                    waiting -= 1
                else:
                    self._sockets[descriptor].send(frame)
        return time.perf_counter() - began

    def new(self, frames: list[bytes]) -> float:
        """As ``kept``, with a connection for each frame and as many of them at once."""
        left, waiting = iter(frames), 0
        began = time.perf_counter()
        for frame in (next(left) for _ in range(min(self._connections, len(frames)))):
            self._sockets[self._connect()].send(frame)
            waiting += 1
        while waiting:
            for descriptor, _event in self._poll():
                self._read(descriptor)
                self._close(descriptor)
                frame = next(left, None)
                if frame is None:
                    waiting -= 1
                else:
                    self._sockets[self._connect()].send(frame)
        return time.perf_counter() - began

    def paced(self, frames: list[bytes], rate: float) -> list[float]:
        """Milliseconds from when each frame was due to its answer."""
        free = [self._connect() for _ in range(self._connections)]
        due: dict[int, float] = {}
        latencies: list[float] = []
        began = time.perf_counter()
        sent = 0
        while len(latencies) < len(frames):
            now = time.perf_counter()
            while sent < len(frames) and free and began + sent / rate <= now:
                descriptor = free.pop()
                due[descriptor] = began + sent / rate
                self._sockets[descriptor].send(frames[sent])
                sent += 1
            next_at = began + sent / rate if sent < len(frames) and free else now + PATIENCE
            for descriptor, _event in self._epoll.poll(max(0.0, next_at - time.perf_counter())):
                self._read(descriptor)
                latencies.append((time.perf_counter() - due.pop(descriptor)) * 1000)
                free.append(descriptor)
        return latencies

    def _poll(self) -> list[tuple[int, int]]:
        ready = self._epoll.poll(PATIENCE)
        if not ready:
            raise SystemExit(f"no answer for {PATIENCE:g} s")
        return ready

    def _read(self, descriptor: int) -> None:
        answer = self._sockets[descriptor].recv(4096)
        if self._sign not in answer:
            raise SystemExit(f"answered {answer!r}")

    def _connect(self) -> int:
        opened = socket.create_connection(self._address)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        descriptor = opened.fileno()
        self._sockets[descriptor] = opened
        self._epoll.register(descriptor, select.EPOLLIN)
        return descriptor

    def _close(self, descriptor: int) -> None:
        self._epoll.unregister(descriptor)
        self._sockets.pop(descriptor).close()


def main() -> None:
    plan = json.load(sys.stdin)
    panels = Panels(plan["port"], plan["connections"], plan.get("echo", False))
    names = accounts(plan.get("accounts", ACCOUNTS))
    messages = link_tests(names) if plan.get("link_tests") else []
    messages = messages or frames(plan["messages"], plan["seed"], names)
    modes: dict[str, Callable[[], dict[str, object]]] = {
        "kept": lambda: {"seconds": panels.kept(messages)},
        "new": lambda: {"seconds": panels.new(messages)},
        "paced": lambda: {"latencies_ms": panels.paced(messages, plan["rate"])},
    }
    json.dump(modes[plan["mode"]](), sys.stdout)


if __name__ == "__main__":
    main()
