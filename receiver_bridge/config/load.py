"""From the file bridge.toml to :class:`Config`, or to the list of all that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

from ..codecs import Codec, get_codec, repeat_window_of, wrong_settings
from ..codecs.base import (
    CLEAR_POLICIES,
    TIMESTAMP_POLICIES,
    TOLERABLE,
    ClearPolicy,
    TimestampPolicy,
)
from .accounts import ACCOUNTS_ALLOWED, read_accounts
from .doors import RECEIVER_SCHEMES, Door, NetworkAddress, parse_address, parse_door
from .files import read_api_key, read_toml, readable_file
from .mistakes import ConfigError, Mistake
from .model import (
    Config,
    JournalSettings,
    MetricsSettings,
    Network,
    OdooSettings,
    ReceiverSettings,
)
from .section import Section

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_NAME_ALLOWED: Final = "letters, digits, dot, hyphen and underscore, up to 63, no colon"
_JOURNAL_ALLOWED: Final = (
    "sqlite:///path/to/journal.db, or sqlite:journal.db relative to the configuration file"
)
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
    journal = _journal(root.table("journal"))
    metrics = _metrics(root.table("metrics", required=False))
    receivers = [_receiver(section, formats) for section in root.tables("receiver")]
    _no_name_twice(path, receivers, mistakes)
    root.no_other_keys()
    if mistakes or odoo is None or journal is None:
        raise ConfigError(mistakes)
    # Without a mistake every receiver has been read in full.
    return Config(name, odoo, journal, metrics, tuple(item for item in receivers if item))


def _name(section: Section, key: str) -> str:
    name = section.text(key, _NAME_ALLOWED)
    if name and not _NAME.fullmatch(name):
        section.wrong(key, repr(name), _NAME_ALLOWED)
    return name


def _odoo(section: Section | None) -> OdooSettings | None:
    if section is None:
        return None
    url = section.parsed("url", _parse_http, "http:// or https:// and a host")
    settings = OdooSettings(
        url=url or "",
        database=section.text("database", "the name of Odoo's database"),
        login=section.text("login", "the login of the bridge's user in Odoo"),
        key=section.read_file("key_file", read_api_key, _SECRET_ALLOWED) or "",
        transport=cast(Any, section.choice("transport", ("xmlrpc", "json2"), "xmlrpc")),
        timeout=section.number("timeout", 30.0, 1, 600, "seconds"),
        ca_file=_ca_file(section),
    )
    section.no_other_keys()
    return settings


def _ca_file(section: Section) -> Path | None:
    if not section.has("ca_file"):
        return None
    allowed = "a file with the certificates of the authority, PEM"
    return section.read_file("ca_file", readable_file, allowed)


def _journal(section: Section | None) -> JournalSettings | None:
    if section is None:
        return None
    path = section.parsed("url", _parse_journal, _JOURNAL_ALLOWED)
    settings = JournalSettings(
        path=section.file.parent / (path or ""),
        retention_days=section.number("retention_days", 7.0, 0, 3650, "days"),
    )
    if path is not None and not settings.path.parent.is_dir():
        section.wrong("url", f"no folder {settings.path.parent}", "a folder that exists")
    section.no_other_keys()
    return settings


def _metrics(section: Section | None) -> MetricsSettings | None:
    if section is None:
        return None
    listen = section.parsed("listen", _parse_listen, "host:port")
    section.no_other_keys()
    return MetricsSettings(listen) if listen else None


def _receiver(section: Section, formats: Collection[str]) -> ReceiverSettings | None:
    name = _name(section, "name")
    if name:
        section.title = f"{section.title} ({name})"
    format_name = section.choice("format", sorted(formats))
    door = section.parsed("connect", parse_door, " or ".join(RECEIVER_SCHEMES))
    codec = get_codec(format_name)
    accounts = None
    if section.has("key_file"):
        accounts = section.read_file("key_file", read_accounts, ACCOUNTS_ALLOWED)
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
        max_connections=int(section.number("max_connections", 1000, 1, 100_000, "connections")),
        idle_timeout=section.number("idle_timeout", 900.0, 0, 86400 * 7, "seconds, 0 for never"),
        options=_options(section, codec),
    )
    section.no_other_keys()
    return settings if door else None


def _options(section: Section, codec: Codec) -> dict[str, str]:
    """The choices that the format leaves open."""
    table = section.table("options", required=False)
    if table is None:
        return {}
    table.title = f"{section.title}.options"
    chosen = {name: table.take(name) for name in table.names()}
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


def _no_name_twice(
    path: Path, receivers: list[ReceiverSettings | None], mistakes: list[Mistake]
) -> None:
    first: dict[str, int] = {}
    for number, receiver in enumerate(receivers, start=1):
        if receiver is None or not receiver.name:
            continue
        if receiver.name in first:
            found = f"{receiver.name!r}, the name of receiver[{first[receiver.name]}]"
            mistakes.append(Mistake(path, f"receiver[{number}].name", found, "a name of its own"))
        first.setdefault(receiver.name, number)


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


def _parse_journal(text: str) -> Path:
    parts = urlsplit(text)
    if parts.scheme != "sqlite" or parts.netloc or parts.query or not parts.path.strip("/"):
        raise ValueError(_JOURNAL_ALLOWED)
    return Path(unquote(parts.path).replace("//", "/", 1))


def _parse_listen(text: str) -> NetworkAddress:
    return parse_address(text)
