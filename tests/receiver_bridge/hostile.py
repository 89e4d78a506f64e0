"""Senders that mean no good: ``python hostile.py KIND PORT``, until it is ended.

Each kind calls from an address of its own, so that neither the honest ones at 127.0.0.1 nor what
another kind has left behind is taken for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys

from receiver_bridge.codecs.dc09_encoder import encode_null

KINDS = ("garbage", "slow-loris", "churn", "deaf", "huge", "datagrams")
SOURCE = (f"127.0.0.{2 + KINDS.index(sys.argv[1])}", 0)
LINK_TEST = encode_null("6666")


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=SOURCE)


async def flood(port: int, data: bytes) -> None:
    """As fast as the other side reads; what it answers is thrown away."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await connect(port)
            while not reader.at_eof():
                writer.write(data)
                await writer.drain()


async def garbage(port: int) -> None:
    await asyncio.gather(*(flood(port, b"A\r\x00\xff" * 4000) for _ in range(200)))


async def huge(port: int) -> None:
    """Frames that never end, and frames just short of what is allowed."""
    endless = b"\n" + b"A" * 65_000
    long = b'\n00001F00"ADM-CID"0001L0#6666[' + b"A" * 8000 + b"]\r"
    await asyncio.gather(*(flood(port, data) for data in (endless, long) for _ in range(20)))


async def slow_loris(port: int) -> None:
    async def drip() -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await connect(port)
                while not reader.at_eof():
                    writer.write(b"A")
                    await asyncio.sleep(0.5)

    await asyncio.gather(*(drip() for _ in range(500)))


async def churn(port: int) -> None:
    async def come_and_go() -> None:
        while True:
            with contextlib.suppress(OSError):
                _reader, writer = await connect(port)
                writer.write(LINK_TEST)
                writer.transport.abort()

    await asyncio.gather(*(come_and_go() for _ in range(20)))


async def deaf(port: int) -> None:
    """Asks without end and never reads an answer."""
    loop = asyncio.get_running_loop()
    while True:
        with socket.socket() as opened, contextlib.suppress(OSError):
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            opened.bind(SOURCE)
            opened.setblocking(False)
            await loop.sock_connect(opened, ("127.0.0.1", port))
            while True:
                await loop.sock_sendall(opened, LINK_TEST * 200)


async def datagrams(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(SOURCE)
        opened.connect(("127.0.0.1", port))
        while True:
            for data in (b"A" * 1400, LINK_TEST, b"\r" * 1400):
                with contextlib.suppress(OSError):
                    opened.send(data)
            await asyncio.sleep(0)


if __name__ == "__main__":
    asyncio.run(
        dict(zip(KINDS, (garbage, slow_loris, churn, deaf, huge, datagrams), strict=True))[
            sys.argv[1]
        ](int(sys.argv[2]))
    )
