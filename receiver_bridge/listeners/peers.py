"""Addresses of the other side, and how they are written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from ..config import format_address


def peer_host(socket_address: Sequence[object] | None) -> str:
    """The peer's address; an IPv4 address mapped into IPv6 is written as IPv4."""
    return _host(str(socket_address[0])) if socket_address else "unknown"


@lru_cache(maxsize=4096)
def _host(text: str) -> str:
    text = text.partition("%")[0]
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return text
    return str(getattr(address, "ipv4_mapped", None) or address)


def source_of(scheme: str, socket_address: Sequence[object] | None) -> str:
    """``tcp://192.0.2.7:40000``: where a signal came from, for the record."""
    port = int(str(socket_address[1])) if socket_address else 0
    return f"{scheme}://{format_address(peer_host(socket_address), port)}"
