"""The checked configuration as frozen values; nothing here reads or opens anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from ..codecs.base import ClearPolicy, TimestampPolicy
from .doors import Door, NetworkAddress

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class OdooSettings:
    """Where the signals go. ``timeout`` is in seconds and covers one call; ``key`` is kept out of
    every representation so that no log can show it."""

    url: str
    database: str
    login: str
    key: str = field(repr=False)
    transport: Literal["xmlrpc", "json2"] = "xmlrpc"
    timeout: float = 30.0
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """``path`` of the SQLite file; delivered rows are kept for ``retention_days``."""

    path: Path
    retention_days: float = 7.0


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    listen: NetworkAddress


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """What one source says of an account; None: it says nothing of that, another may.

    Fields as in :class:`receiver_bridge.codecs.AccountRules`; ``tolerate`` adds to what others say.
    """

    key: bytes | None = field(default=None, repr=False)
    timestamps: TimestampPolicy | None = None
    tolerate: frozenset[str] = frozenset()
    clear: ClearPolicy | None = None


@dataclass(frozen=True, slots=True)
class ReceiverSettings:
    """One line. ``heartbeat``: seconds between the receiver's own heartbeats, 0 when it sends none.

    ``accounts``: what this line's key file says of accounts, ``*`` for all others.
    ``timestamps``, ``tolerate``, ``clear``: for accounts of which nothing else is said.
    ``options``: choices that the format leaves open, see ``codecs.Setting``.
    ``repeat_window``: seconds within which the same record on the same line is a link-level retry.
    ``idle_timeout``: seconds after which a silent connection is closed, 0 never.
    """

    name: str
    format: str
    door: Door
    accounts: dict[str, AccountSettings] = field(default_factory=dict, repr=False)
    heartbeat: float = 0.0
    allow: tuple[Network, ...] = ()
    timestamps: TimestampPolicy = "check"
    tolerate: frozenset[str] = frozenset()
    clear: ClearPolicy = "accept"
    repeat_window: float = 16.0
    options: Mapping[str, str] = field(default_factory=dict)
    max_frame: int = 8192
    max_connections: int = 1000
    idle_timeout: float = 900.0


@dataclass(frozen=True, slots=True)
class Config:
    name: str
    odoo: OdooSettings
    journal: JournalSettings
    metrics: MetricsSettings | None
    receivers: tuple[ReceiverSettings, ...]
