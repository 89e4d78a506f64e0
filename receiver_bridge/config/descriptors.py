"""How many connections the system lets one process have."""

from __future__ import annotations

import resource
from typing import Final

RESERVED: Final = 200
"""Descriptors that are no connection of a door: journal, calls to Odoo, metrics, libraries."""


def most_descriptors() -> int:
    """What the process may raise its limit to (``LimitNOFILE`` of a systemd unit)."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return 1 << 30 if hard == resource.RLIM_INFINITY else hard


def most_connections() -> int:
    """So many of them can be connections."""
    return max(1, most_descriptors() - RESERVED)


def raise_limit(connections: int) -> None:
    """Let this process have so many connections, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(connections + RESERVED, most_descriptors())
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
