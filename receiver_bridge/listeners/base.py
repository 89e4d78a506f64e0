"""What every door does, and which one belongs to which address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..config import NetworkAddress, SerialPort
from ..intake import Intake
from .doors import Shared


class Listener(Protocol):
    """A door of one receiver. ``start`` returns once the door is open or, where the other side may
    be missing (serial device, server to connect to), once it is being tried."""

    async def start(self) -> None:
        """Raises OSError when the door can never open as configured (address in use)."""
        ...

    async def stop(self) -> None:
        """Take no more bytes; replies that wait for the disk still go out."""
        ...

    def reload_tls(self) -> None:
        """Read the certificates anew, for connections from now on; nothing to do where there are
        none. Raises OSError when they do not serve."""
        ...


def open_listener(intake: Intake, shared: Shared | None = None) -> Listener:
    """The listener for the receiver's ``connect`` address, not started. ``shared`` is what it has
    in common with the bridge's other doors; on its own it has one for itself."""
    from .serial import SerialListener
    from .tcp_client import TcpClient
    from .tcp_server import TcpServer
    from .udp import UdpListener

    door, shared = intake.settings.door, shared or Shared()
    if isinstance(door, SerialPort):
        return SerialListener(intake, door, shared)
    by_scheme: dict[str, Callable[[Intake, NetworkAddress, Shared], Listener]] = {
        "tcp-listen": TcpServer,
        "tcp-connect": TcpClient,
        "udp-listen": UdpListener,
    }
    return by_scheme[door.scheme](intake, door, shared)
