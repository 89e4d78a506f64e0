"""The checked configuration as frozen values; nothing here reads or opens anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from ..codecs.base import TimestampPolicy
from .doors import Door, NetworkAddress
from .tls import Tls

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
class LogSettings:
    level: str = "info"
    format: str = "text"


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """``max_connections`` over all doors; 0: the sum of what each receiver may have, as far as the
    process may have so many."""

    max_connections: int = 0


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """Every byte of a line into ``path``; at ``max_megabytes`` it becomes ``path.1``, and so on up
    to ``keep`` old files."""

    path: Path
    max_megabytes: float = 100.0
    keep: int = 3


@dataclass(frozen=True, slots=True)
class ReceiverSettings:
    """One line. ``heartbeat``: seconds between the receiver's own heartbeats, 0 when it sends none.

    ``keys``: account -> AES key of this line's key file, ``*`` for all others.
    ``repeat_window``: seconds within which the same record on the same line is a link-level retry.
    ``idle_timeout``: seconds after which a silent connection is closed, 0 never.
    ``frame_timeout``: seconds that a frame may take from its first byte to its last, that answers
    may wait until the sender takes them, and that his address's rate may hold him back; 0 no limit.
    ``dead_peer_timeout``: seconds after which TCP notices that the other side is gone, 0 never.
    ``max_connections_per_address``: 0 as many as ``max_connections``; IPv6 counts by /64.
    ``frames_per_second``, ``bytes_per_second``: what one address may send, 0 no limit.
    """

    name: str
    format: str
    door: Door
    keys: dict[str, bytes] = field(default_factory=dict, repr=False)
    heartbeat: float = 0.0
    allow: tuple[Network, ...] = ()
    timestamps: TimestampPolicy = "check"
    tolerate: frozenset[str] = frozenset()
    repeat_window: float = 16.0
    max_frame: int = 8192
    max_connections: int = 2000
    max_connections_per_address: int = 0
    idle_timeout: float = 900.0
    frame_timeout: float = 30.0
    dead_peer_timeout: float = 60.0
    frames_per_second: float = 0.0
    bytes_per_second: float = 0.0
    tls: Tls | None = None
    capture: CaptureSettings | None = None


@dataclass(frozen=True, slots=True)
class Config:
    name: str
    odoo: OdooSettings
    journal: JournalSettings
    metrics: MetricsSettings | None
    receivers: tuple[ReceiverSettings, ...]
    limits: LimitSettings = field(default=LimitSettings())
    log: LogSettings = field(default=LogSettings())
