"""Which addresses may come in at which receiver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


class AllowedSources:
    """A host must be allowed by what Odoo says of a receiver and by the bridge's own settings; each
    that names no network allows everybody. So neither can be widened by the other: who may type in
    Odoo does not open what the bridge's technician has closed, and the other way round."""

    def __init__(self) -> None:
        self._from_odoo: Mapping[str, Sequence[Network]] = {}

    def replace(self, networks: Mapping[str, Sequence[Network]]) -> None:
        """``networks`` by receiver name, as Odoo has them; replaced as a whole."""
        self._from_odoo = networks

    def admits(self, receiver: str, own: Sequence[Network]) -> Callable[[str], bool]:
        """The question of one receiver: may this host (an address as text) come in?"""

        def admitted(host: str) -> bool:
            from_odoo = self._from_odoo.get(receiver)
            if not from_odoo and not own:
                return True
            try:
                address = ip_address(host)
            except ValueError:
                return False
            return all(
                any(address in network for network in networks)
                for networks in (from_odoo, own)
                if networks
            )

        return admitted
