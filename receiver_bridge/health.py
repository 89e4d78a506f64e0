"""``/metrics`` for Prometheus and ``/healthz`` for whoever restarts what is ill."""

from __future__ import annotations

import json
import logging
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from .config import NetworkAddress, format_address

_logger = logging.getLogger(__name__)


class HealthServer:
    """Serves in a thread of its own. ``health`` gives (is healthy, what to show as JSON): healthy
    is a bridge that can take signals; Odoo being down does not make it ill."""

    def __init__(
        self,
        address: NetworkAddress,
        registry: CollectorRegistry,
        health: Callable[[], tuple[bool, dict[str, Any]]],
    ) -> None:
        """Raises OSError when the address cannot be listened on."""

        class Handler(BaseHTTPRequestHandler):
            timeout = 10  # seconds that a client may take to ask

            def do_GET(self) -> None:
                if self.path == "/metrics":
                    self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
                elif self.path == "/healthz":
                    healthy, shown = health()
                    body = json.dumps(shown, indent=1).encode() + b"\n"
                    self._answer(200 if healthy else 503, "application/json", body)
                else:
                    self._answer(404, "text/plain", b"/metrics or /healthz\n")

            def _answer(self, status: int, content_type: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                _logger.debug(format, *arguments)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                # Who asks and does not wait for the answer is no news, and no traceback.
                _logger.debug("metrics: %s has gone: %s", client_address, sys.exc_info()[1])

            address_family = socket.AF_INET6 if ":" in address.host else socket.AF_INET

        try:
            self._server = Server((address.host, address.port), Handler)
        except OSError as error:
            raise OSError(f"metrics: {address.host}:{address.port}: {error.strerror}") from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="health", daemon=True
        )

    @property
    def address(self) -> str:
        host, port = self._server.server_address[:2]
        return format_address(str(host), port)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
