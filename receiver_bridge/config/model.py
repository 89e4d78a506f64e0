"""The checked configuration as frozen values; nothing here reads or opens anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from ..codecs.base import ClearPolicy, TimestampPolicy
from .doors import Door, NetworkAddress
from .tls import Tls

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class OdooSettings:
    """Where the signals go. ``timeout`` is in seconds and covers one call; ``key`` is kept out of
    every representation so that no log can show it; ``key_file`` is where it came from.
    ``refresh``: seconds from one question for what has changed of the configuration to the next.
    ``stale_after``: seconds without an answer after which that is a condition."""

    url: str
    database: str
    login: str
    key: str = field(repr=False)
    transport: Literal["xmlrpc", "json2"] = "xmlrpc"
    timeout: float = 30.0
    ca_file: Path | None = None
    refresh: float = 60.0
    stale_after: float = 3600.0
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """``path`` of the SQLite file; of no meaning where ``url`` is that of a PostgreSQL, in which
    ``schema`` holds the tables and ``password`` is None where libpq finds it by itself. Delivered
    rows are kept for ``retention_days``, as long as ``min_free`` bytes are free on the file's disk.
    """

    path: Path
    retention_days: float = 7.0
    min_free: int = 256_000_000
    url: str = ""
    schema: str = "receiver_bridge"
    password: str | None = field(default=None, repr=False)

    @property
    def shared(self) -> bool:
        """Whether other bridges may use this journal."""
        return self.url.startswith(("postgresql:", "postgres:"))


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
class LogSettings:
    """``signals``: a line for every signal, too."""

    level: str = "info"
    format: str = "text"
    signals: bool = False


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

    ``unknown_accounts``: whether frames of accounts that Odoo does not know are acknowledged and
    forwarded, or refused.
    ``accounts``: what this line's key file says of accounts, ``*`` for all others.
    ``timestamps``, ``tolerate``, ``clear``: for accounts of which nothing else is said.
    ``options``: choices that the format leaves open, see ``codecs.Setting``.
    ``repeat_window``: seconds within which the same record on the same line is a link-level retry.
    ``exclusive``: the door is open only while this bridge sends the receiver's signals.
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
    accounts: dict[str, AccountSettings] = field(default_factory=dict, repr=False)
    heartbeat: float = 0.0
    allow: tuple[Network, ...] = ()
    timestamps: TimestampPolicy = "check"
    tolerate: frozenset[str] = frozenset()
    clear: ClearPolicy = "accept"
    repeat_window: float = 16.0
    options: Mapping[str, str] = field(default_factory=dict)
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
    exclusive: bool = False
    unknown_accounts: Literal["accept", "refuse"] = "accept"


@dataclass(frozen=True, slots=True)
class SupervisionSettings:
    """``grace``: seconds that a start, and a line that is back, gives all accounts to be heard.
    ``burst`` accounts of a line are reported as lost at once, then ``per_minute``. ``mass_share``:
    part of a line's supervised accounts that, lost within a minute, is a condition of its own.
    ``write_interval``: seconds between two writes of what was heard; twice that is how much later
    than this bridge another one may know it."""

    grace: float = 180.0
    burst: float = 20.0
    per_minute: float = 60.0
    mass_share: float = 0.2
    write_interval: float = 10.0

    @property
    def lag(self) -> float:
        """Seconds: a batch under way, and one that waits for it."""
        return 2 * self.write_interval


@dataclass(frozen=True, slots=True)
class Config:
    """``state_dir``: where files lie that are no signals; None: beside the SQLite journal."""

    name: str
    odoo: OdooSettings
    journal: JournalSettings
    metrics: MetricsSettings | None
    receivers: tuple[ReceiverSettings, ...]
    limits: LimitSettings = field(default=LimitSettings())
    log: LogSettings = field(default=LogSettings())
    supervision: SupervisionSettings = SupervisionSettings()
    state_dir: Path | None = None

    @property
    def configuration_path(self) -> Path:
        """The file in which Odoo's configuration and the emergency directory are kept."""
        return self._state_file("configuration")

    @property
    def last_seen_path(self) -> Path:
        """The file of last-seen times, where the journal is no database shared by bridges."""
        return self._state_file("last-seen")

    def _state_file(self, what: str) -> Path:
        if self.state_dir is not None:
            return self.state_dir / f"{self.name}.{what}"
        journal = self.journal.path
        return journal.with_name(f"{journal.name}.{what}")
