"""TLS on the doors, with real certificates and real handshakes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from pathlib import Path

import pytest
from certificates import make_certificate
from cryptography.hazmat.primitives import serialization
from lines import running_line
from test_listeners import frame, read

from receiver_bridge.codecs.surgard_encoder import encode_heartbeat
from receiver_bridge.config import ClientTls, NetworkAddress, ServerTls
from receiver_bridge.listeners.tcp_server import TcpServer

ANY = NetworkAddress("tcp-listen", "127.0.0.1", 0)


def trusting(authority: Path, *own: Path) -> ssl.SSLContext:
    """What a panel has that trusts this authority, with its own certificate if need be."""
    context = ssl.create_default_context(cafile=str(authority))
    if own:
        context.load_cert_chain(*own)
    return context


async def ask(port: int, context: ssl.SSLContext, number: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        writer.write(frame(number))
        return (await read(reader, 1))[0]
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def failures(line: object) -> float:
    return line.intake.metrics.handshake_failures.labels("line")._value.get()  # type: ignore[attr-defined]


async def until(condition: object, seconds: float = 20) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():  # type: ignore[operator]
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)


def test_a_panel_is_answered_over_tls_and_the_signal_says_so(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, tls=ServerTls(certificate, key)) as line:
            assert b'"ACK"0001' in await ask(line.port, trusting(certificate), 1)
            assert line.signals()[0]["source"].startswith("tls://127.0.0.1:")

    asyncio.run(scenario())


def test_frames_that_come_in_one_go_are_all_answered_over_tls(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, tls=ServerTls(certificate, key)) as line:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", line.port, ssl=trusting(certificate)
            )
            # More than one read of the door, more than the frames that may wait for the disk.
            writer.write(b"".join(frame(number) for number in range(1, 1001)))
            assert len(await read(reader, 1000)) == 1000
            writer.close()

    asyncio.run(scenario())


def test_who_speaks_no_tls_is_counted_and_cannot_fill_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    certificate, key = make_certificate(tmp_path)

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, tls=ServerTls(certificate, key)) as line:
            for number in range(1, 16):
                reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
                writer.write(frame(number))
                with contextlib.suppress(ConnectionError):
                    assert b"ACK" not in await asyncio.wait_for(reader.read(), 10)
                writer.close()
            await until(lambda: failures(line) == 15)
            # Who trusts somebody else does not stay either.
            with pytest.raises(OSError):
                await ask(line.port, ssl.create_default_context(), 1)
            await until(lambda: failures(line) == 16)
            assert line.signals() == []
            assert b'"ACK"0099' in await ask(line.port, trusting(certificate), 99)

    asyncio.run(scenario())
    assert caplog.text.count("no TLS with 127.0.0.1") == 10


def test_a_handshake_that_is_never_finished_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = make_certificate(tmp_path)
    monkeypatch.setattr("receiver_bridge.listeners.tcp_server._HANDSHAKE_TIMEOUT", 0.3)

    async def scenario() -> None:
        tls = ServerTls(certificate, key)
        async with running_line(tmp_path, ANY, tls=tls, max_connections=1) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            assert await asyncio.wait_for(reader.read(), 20) == b""
            writer.close()
            await until(lambda: failures(line) == 1)
            # Its place is free again.
            assert b'"ACK"0001' in await ask(line.port, trusting(certificate), 1)

    asyncio.run(scenario())


def test_only_who_has_a_certificate_of_the_authority_comes_in(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    ours, our_key = make_certificate(tmp_path, "panel")
    other, other_key = make_certificate(tmp_path, "stranger")

    async def scenario() -> None:
        tls = ServerTls(certificate, key, client_ca=ours)
        async with running_line(tmp_path, ANY, tls=tls) as line:
            assert b"ACK" in await ask(line.port, trusting(certificate, ours, our_key), 1)
            for context in (trusting(certificate), trusting(certificate, other, other_key)):
                with pytest.raises((OSError, asyncio.IncompleteReadError)):
                    await ask(line.port, context, 2)
            assert len(line.signals()) == 1

    asyncio.run(scenario())


def test_an_old_version_of_tls_is_refused(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    old = trusting(certificate)
    old.maximum_version = ssl.TLSVersion.TLSv1_2

    async def scenario() -> None:
        async with running_line(
            tmp_path, ANY, tls=ServerTls(certificate, key, minimum="1.3")
        ) as line:
            with pytest.raises(OSError):
                await ask(line.port, old, 1)
            assert b"ACK" in await ask(line.port, trusting(certificate), 1)

    asyncio.run(scenario())


def test_a_new_certificate_counts_for_new_connections_and_old_ones_stay(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    before = trusting(certificate)

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, tls=ServerTls(certificate, key)) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port, ssl=before)
            make_certificate(tmp_path)
            line.listener.reload_tls()
            assert b"ACK" in await ask(line.port, trusting(certificate), 1)
            with pytest.raises(OSError):
                await ask(line.port, before, 2)
            writer.write(frame(3))
            assert b'"ACK"0003' in (await read(reader, 1))[0]
            # A certificate that does not serve changes nothing.
            certificate.write_text("no certificate")
            with pytest.raises(OSError, match="server.pem"):
                line.listener.reload_tls()
            writer.write(frame(4))
            assert b'"ACK"0004' in (await read(reader, 1))[0]
            writer.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("verify", [True, False])
def test_a_receiver_that_is_a_tls_server_is_connected_to(tmp_path: Path, verify: bool) -> None:
    certificate, key = make_certificate(tmp_path)

    async def scenario() -> None:
        server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server_context.load_cert_chain(certificate, key)
        peers: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        server = await asyncio.start_server(
            lambda *streams: peers.put_nowait(streams), "127.0.0.1", 0, ssl=server_context
        )
        port = server.sockets[0].getsockname()[1]
        door = NetworkAddress("tcp-connect", "127.0.0.1", port)
        tls = ClientTls(ca_file=certificate) if verify else ClientTls(verify=False)
        async with running_line(tmp_path, door, "surgard", tls=tls) as line:
            reader, writer = await asyncio.wait_for(peers.get(), 10)
            writer.write(encode_heartbeat(line="000"))
            assert await asyncio.wait_for(reader.read(1), 10) == b"\x06"
            assert line.intake.line.state == "online"
            writer.close()
        server.close()

    asyncio.run(scenario())


def test_a_server_that_cannot_be_trusted_is_not_talked_to(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    other, _key = make_certificate(tmp_path, "other")

    async def scenario() -> None:
        server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server_context.load_cert_chain(certificate, key)
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=server_context)
        port = server.sockets[0].getsockname()[1]
        door = NetworkAddress("tcp-connect", "127.0.0.1", port)
        async with running_line(tmp_path, door, "surgard", tls=ClientTls(ca_file=other)) as line:
            await until(lambda: failures(line) >= 1)
            assert "certificate" in (line.intake.line.detail or "")
        server.close()

    asyncio.run(scenario())


def test_a_dead_peer_is_looked_for_in_both_directions(tmp_path: Path) -> None:
    def options(connected: socket.socket) -> tuple[int, ...]:
        names = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_USER_TIMEOUT)
        return (
            connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
            *(connected.getsockopt(socket.IPPROTO_TCP, name) for name in names),
        )

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, dead_peer_timeout=60) as line:
            reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
            writer.write(frame(1))
            await read(reader, 1)
            [stream] = line.listener._streams  # type: ignore[attr-defined]
            assert options(stream._transport.get_extra_info("socket")) == (1, 30, 10, 60_000)
            server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            door = NetworkAddress("tcp-connect", "127.0.0.1", port)
            folder = tmp_path / "client"
            folder.mkdir()
            async with running_line(folder, door, "surgard", dead_peer_timeout=30) as client:
                await until(lambda: client.intake.line.state == "online")
                [stream] = client.listener._streams  # type: ignore[attr-defined]
                assert options(stream._transport.get_extra_info("socket")) == (1, 15, 5, 30_000)
            server.close()
            writer.close()

    asyncio.run(scenario())


def test_a_key_with_a_passphrase_is_refused_without_asking_for_it(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    locked = tmp_path / "locked.key"
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    locked.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(ValueError, match="locked.key: protected by a passphrase"):
        ServerTls(certificate, locked).context()


def test_a_door_that_closes_right_after_it_let_somebody_in_counts_him_no_longer(
    tmp_path: Path,
) -> None:
    certificate, key = make_certificate(tmp_path)

    async def scenario() -> None:
        async with running_line(tmp_path, ANY, tls=ServerTls(certificate, key)) as line:
            server = line.listener
            assert isinstance(server, TcpServer)
            [listening] = server._sockets
            with socket.create_connection(("127.0.0.1", line.port)) as panel:
                server._accept(listening)
                assert server._shared.admission._all == 1
                await server.stop()
                assert server._shared.admission._all == 0
                panel.settimeout(10)
                assert panel.recv(100) == b""

    asyncio.run(scenario())
