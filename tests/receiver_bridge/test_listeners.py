"""The doors, with real sockets and a real pseudo-terminal: every reply after the disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sqlite3
import termios
import tty
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import serial
from lines import HeldDisk, running_line

from receiver_bridge.codecs import Event
from receiver_bridge.codecs.dc09_encoder import encode_adm_cid, encode_null, encode_sia_dcs
from receiver_bridge.codecs.surgard_encoder import encode_contact_id, encode_heartbeat
from receiver_bridge.config import NetworkAddress, SerialPort
from receiver_bridge.listeners.serial import _explain

ANY_TCP = NetworkAddress("tcp-listen", "127.0.0.1", 0)
ANY_UDP = NetworkAddress("udp-listen", "127.0.0.1", 0)
BURGLARY = Event("cid", "130", "new", "01", "005", None, "005")


def frame(sequence: int, account: str = "1234", event: Event = BURGLARY) -> bytes:
    return encode_adm_cid(account, event, sequence=f"{sequence:04d}")


async def read(reader: asyncio.StreamReader, count: int) -> list[bytes]:
    """So many DC-09 replies."""
    return [await asyncio.wait_for(reader.readuntil(b"\r"), 10) for _ in range(count)]


def test_tcp_replies_come_in_order_for_glued_and_split_frames(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            data = b"".join(frame(number) for number in range(1, 31))
            writer.write(data[:100])
            await writer.drain()
            writer.write(data[100:])
            replies = await read(reader, 30)
            for number, reply in enumerate(replies, start=1):
                assert f'"ACK"{number:04d}L0#1234[]'.encode() in reply
            signals = line.signals()
            assert [signal["uid"].rsplit(":")[-1] for signal in signals] == [
                str(number) for number in range(1, 31)
            ]
            assert signals[0]["source"].startswith("tcp://127.0.0.1:")
            assert (signals[0]["code"], signals[0]["zone"]) == ("130", "005")
            assert bytes.fromhex(signals[0]["raw_hex"]) == frame(1)
            writer.close()

    asyncio.run(scenario())


def test_no_reply_leaves_before_the_commit(tmp_path: Path) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        async with running_line(tmp_path, ANY_TCP) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            disk = HeldDisk(line.journal)
            await loop.run_in_executor(None, disk.__enter__)
            writer.write(frame(1) + encode_null("1234"))
            answer = asyncio.create_task(reader.readuntil(b"\r"))
            done, _pending = await asyncio.wait([answer], timeout=0.3)
            # Not even the link test's reply, which waits for nothing, overtakes.
            assert not done
            assert line.signals() == []
            disk.__exit__()
            assert b'"ACK"0001' in await asyncio.wait_for(answer, 10)
            assert len(line.signals()) == 1
            assert b'"ACK"0000' in (await read(reader, 1))[0]
            writer.close()

    asyncio.run(scenario())


def test_a_journal_that_fails_gives_no_reply_and_recovers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP) as line:
            with sqlite3.connect(tmp_path / "journal.db") as other:
                other.execute(
                    "CREATE TRIGGER full BEFORE INSERT ON signal"
                    " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
                )
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            writer.write(frame(1) + encode_null("1234"))
            assert b'"ACK"0000' in (await read(reader, 1))[0]
            failures = line.intake.metrics.journal_failures.labels("line")
            assert failures._value.get() == 1
            with sqlite3.connect(tmp_path / "journal.db") as other:
                other.execute("DROP TRIGGER full")
            writer.write(frame(1))
            assert b'"ACK"0001' in (await read(reader, 1))[0]
            # The copy that failed is no original: what the panel sent again is the first.
            assert [signal["repeat_of"] for signal in line.signals()] == [None]
            writer.close()

    asyncio.run(scenario())


def test_a_retry_is_acknowledged_and_forwarded_as_one(tmp_path: Path) -> None:
    restore = Event("cid", "130", "restore", "01", "005", None, "005")

    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, repeat_window=180.0) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            # The last trip has the sequence of the first, as with panels that always say 0001.
            writer.write(frame(1) + frame(1) + frame(1, event=restore) + frame(1))
            assert len(await read(reader, 4)) == 4
            first, second, third, fourth = line.signals()
            assert second["repeat_of"] == first["uid"]
            assert [item["repeat_of"] for item in (first, third, fourth)] == [None] * 3
            writer.close()

    asyncio.run(scenario())


def test_several_events_in_one_frame_are_several_signals(tmp_path: Path) -> None:
    events = [Event("sia", "BA", address="1"), Event("sia", "TA", address="2")]

    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, repeat_window=180.0) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            data = encode_sia_dcs("1234", events, sequence="0007")
            writer.write(data + data)
            assert len(await read(reader, 2)) == 2
            signals = line.signals()
            assert [signal["code"] for signal in signals] == ["BA", "TA", "BA", "TA"]
            assert [signal["repeat_of"] for signal in signals] == [
                None,
                None,
                signals[0]["uid"],
                signals[1]["uid"],
            ]
            writer.close()

    asyncio.run(scenario())


def test_noise_is_forwarded_but_cannot_flood(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            broken = frame(1).replace(b"130", b"131")
            writer.write(broken * 50 + frame(2))
            assert b'"ACK"0002' in (await read(reader, 1))[0]
            signals = line.signals()
            assert [signal["kind"] for signal in signals] == ["unparsed"] * 10 + ["event"]
            assert signals[0]["text"] == "crc"
            assert bytes.fromhex(signals[0]["raw_hex"]) == broken
            assert line.intake.metrics.suppressed.labels("line")._value.get() == 40
            writer.close()

    asyncio.run(scenario())


def test_link_tests_are_answered_and_not_journaled(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            writer.write(encode_null("1234"))
            assert len(await read(reader, 1)) == 1
            assert line.signals() == []
            assert line.intake.line.last_frame_at is not None
            writer.close()

    asyncio.run(scenario())


def test_the_rest_of_a_broken_connection_is_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            writer.write(frame(1)[:30])
            writer.write_eof()
            assert await asyncio.wait_for(reader.read(), 10) == b""
            await line.listener.stop()
        # The journal is closed now: everything queued is written.

    asyncio.run(scenario())
    with sqlite3.connect(tmp_path / "journal.db") as journal:
        [(body,)] = journal.execute("SELECT body FROM signal").fetchall()
    assert frame(1)[:30].hex() in body


def test_who_has_said_all_still_gets_the_answer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            writer.write(frame(1))
            writer.write_eof()
            assert b'"ACK"0001' in await asyncio.wait_for(reader.read(), 10)
            writer.close()

    asyncio.run(scenario())


def test_strangers_and_too_many_are_refused(tmp_path: Path) -> None:
    async def refused(port: int) -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(frame(1))
            return await asyncio.wait_for(reader.read(1), 10) == b""
        except ConnectionError:
            return True
        finally:
            writer.close()

    async def scenario() -> None:
        networks = (ip_network("192.0.2.0/24"),)
        async with running_line(tmp_path, ANY_TCP, allow=networks) as line:
            assert await refused(line.port)
            assert line.signals() == []
        async with running_line(tmp_path, ANY_TCP, max_connections=1) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            writer.write(frame(1))
            await read(reader, 1)
            assert await refused(line.port)
            writer.close()

    asyncio.run(scenario())


def test_who_is_refused_cannot_fill_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, allow=(ip_network("192.0.2.0/24"),)) as line:
            for _knock in range(30):
                reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
                with contextlib.suppress(ConnectionError):
                    assert await asyncio.wait_for(reader.read(), 10) == b""
                writer.close()
            refused = line.intake.metrics.refused.labels("line", "address")
            assert refused._value.get() == 30

    asyncio.run(scenario())
    assert caplog.text.count("refused: address") == 10


def test_an_idle_connection_is_closed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY_TCP, idle_timeout=0.2) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()

    asyncio.run(scenario())


def test_udp_answers_each_datagram_where_it_came_from(tmp_path: Path) -> None:
    class Panel(asyncio.DatagramProtocol):
        def __init__(self) -> None:
            self.replies: asyncio.Queue[bytes] = asyncio.Queue()

        def datagram_received(self, data: bytes, address: object) -> None:
            self.replies.put_nowait(data)

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        async with running_line(tmp_path, ANY_UDP) as line:
            panels = []
            for number in (1, 2):
                transport, panel = await loop.create_datagram_endpoint(
                    Panel, remote_addr=("127.0.0.1", line.port)
                )
                transport.sendto(b"no frame")
                transport.sendto(frame(number))
                panels.append((transport, panel))
            for number, (transport, panel) in enumerate(panels, start=1):
                reply = await asyncio.wait_for(panel.replies.get(), 10)
                assert f'"ACK"{number:04d}'.encode() in reply
                transport.close()
            signals = line.signals()
            assert sorted(signal["kind"] for signal in signals) == ["event"] * 2 + ["unparsed"] * 2
            assert {signal["source"].partition(":")[0] for signal in signals} == {"udp"}

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("listen", "called"),
    [("0.0.0.0", "127.0.0.2"), ("::", "127.0.0.2"), ("::", "::1"), ("::1", "::1")],
)
def test_udp_answers_from_the_address_that_was_called(
    tmp_path: Path, listen: str, called: str
) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        async with running_line(tmp_path, NetworkAddress("udp-listen", listen, 0)) as line:
            family = socket.AF_INET6 if ":" in called else socket.AF_INET
            with socket.socket(family, socket.SOCK_DGRAM) as panel:
                panel.setblocking(False)
                panel.bind(("::1" if ":" in called else "127.0.0.1", 0))
                # Connected, it hears nobody but whom it called.
                panel.connect((called, line.port))
                await loop.sock_sendall(panel, frame(1))
                reply = await asyncio.wait_for(loop.sock_recv(panel, 4096), 10)
            assert b'"ACK"0001' in reply
            assert line.signals()[0]["source"].startswith(("udp://127.0.0.1:", "udp://[::1]:"))

    asyncio.run(scenario())


class Wire:
    """The receiver's end of a pseudo-terminal; the bridge opens the other by its path."""

    def __init__(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self._slave = slave

    async def ask(self, record: bytes) -> bytes:
        """Send and wait for one byte; without an answer send again, as receivers do."""
        loop = asyncio.get_running_loop()
        for _attempt in range(20):
            os.write(self.master, record)
            readable = asyncio.Event()
            loop.add_reader(self.master, readable.set)
            try:
                await asyncio.wait_for(readable.wait(), 1)
                return os.read(self.master, 1)
            except asyncio.TimeoutError:
                continue
            finally:
                loop.remove_reader(self.master)
        raise AssertionError("no answer")

    def close(self) -> None:
        os.close(self._slave)
        os.close(self.master)


def test_a_serial_receiver_gets_one_byte_for_each_record(tmp_path: Path) -> None:
    async def scenario() -> None:
        wire = Wire()
        async with running_line(tmp_path, SerialPort(wire.path), "surgard") as line:
            record = encode_contact_id("1234", BURGLARY)
            os.write(wire.master, record[:7])
            assert await wire.ask(record[7:]) == b"\x06"
            assert await wire.ask(encode_heartbeat()) == b"\x06"
            assert await wire.ask(record) == b"\x06"
            first, again = line.signals()
            assert (first["account"], first["code"], first["qualifier"]) == ("1234", "130", "new")
            assert first["source"] == wire.path
            assert again["repeat_of"] == first["uid"]
        wire.close()

    asyncio.run(scenario())


def test_a_cable_that_is_pulled_is_found_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        device = tmp_path / "tty"
        wire = Wire()
        device.symlink_to(wire.path)
        async with running_line(tmp_path, SerialPort(str(device)), "surgard") as line:
            assert await wire.ask(encode_heartbeat()) == b"\x06"
            wire.close()
            wire = Wire()
            device.unlink()
            device.symlink_to(wire.path)
            assert await wire.ask(encode_contact_id("1234", BURGLARY)) == b"\x06"
            assert line.signals()[0]["kind"] == "event"
            assert line.intake.line.state == "online"
        wire.close()

    asyncio.run(scenario())


def test_a_line_that_stops_takes_no_more_bytes(tmp_path: Path) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        wire = Wire()
        async with running_line(tmp_path, SerialPort(wire.path), "surgard") as line:
            first = await wire.ask(encode_contact_id("1234", BURGLARY))
            assert first == b"\x06"
            disk = HeldDisk(line.journal)
            await loop.run_in_executor(None, disk.__enter__)
            os.write(wire.master, encode_contact_id("1235", BURGLARY))
            frames = line.intake.metrics.frames.labels("line", "event", "accept")
            while frames.count < 2:
                await asyncio.sleep(0)
            stopping = asyncio.create_task(line.listener.stop())
            await asyncio.sleep(0)
            os.write(wire.master, encode_contact_id("1236", BURGLARY))
            disk.__exit__()
            await stopping
            assert [signal["account"] for signal in line.signals()] == ["1234", "1235"]
        wire.close()

    asyncio.run(scenario())


def test_a_device_that_goes_while_it_is_set_up_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_arguments: object) -> None:
        raise termios.error(5, "Input/output error")

    async def scenario() -> None:
        wire = Wire()
        with monkeypatch.context() as unplugged:
            unplugged.setattr(termios, "tcsetattr", gone)
            line_context = running_line(tmp_path, SerialPort(wire.path), "surgard")
            line = await asyncio.wait_for(line_context.__aenter__(), 10)
            assert line.intake.line.state == "down"
        assert await wire.ask(encode_heartbeat()) == b"\x06"
        await line_context.__aexit__(None, None, None)
        wire.close()

    asyncio.run(scenario())


def test_a_missing_device_is_tried_again_and_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        device = tmp_path / "tty"
        async with running_line(tmp_path, SerialPort(str(device)), "surgard") as line:
            assert line.intake.line.state == "down"
            assert "No such file" in (line.intake.line.detail or "")
            wire = Wire()
            device.symlink_to(wire.path)
            assert await wire.ask(encode_heartbeat()) == b"\x06"
        wire.close()

    asyncio.run(scenario())


def test_a_device_that_vanishes_without_a_word_is_noticed_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("receiver_bridge.listeners.serial._LOOK_EVERY", 0.1)

    async def scenario() -> None:
        device = tmp_path / "tty"
        first, second = Wire(), Wire()
        device.symlink_to(first.path)
        async with running_line(tmp_path, SerialPort(str(device)), "surgard") as line:
            assert await first.ask(encode_heartbeat()) == b"\x06"
            # As with drivers that keep an unplugged device open: the old one says nothing.
            device.unlink()
            while line.intake.line.state != "down":
                await asyncio.sleep(0.01)
            assert line.intake.line.detail in (
                "the device has gone",
                f"[Errno 2] could not open port {device}: [Errno 2] No such file or directory:"
                f" '{device}'",
            )
            device.symlink_to(second.path)
            assert await second.ask(encode_contact_id("1234", BURGLARY)) == b"\x06"
            assert line.intake.line.state == "online"
        first.close()
        second.close()

    asyncio.run(scenario())


def test_a_second_program_on_the_same_line_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        wire = Wire()
        other = tmp_path / "other"
        other.mkdir()
        async with running_line(tmp_path, SerialPort(wire.path), "surgard"):
            async with running_line(other, SerialPort(wire.path), "surgard") as second:
                assert second.intake.line.state == "down"
                assert second.intake.line.detail == f"{wire.path}: another program has it open"
        wire.close()

    asyncio.run(scenario())


def test_a_device_without_permission_or_that_is_no_line_is_said_in_words(tmp_path: Path) -> None:
    device = tmp_path / "tty"
    device.touch(mode=0o660)
    group = device.group()
    refused = serial.SerialException(13, f"could not open port {device}: Permission denied")
    assert _explain(refused, str(device)) == (
        f"no permission: {device} is of {device.owner()}:{group}, mode"
        f" {device.stat().st_mode & 0o777:04o}; add the user of the bridge to the group {group}"
    )

    async def scenario() -> None:
        async with running_line(tmp_path, SerialPort(str(device)), "surgard") as line:
            assert line.intake.line.detail == f"{device} is no serial line"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "settings",
    [
        {"bytesize": 7, "parity": "E", "stopbits": 2},
        {"bytesize": 7, "parity": "M"},
        {"parity": "S", "stopbits": 1.5},
        {"bytesize": 5, "parity": "O", "baudrate": 300},
        {"rtscts": True, "xonxoff": True},
        {"exclusive": False},
    ],
)
def test_every_setting_of_a_line_opens(tmp_path: Path, settings: dict[str, Any]) -> None:
    async def scenario() -> None:
        wire = Wire()
        async with running_line(tmp_path, SerialPort(wire.path, **settings), "surgard") as line:
            assert line.intake.line.state == "online"
            opened = line.listener._serial  # type: ignore[attr-defined]
            for name, value in settings.items():
                if name != "exclusive":
                    assert getattr(opened, name) == value
        wire.close()

    asyncio.run(scenario())


def test_a_driver_without_rs485_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        wire = Wire()
        async with running_line(tmp_path, SerialPort(wire.path, rs485=True), "surgard") as line:
            assert "its driver does not do RS-485" in (line.intake.line.detail or "")
        wire.close()

    asyncio.run(scenario())


def test_a_receiver_that_is_a_server_is_connected_to_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        peers: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        server = await asyncio.start_server(
            lambda *streams: peers.put_nowait(streams), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
        door = NetworkAddress("tcp-connect", "127.0.0.1", port)
        async with running_line(tmp_path, door, "surgard") as line:
            for _connection in range(2):
                reader, writer = await asyncio.wait_for(peers.get(), 10)
                writer.write(encode_heartbeat(line="000"))
                assert await asyncio.wait_for(reader.read(1), 10) == b"\x06"
                writer.close()
            assert line.signals() == []
        server.close()

    asyncio.run(scenario())
