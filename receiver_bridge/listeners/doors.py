"""What all doors of a bridge share, and how sockets are opened for them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from dataclasses import dataclass, field
from typing import Any

from ..admission import Admission
from ..config import Door, NetworkAddress, SerialPort
from ..turns import Turns


@dataclass(frozen=True, slots=True)
class Shared:
    """One for each bridge: who is served next, and how many connections there are in all."""

    turns: Turns = field(default_factory=Turns)
    admission: Admission = field(default_factory=Admission)


async def open_sockets(address: NetworkAddress, kind: socket.SocketKind) -> list[socket.socket]:
    """A bound socket for every address that the host has: ``[::]`` takes IPv4 too, a name may have
    several. With port 0 all get the same. Raises OSError naming the address that cannot be had."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(address.host, address.port, type=kind, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    port = address.port
    missing: OSError | None = None
    for family, own_kind, protocol, _name, where in dict.fromkeys(found):
        try:
            opened = _bound(family, own_kind, protocol, (where[0], port, *where[2:]))
        except OSError as error:
            missing = error
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                break
            # One of a name's addresses may be of a family that this machine does not have.
            continue
        sockets.append(opened)
        port = port or opened.getsockname()[1]
    if missing is not None and (
        not sockets or missing.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    ):
        for opened in sockets:
            opened.close()
        raise missing
    return sockets


def _bound(family: int, kind: int, protocol: int, where: tuple[Any, ...]) -> socket.socket:
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setblocking(False)
        if kind == socket.SOCK_STREAM:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, where[0] != "::")
        opened.bind(where)
    except OSError as error:
        opened.close()
        raise OSError(error.errno, _bind_words(error), where[0]) from None
    return opened


def _bind_words(error: OSError) -> str:
    words = {
        errno.EADDRINUSE: "the port is taken by another program",
        errno.EADDRNOTAVAIL: "no address of this machine",
        errno.EACCES: "ports below 1024 need the capability CAP_NET_BIND_SERVICE",
    }
    return words.get(error.errno or 0, error.strerror or str(error))


async def probe_door(door: Door) -> OSError | None:
    """Whether a door could be opened now: opens what listens and closes it at once. Of a serial
    port only that it may be opened: one that is not there is waited for when the bridge runs."""
    if isinstance(door, SerialPort):
        if os.path.exists(door.device) and not os.access(door.device, os.R_OK | os.W_OK):
            return PermissionError(errno.EACCES, explain_no_access(door.device))
        return None
    if door.scheme == "tcp-connect":
        return None
    kind = socket.SOCK_DGRAM if door.scheme == "udp-listen" else socket.SOCK_STREAM
    try:
        for opened in await open_sockets(door, kind):
            opened.close()
    except OSError as error:
        return error
    return None


def explain_no_access(device: str) -> str:
    """Who may open the device, so that one knows what to change."""
    with contextlib.suppress(OSError, KeyError):
        import grp
        import pwd

        found = os.stat(device)
        group, owner = grp.getgrgid(found.st_gid).gr_name, pwd.getpwuid(found.st_uid).pw_name
        return (
            f"no permission: {device} is of {owner}:{group}, mode {found.st_mode & 0o777:04o};"
            f" add the user of the bridge to the group {group}"
        )
    return f"no permission for {device}"


def notice_dead_peer(connected: Any, seconds: float) -> None:
    """Let TCP find out within about so many seconds that the other side is gone, whether the line
    is empty (keepalive) or answers are under way to it (user time-out). 0: never."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, seconds > 0)
    if seconds <= 0:
        return
    options = {
        "TCP_KEEPIDLE": max(1, round(seconds / 2)),
        "TCP_KEEPINTVL": max(1, round(seconds / 6)),
        "TCP_KEEPCNT": 3,
        "TCP_USER_TIMEOUT": round(seconds * 1000),
    }
    for name, value in options.items():
        option = getattr(socket, name, None)
        if option is not None:
            connected.setsockopt(socket.IPPROTO_TCP, option, value)
