"""Which addresses may come in at which receiver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


class AllowedSources:
    """What Odoo says of a receiver counts; where it says nothing, the bridge's own settings do.
    Without any network everybody may come in."""

    def __init__(self) -> None:
        self._from_odoo: Mapping[str, Sequence[Network]] = {}

    def replace(self, networks: Mapping[str, Sequence[Network]]) -> None:
        """``networks`` by receiver name, as Odoo has them; replaced as a whole."""
        self._from_odoo = networks

    def admits(self, receiver: str, own: Sequence[Network]) -> Callable[[str], bool]:
        """The question of one receiver: may this host (an address as text) come in?"""

        def admitted(host: str) -> bool:
            networks = self._from_odoo.get(receiver) or own
            if not networks:
                return True
            try:
                address = ip_address(host)
            except ValueError:
                return False
            return any(address in network for network in networks)

        return admitted
