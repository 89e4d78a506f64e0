"""The metrics page and those who ask for it badly."""

from __future__ import annotations

import socket
import struct

import pytest
from prometheus_client import CollectorRegistry

from receiver_bridge.config import NetworkAddress
from receiver_bridge.health import HealthServer


def test_who_does_not_wait_for_the_answer_makes_no_traceback(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def health() -> tuple[bool, dict[str, str]]:
        # The client has gone meanwhile, with a reset.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        return True, {"much": "x" * 5_000_000}

    server = HealthServer(NetworkAddress("tcp-listen", "127.0.0.1", 0), CollectorRegistry(), health)
    host, _separator, port = server.address.rpartition(":")
    client = socket.create_connection((host, int(port)))
    client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
    # In this thread, so that it is over when the call returns.
    server._server.daemon_threads = False
    server._server.handle_request()
    server._server.server_close()
    assert "Traceback" not in capfd.readouterr().err
