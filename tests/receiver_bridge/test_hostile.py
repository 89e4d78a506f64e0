"""Honest panels are answered in time whatever somebody else does at the same door."""

from __future__ import annotations

import asyncio
import contextlib
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from bridge_process import BridgeProcess, write_config
from odoo_server import serve_odoo
from test_reload import free_numbers

from receiver_bridge.codecs.dc09_encoder import encode_adm_cid
from receiver_bridge.simulator.events import make_event

RATES = {"free": 0, "rated": 5000, "udp": 1000}
"""Doors, and how many frames a second one address may send there; 0 no limit."""

MEASURED = 1.5
"""Seconds for which the honest panels send."""

REPEATED = 0.15
"""Seconds after which a panel sends a datagram again that nobody has answered."""

LONGEST = 30.0
"""Seconds in which every one must be answered, however much else the machine has to do."""

KINDS = {
    "garbage": ("free", r'frames_total\{kind="unparsed",receiver="free",verdict="reject"\}'),
    "garbage at a rate": ("rated", r'rate_waits_total\{receiver="rated"\}'),
    "slow-loris": (
        "rated",
        r'slow_senders_total\{reason="frame not finished",receiver="rated"\}',
    ),
    "churn": ("free", r'connections_opened_total\{receiver="free"\}'),
    "deaf": ("free", r'slow_senders_total\{reason="answers not read",receiver="free"\}'),
    "huge": ("rated", r'rate_waits_total\{receiver="rated"\}'),
    "datagrams": ("udp", r'connections_refused_total\{reason="rate",receiver="udp"\}'),
}
"""What the hostile one does -> at which door, and what counts him."""


@dataclass
class Site:
    bridge: BridgeProcess
    ports: dict[str, int]
    calm: dict[str, float] = field(default_factory=dict)

    def counter(self, pattern: str) -> float:
        address = re.findall(r"http://\S+", "".join(self.bridge.log))[-1]
        with urllib.request.urlopen(address, timeout=20) as page:
            text = page.read().decode()
        found = re.search(rf"(?m)^receiver_bridge_{pattern} (\S+)$", text)
        return float(found[1]) if found else 0.0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    ports = dict(zip(RATES, free_numbers(3), strict=True))
    receivers = "".join(
        f'[[receiver]]\nname = "{name}"\nformat = "dc09"\nframe_timeout = 1\n'
        f"frames_per_second = {RATES[name]}\n"
        f'connect = "{"udp" if name == "udp" else "tcp"}-listen://127.0.0.1:{port}"\n'
        for name, port in ports.items()
    )
    with serve_odoo() as odoo:
        folder = tmp_path_factory.mktemp("site")
        bridge = BridgeProcess(write_config(folder, odoo.url, receivers))
        made = Site(bridge, ports)
        for door in ports:
            made.calm[door] = asyncio.run(HonestPanels(made, door).measure())
        yield made
        assert bridge.stop() == 0


class HonestPanels:
    """At a door for connections and at that for datagrams: two that keep their connection, one that
    calls anew for each signal, one with datagrams."""

    def __init__(self, site: Site, door: str) -> None:
        self._port = site.ports["free" if door == "udp" else door]
        self._udp = site.ports["udp"]
        self._numbers = count(1)
        self._ends = 0.0
        self.seconds: list[float] = []

    async def measure(self) -> float:
        """The median of the answer times in seconds; every signal is answered."""
        self._ends = time.monotonic() + MEASURED
        await asyncio.gather(self._kept(), self._kept(), self._anew(), self._datagrams())
        assert len(self.seconds) >= 12
        return statistics.median(self.seconds)

    def _frame(self) -> tuple[bytes, bytes]:
        number = next(self._numbers)
        event = make_event("cid", "130", "new", "1", str(number % 999 + 1))
        return encode_adm_cid("1234", event, sequence=f"{number % 9999:04d}"), b'"ACK"'

    async def _kept(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while time.monotonic() < self._ends:
            await self._ask(reader, writer)
            await asyncio.sleep(0.05)
        writer.close()

    async def _anew(self) -> None:
        while time.monotonic() < self._ends:
            began = time.monotonic()
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            await self._ask(reader, writer, began)
            writer.close()
            await asyncio.sleep(0.05)

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        began: float | None = None,
    ) -> None:
        frame, expected = self._frame()
        began = began or time.monotonic()
        writer.write(frame)
        assert expected in await asyncio.wait_for(reader.readuntil(b"\r"), 20)
        self.seconds.append(time.monotonic() - began)

    async def _datagrams(self) -> None:
        replies: asyncio.Queue[bytes] = asyncio.Queue()

        class Panel(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, address: object) -> None:
                replies.put_nowait(data)

        loop = asyncio.get_running_loop()
        transport, _panel = await loop.create_datagram_endpoint(
            Panel, remote_addr=("127.0.0.1", self._udp)
        )
        while time.monotonic() < self._ends:
            frame, expected = self._frame()
            # Each says whose answer it is: those to repetitions come beside the next signal's.
            expected += frame[frame.index(b'"ADM-CID"') + 9 :][:4]
            began = time.monotonic()
            answer = b""
            while expected not in answer:
                # What the system's queue has no room for is lost, and the panel says it again.
                assert time.monotonic() - began < LONGEST, "no answer to a datagram"
                transport.sendto(frame)
                with contextlib.suppress(asyncio.TimeoutError):
                    answer = await asyncio.wait_for(replies.get(), REPEATED)
            self.seconds.append(time.monotonic() - began)
            await asyncio.sleep(0.05)
        transport.close()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_honest_panels_are_answered_in_time_and_the_hostile_one_is_counted(
    site: Site, kind: str
) -> None:
    door, counted = KINDS[kind]
    calm = site.calm[door]
    before = site.counter(counted)
    hostile = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("hostile.py"))]
        + [kind.partition(" ")[0], str(site.ports[door])],
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while site.counter(counted) == before:
            assert hostile.poll() is None
            assert time.monotonic() < deadline, f"{kind} is not counted"
            time.sleep(0.05)
        attacked = asyncio.run(HonestPanels(site, door).measure())
    finally:
        hostile.kill()
        hostile.wait(10)
    print(f"{kind}: median {calm * 1000:.1f} ms calm, {attacked * 1000:.1f} ms attacked")
    assert attacked < 1.0
    # The machine's other core is the hostile sender's, and its noise is journaled too.
    assert attacked < 100 * calm + 0.2
