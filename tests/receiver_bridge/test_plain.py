"""The transport of a TCP connection without TLS, over real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lines import running_line

from receiver_bridge.config import NetworkAddress
from receiver_bridge.intake import Intake
from receiver_bridge.listeners.plain import PlainTransport
from receiver_bridge.listeners.tcp_server import TcpServer
from receiver_bridge.listeners.wires import Wires

ANY_TCP = NetworkAddress("tcp-listen", "127.0.0.1", 0)


class Recorder(asyncio.BufferedProtocol):
    """Writes down what it is told; ``on_resume`` is what it does when it may write again."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.lost = asyncio.Event()
        self.on_resume: Callable[[], None] = lambda: None
        self.on_data: Callable[[], None] = lambda: None
        self.on_lost: Callable[[], None] = lambda: None
        self._buffer = bytearray(1000)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.said.append(self._buffer[:nbytes].decode())
        self.on_data()

    def eof_received(self) -> bool:
        self.said.append("eof")
        return True

    def pause_writing(self) -> None:
        self.said.append("pause")

    def resume_writing(self) -> None:
        self.said.append("resume")
        self.on_resume()

    def connection_lost(self, error: Exception | None) -> None:
        self.said.append("lost")
        self.lost.set()
        self.on_lost()


def connected(
    scenario: Callable[[PlainTransport, Recorder, socket.socket], Awaitable[None]],
) -> None:
    """Run it with a connection whose other end is a plain socket."""

    async def run() -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        recorder = Recorder()
        loop = asyncio.get_running_loop()
        with theirs, ours, closing(Wires(loop)) as wires:
            transport = PlainTransport(loop, wires, ours, None, recorder)
            await scenario(transport, recorder, theirs)

    asyncio.run(run())


async def until(condition: Callable[[], bool]) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.005)

    await asyncio.wait_for(wait(), 20)


async def some_turns() -> None:
    for _turn in range(10):
        await asyncio.sleep(0)


def test_who_closes_when_all_is_sent_at_last_is_told_of_the_end_once() -> None:
    async def scenario(
        transport: PlainTransport, recorder: Recorder, theirs: socket.socket
    ) -> None:
        loop = asyncio.get_running_loop()
        recorder.on_resume = transport.close
        while transport.get_write_buffer_size() == 0:
            transport.write(bytes(10_000))
        # Just so much that one write takes all of it once the other end has read.
        transport.write(bytes(64 * 1024))
        assert recorder.said == ["pause"]
        while len(await asyncio.wait_for(loop.sock_recv(theirs, 10_000_000), 20)) > 0:
            pass
        await asyncio.wait_for(recorder.lost.wait(), 20)
        await some_turns()
        assert recorder.said == ["pause", "resume", "lost"]

    connected(scenario)


def test_all_that_was_written_before_a_close_arrives() -> None:
    async def scenario(
        transport: PlainTransport, recorder: Recorder, theirs: socket.socket
    ) -> None:
        loop = asyncio.get_running_loop()
        transport.write(bytes(3_000_000))
        transport.close()
        transport.write(b"too late")
        size = 0
        while data := await asyncio.wait_for(loop.sock_recv(theirs, 100_000), 20):
            size += len(data)
        assert size == 3_000_000
        await asyncio.wait_for(recorder.lost.wait(), 20)
        await some_turns()
        assert recorder.said.count("lost") == 1

    connected(scenario)


def test_an_abort_after_a_close_ends_it_at_once_and_once() -> None:
    async def scenario(
        transport: PlainTransport, recorder: Recorder, theirs: socket.socket
    ) -> None:
        transport.write(bytes(3_000_000))
        transport.close()
        await some_turns()
        assert "lost" not in recorder.said
        transport.abort()
        transport.abort()
        transport.close()
        await asyncio.wait_for(recorder.lost.wait(), 20)
        await some_turns()
        assert recorder.said.count("lost") == 1

    connected(scenario)


def test_a_socket_is_closed_even_if_the_end_cannot_be_dealt_with() -> None:
    async def scenario(
        transport: PlainTransport, recorder: Recorder, theirs: socket.socket
    ) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)

        def fail() -> None:
            raise RuntimeError("a defect")

        recorder.on_lost = fail
        transport.close()
        await asyncio.wait_for(recorder.lost.wait(), 20)
        await some_turns()
        assert transport.get_extra_info("socket").fileno() == -1

    connected(scenario)


def test_bytes_that_cannot_be_dealt_with_end_the_connection() -> None:
    """Else the sender would wait for answers to what is gone."""
    told: list[dict[str, Any]] = []

    async def scenario(
        transport: PlainTransport, recorder: Recorder, theirs: socket.socket
    ) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))

        def fail() -> None:
            raise RuntimeError("a defect")

        recorder.on_data = fail
        theirs.send(b"hello")
        await asyncio.wait_for(recorder.lost.wait(), 20)
        assert recorder.said == ["hello", "lost"]
        assert [str(context["exception"]) for context in told] == ["a defect"]

    connected(scenario)


def test_what_comes_is_held_back_while_reading_is_paused_and_the_end_is_seen_after_it() -> None:
    async def scenario(
        transport: PlainTransport, recorder: Recorder, theirs: socket.socket
    ) -> None:
        transport.pause_reading()
        theirs.send(b"one")
        theirs.shutdown(socket.SHUT_WR)
        await some_turns()
        assert recorder.said == []
        transport.resume_reading()
        await until(lambda: "eof" in recorder.said)
        assert recorder.said == ["one", "eof"]
        # The other end still reads.
        transport.write(b"answer")
        answer = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(theirs, 100), 20)
        assert answer == b"answer"
        transport.close()
        await asyncio.wait_for(recorder.lost.wait(), 20)

    connected(scenario)


def test_short_answers_are_not_kept_back_for_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP) as line:
            _reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            server = line.listener
            assert isinstance(server, TcpServer)
            await until(lambda: len(server._streams) == 1)
            [stream] = server._streams
            assert stream._transport is not None
            accepted = stream._transport.get_extra_info("socket")
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            writer.close()

    asyncio.run(scenario())


def test_a_connection_that_cannot_be_begun_is_closed_and_counted_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(self: Intake) -> None:
        raise RuntimeError("a defect")

    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, max_connections=1) as line:
            monkeypatch.setattr(Intake, "decoder", defect)
            for _attempt in range(3):
                reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
                with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
                    await asyncio.wait_for(reader.readexactly(1), 10)
                writer.close()
            await until(lambda: line.intake.connections.count == 0)
            assert line.intake.opened.count == 3
            refused = line.intake.metrics.refused.labels("line", "too many")
            assert refused._value.get() == 0

    asyncio.run(scenario())


def test_one_connection_that_cannot_be_looked_at_does_not_keep_the_others_open(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, idle_timeout=0.2) as line:
            server = line.listener
            assert isinstance(server, TcpServer)

            class Defect:
                def look(self, now: float) -> None:
                    raise RuntimeError("a defect")

                idle = True
                peer = "192.0.2.1"

                def nothing(self) -> None: ...

                stop_reading = close = abort = nothing

            # Several, so that some come before the real one in whatever order.
            defects: list[Any] = [Defect() for _ in range(50)]
            for defect in defects:
                server._streams.add(defect)
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            assert await asyncio.wait_for(reader.read(), 20) == b""
            server._streams.difference_update(defects)
            writer.close()

    asyncio.run(scenario())


def test_a_door_that_does_not_open_leaves_no_clock_running(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP) as line:
            taken = NetworkAddress("tcp-listen", "127.0.0.1", line.port)
            server = TcpServer(line.intake, taken, line.listener._shared)  # type: ignore[attr-defined]
            with pytest.raises(OSError, match="taken by another program"):
                await server.start()
            assert server._streams._timer is None

    asyncio.run(scenario())
