"""Who may come in: allowed addresses, and how many connections at once."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from ipaddress import ip_address

from .intake import Intake


@lru_cache(maxsize=4096)
def address_group(host: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 network that one IPv6 site has."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ip_address(int(address) >> 64 << 64)) + "/64"


class Admission:
    """Counts the connections of all doors; ``most`` over all of them may change, 0 is no limit."""

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self._all = 0
        self._receivers: Counter[str] = Counter()
        self._addresses: Counter[tuple[str, str]] = Counter()

    def enter(self, intake: Intake, host: str) -> str | None:
        """None: the connection is counted until it leaves; else why it may not come in."""
        settings = intake.settings
        address = (settings.name, address_group(host))
        each = settings.max_connections_per_address or settings.max_connections
        if not intake.admits(host):
            return "address"
        if self._receivers[settings.name] >= settings.max_connections:
            return "too many"
        if self._addresses[address] >= each:
            return "too many of one address"
        if self.most and self._all >= self.most:
            return "too many over all doors"
        self._all += 1
        self._receivers[settings.name] += 1
        self._addresses[address] += 1
        return None

    def leave(self, receiver: str, host: str) -> None:
        """A connection that had come in is gone."""
        address = (receiver, address_group(host))
        self._all -= 1
        self._receivers[receiver] -= 1
        self._addresses[address] -= 1
        if self._addresses[address] <= 0:
            del self._addresses[address]
