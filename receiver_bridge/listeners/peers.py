"""Addresses of the other side: how they are written, and whether they may come in."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from ..config import format_address

Network = IPv4Network | IPv6Network


def peer_host(socket_address: Sequence[object] | None) -> str:
    """The peer's address; an IPv4 address mapped into IPv6 is written as IPv4."""
    if not socket_address:
        return "unknown"
    text = str(socket_address[0]).partition("%")[0]
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return text
    return str(getattr(address, "ipv4_mapped", None) or address)


def source_of(scheme: str, socket_address: Sequence[object] | None) -> str:
    """``tcp://192.0.2.7:40000``: where a signal came from, for the record."""
    port = int(str(socket_address[1])) if socket_address else 0
    return f"{scheme}://{format_address(peer_host(socket_address), port)}"


def allowed(host: str, networks: Sequence[Network]) -> bool:
    """Whether ``host`` lies in one of the networks; without any network everybody may."""
    if not networks:
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)
