"""What systemd wants to hear of a service (sd_notify(3)), said by its own protocol: datagrams of
``NAME=value`` lines to the socket that ``NOTIFY_SOCKET`` names. Without systemd nothing is said.

The watchdog is fed only while the event loop turns and the journal makes progress: a bridge whose
disk hangs acknowledges nothing, and only a restart may help. A disk that is full is no hang: it
fails at once, is shouted, and gets well by itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping

_logger = logging.getLogger(__name__)


class Notifier:
    """``environment`` is the process's; ``NOTIFY_SOCKET`` is a path, or an abstract name after
    ``@``."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._socket: socket.socket | None = None
        self.watchdog_interval = _watchdog_interval(environment)
        """Seconds between two signs of life that systemd wants; 0 without a watchdog."""
        if not address:
            return
        if address.startswith("@"):
            address = "\0" + address[1:]
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        try:
            opened.connect(address)
        except OSError as error:
            opened.close()
            _logger.error("systemd does not hear the bridge: NOTIFY_SOCKET: %s", error)
            return
        opened.setblocking(False)
        self._socket = opened

    def ready(self, status: str) -> None:
        """Start or reload is over."""
        self._say("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        self._say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._say("STOPPING=1", "STATUS=stopping: replies that wait for the disk go out")

    def alive(self, status: str) -> None:
        """A sign of life for the watchdog."""
        self._say("WATCHDOG=1", f"STATUS={status}")

    async def feed_watchdog(self, beat: Callable[[], None], status: Callable[[], str]) -> None:
        """Until cancelled: a sign of life each time that ``beat`` has come back. It runs in a
        thread, so that it may wait for the disk; it is not called again before it comes back."""
        if not self.watchdog_interval:
            return
        loop = asyncio.get_running_loop()
        while True:
            await loop.run_in_executor(None, beat)
            self.alive(status())
            await asyncio.sleep(self.watchdog_interval)

    def _say(self, *lines: str) -> None:
        if self._socket is None:
            return
        text = "\n".join(line.replace("\n", " ") for line in lines)
        try:
            self._socket.send(text.encode())
        except OSError as error:
            _logger.warning("systemd does not hear %r: %s", lines[0], error)


def _watchdog_interval(environment: Mapping[str, str]) -> float:
    """A third of what systemd allows, so that one late sign of life is not the last."""
    owner = environment.get("WATCHDOG_PID", "")
    if owner and owner != str(os.getpid()):
        return 0.0
    try:
        return int(environment.get("WATCHDOG_USEC", "0")) / 3_000_000
    except ValueError:
        return 0.0
