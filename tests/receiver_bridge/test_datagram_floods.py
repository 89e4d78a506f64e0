"""Datagrams of one sender who floods a door leave room for those of all others."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lines import running_line
from test_limits import counted
from test_listeners import ANY_UDP, frame
from test_tls import until

from receiver_bridge.codecs.dc09_encoder import encode_null
from receiver_bridge.listeners.datagram_filter import MOST_SENDERS, thrown_away, turn_away

OTHERS = [f"192.0.2.{number}" for number in range(1, MOST_SENDERS // 2)] + [
    f"2001:db8:0:{number}::/64" for number in range(MOST_SENDERS // 2)
]
"""With one more a full list."""


@contextlib.contextmanager
def bound(address: str) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as opened:
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        opened.bind((address, 0))
        opened.settimeout(10)
        yield opened


@pytest.mark.parametrize(
    ("door", "flooding", "named", "honest"),
    [
        ("0.0.0.0", "127.0.0.5", "127.0.0.5", "127.0.0.6"),
        ("::", "127.0.0.5", "127.0.0.5", "127.0.0.6"),
        ("::", "127.0.0.5", "127.0.0.5", "::1"),
        ("::", "::1", "::/64", "127.0.0.6"),
    ],
)
def test_only_those_named_are_turned_away_and_only_until_they_are_not(
    door: str, flooding: str, named: str, honest: str
) -> None:
    with bound(door) as opened, bound(flooding) as flood, bound(honest) as panel:
        port = opened.getsockname()[1]

        def send(sender: socket.socket, text: bytes) -> None:
            to = "::1" if sender.family == socket.AF_INET6 else "127.0.0.1"
            sender.sendto(text, (to, port))

        turn_away(opened, [*OTHERS, named])
        send(flood, b"turned away")
        send(panel, b"let in")
        assert opened.recv(100) == b"let in"
        assert thrown_away(opened) == 1
        turn_away(opened, [])
        send(flood, b"let in again")
        assert opened.recv(100) == b"let in again"


def test_a_flood_is_thrown_away_by_the_system_and_may_come_back_when_it_ends(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        async with running_line(tmp_path, ANY_UDP, frames_per_second=20) as line:
            with bound("127.0.0.5") as flood, bound("127.0.0.6") as panel:
                flood.setblocking(False)
                panel.setblocking(False)
                door = ("127.0.0.1", line.port)
                deadline = time.monotonic() + 30
                while not counted(line, "datagrams_lost"):
                    assert time.monotonic() < deadline
                    for _datagram in range(100):
                        flood.sendto(encode_null("6666"), door)
                    await asyncio.sleep(0.01)
                panel.sendto(frame(1), door)
                reply = await asyncio.wait_for(loop.sock_recv(panel, 2048), 10)
                assert b'"ACK"0001' in reply
                came = counted(line, "frames", "link_test", "accept")

                def answered() -> bool:
                    flood.sendto(encode_null("6666"), door)
                    return counted(line, "frames", "link_test", "accept") > came

                await until(answered)
            assert counted(line, "refused", "rate") >= 50

    asyncio.run(scenario())
    assert caplog.text.count("a flood of datagrams from 127.0.0.5 is thrown away") == 1
