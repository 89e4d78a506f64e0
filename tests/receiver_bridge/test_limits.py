"""Slow, greedy and stubborn senders at a door: each has its limit, and nothing is dropped in
silence."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from pathlib import Path

import pytest
from lines import TestLine, running_line
from test_listeners import ANY_TCP, ANY_UDP, Wire, frame, read
from test_tls import until

from receiver_bridge.admission import Admission, address_group
from receiver_bridge.codecs.dc09_encoder import encode_null
from receiver_bridge.codecs.surgard_encoder import encode_heartbeat
from receiver_bridge.config import NetworkAddress, SerialPort
from receiver_bridge.listeners import probe_door
from receiver_bridge.tallies import Cell
from receiver_bridge.turns import Turns


def counted(line: TestLine, name: str, *labels: str) -> float:
    metric = getattr(line.intake.metrics, name)
    row = metric.labels("line", *labels)
    return float(row.count if isinstance(row, Cell) else row._value.get())


def test_a_frame_that_is_never_finished_ends_its_connection_and_is_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, frame_timeout=0.4) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            # Byte after byte: never silent, never ready.
            dripped = b""
            while not reader.at_eof() and len(dripped) < 60:
                writer.write(frame(1)[len(dripped) : len(dripped) + 1])
                dripped += frame(1)[len(dripped) : len(dripped) + 1]
                await asyncio.sleep(0.05)
                if counted(line, "slow", "frame not finished"):
                    break
            assert await asyncio.wait_for(reader.read(), 10) == b""
            assert counted(line, "slow", "frame not finished") == 1
            await until(lambda: len(line.signals()) == 1)
            [kept] = line.signals()
            assert kept["kind"] == "unparsed"
            assert dripped.startswith(bytes.fromhex(kept["raw_hex"]))
            writer.close()

    asyncio.run(scenario())


def test_a_pause_between_frames_is_no_slow_frame(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, frame_timeout=0.2) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            for number in (1, 2, 3):
                # Line ends of a panel that says more of them than it must.
                writer.write(frame(number) + b"\r\n")
                assert f'"ACK"{number:04d}'.encode() in (await read(reader, 1))[0]
                await asyncio.sleep(0.5)
            assert counted(line, "slow", "frame not finished") == 0
            writer.close()

    asyncio.run(scenario())


def test_a_noise_on_a_cable_does_not_wait_for_the_next_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("receiver_bridge.listeners.serial._LOOK_EVERY", 0.1)

    async def scenario() -> None:
        wire = Wire()
        port = SerialPort(wire.path)
        async with running_line(tmp_path, port, "surgard", frame_timeout=0.2) as line:
            os.write(wire.master, b"\x1f\x1f")
            await until(lambda: len(line.signals()) == 1)
            assert line.signals()[0]["raw_hex"] == "1f1f"
            assert await wire.ask(encode_heartbeat()) == b"\x06"
            assert line.intake.line.state == "online"
        wire.close()

    asyncio.run(scenario())


def test_one_address_cannot_take_all_connections(tmp_path: Path) -> None:
    async def connect(port: int, source: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))

    async def scenario() -> None:
        async with running_line(
            tmp_path, ANY_TCP, max_connections=4, max_connections_per_address=2
        ) as line:
            greedy = [await connect(line.port, "127.0.0.2") for _ in range(3)]
            assert await asyncio.wait_for(greedy[2][0].read(), 10) == b""
            assert counted(line, "refused", "too many of one address") == 1
            reader, writer = await connect(line.port, "127.0.0.1")
            writer.write(frame(1))
            assert len(await read(reader, 1)) == 1
            # Whoever goes makes room.
            greedy[0][1].close()
            await until(lambda: line.intake.metrics.connections.labels("line").count == 2)
            reader, again = await connect(line.port, "127.0.0.2")
            again.write(frame(2))
            assert len(await read(reader, 1)) == 1
            for _reader, stream in [*greedy, (reader, again), (reader, writer)]:
                stream.close()

    asyncio.run(scenario())


def test_an_ipv6_site_is_one_address_whatever_it_calls_itself() -> None:
    assert address_group("2001:db8:1:2::1") == address_group("2001:db8:1:2:ffff::9")
    assert address_group("2001:db8:1:2::1") != address_group("2001:db8:1:3::1")
    assert address_group("192.0.2.7") == "192.0.2.7"
    assert address_group("unknown") == "unknown"


def test_connections_are_limited_over_all_doors(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP) as line:
            admission = Admission(most=2)
            assert admission.enter(line.intake, "192.0.2.1") is None
            assert admission.enter(line.intake, "192.0.2.2") is None
            assert admission.enter(line.intake, "192.0.2.3") == "too many over all doors"
            admission.leave("line", "192.0.2.1")
            assert admission.enter(line.intake, "192.0.2.3") is None

    asyncio.run(scenario())


def test_who_sends_more_than_his_rate_waits_and_loses_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, frames_per_second=100) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            began = time.monotonic()
            writer.write(b"".join(frame(number) for number in range(1, 401)))
            assert len(await read(reader, 400)) == 400
            # 200 at once, the other 200 at 100 a second; the last turn's worth is not waited for.
            assert time.monotonic() - began > 1.0
            assert counted(line, "waits") > 0
            writer.close()

    asyncio.run(scenario())


def test_the_rate_of_one_address_does_not_slow_another(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, bytes_per_second=1000) as line:
            _reader, greedy = await asyncio.open_connection(
                "127.0.0.1", line.port, local_addr=("127.0.0.2", 0)
            )
            greedy.write(b"A\r" * 100_000)
            await until(lambda: counted(line, "waits") > 0)
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            writer.write(frame(1))
            assert b'"ACK"0001' in (await read(reader, 1))[0]
            greedy.transport.abort()
            writer.close()

    asyncio.run(scenario())


def test_datagrams_beyond_the_rate_are_not_answered_and_are_counted(tmp_path: Path) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        async with running_line(tmp_path, ANY_UDP, frames_per_second=5) as line:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as panel:
                panel.setblocking(False)
                panel.connect(("127.0.0.1", line.port))
                for _number in range(50):
                    await loop.sock_sendall(panel, encode_null("1234"))
                await until(lambda: counted(line, "refused", "rate") > 30)
                assert b"ACK" in await asyncio.wait_for(loop.sock_recv(panel, 4096), 10)

    asyncio.run(scenario())


def test_a_datagram_at_the_edge_of_the_rate_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        async with running_line(tmp_path, ANY_UDP, frames_per_second=20) as line:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as panel:
                panel.setblocking(False)
                panel.connect(("127.0.0.1", line.port))
                for number in range(1, 301, 2):
                    await loop.sock_sendall(panel, frame(number) + frame(number + 1))
                    await asyncio.sleep(0.005)
            await until(lambda: counted(line, "refused", "rate") > 0)
            taken = line.signals()
            assert len(taken) >= 10
            assert {signal["kind"] for signal in taken} == {"event"}

    asyncio.run(scenario())


def test_what_waits_when_its_sender_hangs_up_is_kept_in_one_piece(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, frames_per_second=50) as line:
            _reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            # In one read of the door, so that nothing of it is lost with the connection.
            writer.write(b"".join(frame(number) for number in range(1, 201)))
            await until(lambda: counted(line, "waits") > 0)
            writer.transport.abort()
            await line.listener.stop()
            await until(lambda: any(item["kind"] == "unparsed" for item in line.signals()))
            signals = line.signals()
            events = [item for item in signals if item["kind"] == "event"]
            [rest] = [item for item in signals if item["kind"] == "unparsed"]
            raw = b"".join(bytes.fromhex(item["raw_hex"]) for item in events)
            sent = b"".join(frame(number) for number in range(1, 201))
            assert sent == raw + bytes.fromhex(rest["raw_hex"])

    asyncio.run(scenario())


def test_who_never_reads_the_answers_is_cut_off(tmp_path: Path) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        async with running_line(tmp_path, ANY_TCP, frame_timeout=0.5) as line:
            with socket.socket() as deaf:
                deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                deaf.setblocking(False)
                await loop.sock_connect(deaf, ("127.0.0.1", line.port))
                asks = encode_null("1234") * 500

                async def flood() -> None:
                    while True:
                        await loop.sock_sendall(deaf, asks)

                flooding = asyncio.create_task(flood())
                await until(lambda: counted(line, "slow", "answers not read") == 1, 60)
                with pytest.raises(ConnectionError):
                    await asyncio.wait_for(flooding, 20)

    asyncio.run(scenario())


def test_a_wildcard_of_ipv6_takes_ipv4_too(tmp_path: Path) -> None:
    door = NetworkAddress("tcp-listen", "::", 0)

    async def scenario() -> None:
        async with running_line(tmp_path, door) as line:
            for called in ("127.0.0.1", "::1"):
                reader, writer = await asyncio.open_connection(called, line.port)
                writer.write(frame(1))
                assert len(await read(reader, 1)) == 1
                writer.close()
            sources = [signal["source"] for signal in line.signals()]
            assert sources[0].startswith("tcp://127.0.0.1:")
            assert sources[1].startswith("tcp://[::1]:")

    asyncio.run(scenario())


def test_a_name_with_several_addresses_is_listened_on_at_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = asyncio.BaseEventLoop.getaddrinfo

    async def both(self: asyncio.BaseEventLoop, host: str, port: int, **more: int) -> list[object]:
        if host != "centre.example":
            return list(await real(self, host, port, **more))
        kind = more["type"]
        return [
            (socket.AF_INET6, kind, 0, "", ("::1", port, 0, 0)),
            (socket.AF_INET, kind, 0, "", ("127.0.0.1", port)),
            # Of another machine, or of a family that this one does not have.
            (socket.AF_INET, kind, 0, "", ("192.0.2.1", port)),
        ]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", both)

    async def scenario() -> None:
        door = NetworkAddress("tcp-listen", "centre.example", 0)
        async with running_line(tmp_path, door) as line:
            assert line.intake.line.address == f"tcp-listen://centre.example:{line.port}"
            for called in ("127.0.0.1", "::1"):
                reader, writer = await asyncio.open_connection(called, line.port)
                writer.write(frame(1))
                assert len(await read(reader, 1)) == 1
                writer.close()

    asyncio.run(scenario())


def test_why_a_door_cannot_open_is_said_in_words(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP) as line:
            taken = await probe_door(NetworkAddress("tcp-listen", "127.0.0.1", line.port))
            assert taken is not None
            assert taken.strerror == "the port is taken by another program"
        foreign = await probe_door(NetworkAddress("udp-listen", "192.0.2.1", 9000))
        assert foreign is not None
        assert foreign.strerror == "no address of this machine"
        assert await probe_door(NetworkAddress("tcp-connect", "192.0.2.1", 9000)) is None
        assert await probe_door(SerialPort("/dev/none")) is None

    asyncio.run(scenario())


def test_addresses_take_turns_however_many_connections_one_of_them_has() -> None:
    async def scenario() -> None:
        turns = Turns()
        order: list[str] = []
        greedy, modest = turns.pace("line", "greedy"), turns.pace("line", "modest")
        for number in range(3):
            turns.wait(greedy, lambda number=number: order.append(f"greedy {number}"))
        turns.wait(modest, lambda: order.append("modest"))
        await until(lambda: len(order) == 4)
        assert order == ["greedy 0", "modest", "greedy 1", "greedy 2"]
        assert greedy.free

    asyncio.run(scenario())


def test_a_turn_that_fails_does_not_end_the_turns_of_others() -> None:
    def defect() -> None:
        raise RuntimeError("a defect")

    async def scenario() -> None:
        turns = Turns()
        pace = turns.pace("line", "x")
        done = asyncio.Event()
        turns.wait(pace, defect)
        turns.wait(pace, done.set)
        await asyncio.wait_for(done.wait(), 10)

    asyncio.run(scenario())


def test_a_rate_is_regained_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Rates:
        frames_per_second = 10.0
        bytes_per_second = 0.0

    clock = [1000.0]
    monkeypatch.setattr("receiver_bridge.turns.time.monotonic", lambda: clock[0])
    pace = Turns().pace("line", "x", Rates)
    pace.spend(20, 1_000_000, clock[0])
    assert pace.debt == 0
    pace.spend(10, 0, clock[0])
    assert pace.debt == pytest.approx(1.0)
    clock[0] += 1.0
    assert pace.free
    clock[0] += 100.0
    pace.spend(21, 0, clock[0])
    assert pace.debt == pytest.approx(0.1)


def test_what_came_while_there_was_no_limit_is_no_debt_once_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Rates:
        frames_per_second = 0.0
        bytes_per_second = 0.0

    clock = [1000.0]
    monkeypatch.setattr("receiver_bridge.turns.time.monotonic", lambda: clock[0])
    pace = Turns().pace("line", "x", Rates)
    for _minute in range(1000):
        clock[0] += 60.0
        pace.spend(100_000, 10_000_000, clock[0])
    Rates.frames_per_second = 5000.0
    Rates.bytes_per_second = 2_000_000.0
    # What has come since the last look counts, and no more.
    assert pace.debt <= 20.0
