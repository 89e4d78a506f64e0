"""From the file bridge.toml to :class:`Config`, or to the list of all that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

from ..codecs import Codec, get_codec, repeat_window_of, wrong_settings
from ..codecs.base import (
    CLEAR_POLICIES,
    TIMESTAMP_POLICIES,
    TOLERABLE,
    ClearPolicy,
    TimestampPolicy,
)
from .accounts import ACCOUNTS_ALLOWED, read_accounts
from .conflicts import find_conflicts
from .descriptors import most_connections
from .doors import RECEIVER_SCHEMES, Door, NetworkAddress, parse_address, parse_door
from .files import read_api_key, read_toml, readable_file
from .journal import read_journal
from .mistakes import ConfigError, Mistake
from .model import (
    CaptureSettings,
    Config,
    LimitSettings,
    LogSettings,
    MetricsSettings,
    Network,
    OdooSettings,
    ReceiverSettings,
    SupervisionSettings,
)
from .section import Section
from .tls import read_tls

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_NAME_ALLOWED: Final = "letters, digits, dot, hyphen and underscore, up to 63, no colon"
_SECRET_ALLOWED: Final = (
    "a file with nothing but the API key, that only its owner can read (mode 0600)"
)


def load_config(path: Path, formats: Collection[str]) -> Config:
    """The configuration in ``path``; ``formats`` are the names of the codecs there are.

    Relative paths in the file are relative to the file. Raises ConfigError with every mistake.
    """
    mistakes: list[Mistake] = []
    try:
        root = Section(path, "", read_toml(path), mistakes)
    except ValueError as error:
        raise ConfigError([Mistake(path, "the file", str(error), "a readable TOML file")]) from None
    name = _name(root, "name")
    odoo = _odoo(root.table("odoo"))
    journal = read_journal(root.table("journal"))
    metrics = _metrics(root.table("metrics", required=False))
    limits = _limits(root.table("limits", required=False))
    log = _log(root.table("log", required=False))
    supervision = _supervision(root.table("supervision", required=False))
    shared = journal is not None and journal.shared
    state_dir = _state_dir(root, shared)
    receivers = [_receiver(section, formats, shared) for section in root.tables("receiver")]
    mistakes += find_conflicts(path, receivers, metrics, limits)
    root.no_other_keys()
    if mistakes or odoo is None or journal is None:
        raise ConfigError(mistakes)
    # Without a mistake every receiver has been read in full.
    lines = tuple(item for item in receivers if item)
    return Config(name, odoo, journal, metrics, lines, limits, log, supervision, state_dir)


def _name(section: Section, key: str) -> str:
    name = section.text(key, _NAME_ALLOWED)
    if name and not _NAME.fullmatch(name):
        section.wrong(key, repr(name), _NAME_ALLOWED)
    return name


def _odoo(section: Section | None) -> OdooSettings | None:
    if section is None:
        return None
    url = section.parsed("url", _parse_http, "http:// or https:// and a host")
    key_file, key = section.read_file("key_file", _api_key, _SECRET_ALLOWED) or (None, "")
    settings = OdooSettings(
        url=url or "",
        database=section.text("database", "the name of Odoo's database"),
        login=section.text("login", "the login of the bridge's user in Odoo"),
        key=key,
        transport=cast(Any, section.choice("transport", ("xmlrpc", "json2"), "xmlrpc")),
        timeout=section.number("timeout", 30.0, 1, 600, "seconds"),
        ca_file=_ca_file(section),
        refresh=section.number("refresh", 60.0, 1, 3600, "seconds"),
        stale_after=section.number("stale_after", 3600.0, 120, 86400 * 7, "seconds"),
        key_file=key_file,
    )
    section.no_other_keys()
    return settings


def _api_key(path: Path) -> tuple[Path, str]:
    return path, read_api_key(path)


def _ca_file(section: Section) -> Path | None:
    if not section.has("ca_file"):
        return None
    allowed = "a file with the certificates of the authority, PEM"
    return section.read_file("ca_file", readable_file, allowed)


def _metrics(section: Section | None) -> MetricsSettings | None:
    if section is None:
        return None
    listen = section.parsed("listen", _parse_listen, "host:port")
    section.no_other_keys()
    return MetricsSettings(listen) if listen else None


def _supervision(section: Section | None) -> SupervisionSettings:
    if section is None:
        return SupervisionSettings()
    settings = SupervisionSettings(
        grace=section.number("grace", 180.0, 0, 86400, "seconds"),
        burst=section.number("burst", 20.0, 1, 10_000, "accounts"),
        per_minute=section.number("per_minute", 60.0, 1, 100_000, "accounts a minute"),
        mass_share=section.number("mass_share", 0.2, 0.01, 1, "a line's supervised accounts"),
        write_interval=section.number("write_interval", 10.0, 0.5, 60, "seconds"),
    )
    section.no_other_keys()
    return settings


def _state_dir(root: Section, required: bool) -> Path | None:
    """Beside a file of its own a journal leaves place for more; a database does not."""
    if not root.has("state_dir") and not required:
        return None
    allowed = "a folder that exists"
    text = root.text("state_dir", allowed)
    path = root.file.parent / Path(text).expanduser()
    if text and not path.is_dir():
        root.wrong("state_dir", f"no folder {path}", allowed)
    return path


def _receiver(section: Section, formats: Collection[str], shared: bool) -> ReceiverSettings | None:
    name = _name(section, "name")
    if name:
        section.title = f"{section.title} ({name})"
    format_name = section.choice("format", sorted(formats))
    door = section.parsed("connect", parse_door, " or ".join(RECEIVER_SCHEMES))
    scheme = door.scheme if isinstance(door, NetworkAddress) else "serial"
    codec = get_codec(format_name)
    accounts = None
    if section.has("key_file"):
        accounts = section.read_file("key_file", read_accounts, ACCOUNTS_ALLOWED)
    connects = scheme == "tcp-connect"
    settings = ReceiverSettings(
        name=name,
        format=format_name,
        door=cast(Door, door),
        accounts=accounts or {},
        heartbeat=section.number("heartbeat", 0.0, 0, 86400, "seconds, 0 for none"),
        allow=_allow(section),
        timestamps=cast(TimestampPolicy, section.choice("timestamps", TIMESTAMP_POLICIES, "check")),
        tolerate=section.some_of("tolerate", TOLERABLE),
        clear=cast(ClearPolicy, section.choice("clear", CLEAR_POLICIES, "accept")),
        repeat_window=section.number("repeat_window", repeat_window_of(codec), 0, 3600, "seconds"),
        max_frame=int(section.number("max_frame", 8192, 64, 1_048_576, "bytes")),
        **_limits_of_one(section, scheme),
        tls=read_tls(section, scheme),
        capture=_capture(section),
        exclusive=section.flag("exclusive", connects) and shared,
        unknown_accounts=cast(
            Any, section.choice("unknown_accounts", ("accept", "refuse"), "accept")
        ),
        options=_options(section, codec),
    )
    section.no_other_keys()
    return settings if door else None


def _limits(section: Section | None) -> LimitSettings:
    if section is None:
        return LimitSettings()
    most = section.number("max_connections", 0, 0, 1_000_000, "connections, 0 for the sum")
    section.no_other_keys()
    return LimitSettings(int(most))


def _log(section: Section | None) -> LogSettings:
    if section is None:
        return LogSettings()
    settings = LogSettings(
        section.choice("level", ("debug", "info", "warning", "error"), "info"),
        section.choice("format", ("text", "json"), "text"),
        section.flag("signals"),
    )
    section.no_other_keys()
    return settings


def _limits_of_one(section: Section, scheme: str) -> dict[str, Any]:
    """What one receiver lets its senders do."""
    number = section.number
    usual = min(2000, most_connections())
    most = int(number("max_connections", usual, 1, 100_000, "connections"))
    # Half of the line is still for others, whoever takes the other half.
    each = max(1, most // 2)
    dead_peer = 60.0 if scheme == "tcp-connect" else 300.0
    return {
        "max_connections": most,
        "max_connections_per_address": int(
            number("max_connections_per_address", each, 1, most, "connections")
        ),
        "idle_timeout": number("idle_timeout", 900.0, 0, 86400 * 7, "seconds, 0 for never"),
        "frame_timeout": number("frame_timeout", 30.0, 0, 3600, "seconds, 0 for no limit"),
        "dead_peer_timeout": number("dead_peer_timeout", dead_peer, 0, 86400, "seconds, 0: never"),
        "frames_per_second": number(
            "frames_per_second", 5000.0, 0, 1_000_000, "frames a second, 0 for no limit"
        ),
        "bytes_per_second": number(
            "bytes_per_second", 2_000_000.0, 0, 1e9, "bytes a second, 0 for no limit"
        ),
    }


def _capture(section: Section) -> CaptureSettings | None:
    if not section.has("capture"):
        return None
    table = section.table("capture")
    if table is None:
        return None
    allowed = "a file in a folder that exists"
    text = table.text("path", allowed)
    path = section.file.parent / Path(text).expanduser()
    if text and (path.is_dir() or not path.parent.is_dir()):
        table.wrong("path", str(path), allowed)
    settings = CaptureSettings(
        path,
        table.number("max_megabytes", 100.0, 0.01, 100_000, "megabytes"),
        int(table.number("keep", 3, 0, 1000, "old files")),
    )
    table.no_other_keys()
    return settings


def _options(section: Section, codec: Codec) -> dict[str, str]:
    """The choices that the format leaves open."""
    table = section.table("options", required=False)
    if table is None:
        return {}
    table.title = f"{section.title}.options"
    chosen = {name: table.value(name, None) for name in table.names()}
    wrong = wrong_settings(codec, chosen)
    for name, allowed in wrong.items():
        table.wrong(name, repr(chosen[name]), f"{allowed} (format {codec.name})")
    return {name: str(value) for name, value in chosen.items() if name not in wrong}


def _allow(section: Section) -> tuple[Network, ...]:
    allowed = 'networks as "192.0.2.0/24" or "2001:db8::/32"'
    networks: list[Network] = []
    for text in section.texts("allow", f"a list of {allowed}"):
        try:
            networks.append(ip_network(text))
        except ValueError as error:
            section.wrong("allow", f"{text!r} ({error})", allowed)
    return tuple(networks)


def _parse_http(text: str) -> str:
    allowed = "http:// or https:// and a host, without user or password"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError(allowed)
    if parts.query or parts.fragment:
        raise ValueError("no query and no fragment in the address")
    try:
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        raise ValueError("a port from 1 to 65535") from None
    return text.rstrip("/")


def _parse_listen(text: str) -> NetworkAddress:
    return parse_address(text)
