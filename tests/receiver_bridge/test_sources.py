"""Who may come in: whom the bridge's own settings and Odoo both allow, where they say anything."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from receiver_bridge.sources import AllowedSources, Network

SITE: tuple[Network, ...] = (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))
HALF: tuple[Network, ...] = (ip_network("192.0.2.0/25"),)
OTHER: tuple[Network, ...] = (ip_network("198.51.100.0/24"),)


@pytest.mark.parametrize(
    ("own", "from_odoo", "host", "admitted"),
    [
        ((), (), "203.0.113.9", True),
        ((), (), "no address", True),
        (SITE, (), "192.0.2.200", True),
        (SITE, (), "2001:db8::7", True),
        (SITE, (), "203.0.113.9", False),
        (SITE, (), "no address", False),
        ((), SITE, "192.0.2.200", True),
        ((), SITE, "203.0.113.9", False),
        (SITE, HALF, "192.0.2.7", True),
        (SITE, HALF, "192.0.2.200", False),
        (HALF, SITE, "192.0.2.200", False),
        (SITE, OTHER, "192.0.2.7", False),
        (SITE, OTHER, "198.51.100.7", False),
    ],
)
def test_each_list_that_names_networks_must_hold_the_host(
    own: tuple[Network, ...], from_odoo: tuple[Network, ...], host: str, admitted: bool
) -> None:
    sources = AllowedSources()
    admits = sources.admits("dc-1", own)
    sources.replace({"dc-1": from_odoo, "dc-2": OTHER})
    assert admits(host) is admitted
