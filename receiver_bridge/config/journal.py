"""``[journal]``: a SQLite file of this bridge's own, or a PostgreSQL that several bridges share."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from .files import read_secret
from .model import JournalSettings
from .section import Section

_ALLOWED: Final = (
    "sqlite:///path/to/journal.db, sqlite:journal.db relative to the configuration file, or"
    " postgresql://user@host:5432/database?sslmode=verify-full"
)
_PASSWORD_ALLOWED: Final = (
    "no password in the address: password_file = a file of mode 0600, or libpq's own password file"
    " or service file"
)
_SECRET_ALLOWED: Final = "a file with nothing but the password, that only its owner can read (0600)"
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SECRETS: Final = frozenset({"password", "sslpassword"})


def read_journal(section: Section | None) -> JournalSettings | None:
    """The settings, or None without the table; every mistake is noted in ``section``."""
    if section is None:
        return None
    url = section.text("url", _ALLOWED)
    retention_days = section.number("retention_days", 7.0, 0, 3650, "days")
    if url.startswith(("postgresql:", "postgres:")):
        settings = _postgresql(section, url, retention_days)
    else:
        settings = _sqlite(section, url, retention_days)
    section.no_other_keys()
    return settings


def _sqlite(section: Section, url: str, retention_days: float) -> JournalSettings:
    path = section.file.parent
    try:
        path = path / _parse_sqlite(url)
    except ValueError as error:
        if url:
            section.wrong("url", _show(url), str(error))
    else:
        if not path.parent.is_dir():
            section.wrong("url", f"no folder {path.parent}", "a folder that exists")
    min_free = section.number("min_free_mb", 256, 0, 100_000_000, "megabytes")
    return JournalSettings(path, retention_days, int(min_free * 1_000_000), url)


def _postgresql(section: Section, url: str, retention_days: float) -> JournalSettings:
    _check_address(section, url)
    password = None
    if section.has("password_file"):
        password = section.read_file("password_file", read_secret, _SECRET_ALLOWED)
    schema = section.text("schema", "a name", "receiver_bridge")
    if not _SCHEMA.fullmatch(schema) or schema.startswith("pg_"):
        section.wrong("schema", repr(schema), "a to z, digits, underscore, not beginning with pg_")
    path = section.file.parent / "journal"
    return JournalSettings(path, retention_days, url=url, schema=schema, password=password)


def _check_address(section: Section, url: str) -> None:
    """Notes what is wrong; a password that stands in the address is not repeated."""
    # Loaded only where it is needed: most bridges have a journal of their own.
    from ..journal.postgresql_connection import parse_address

    if _has_password(url):
        section.wrong("url", "an address with a password in it", _PASSWORD_ALLOWED)
        return
    try:
        given = parse_address(url)
    except ValueError as error:
        section.wrong("url", f"{_show(url)} ({error})", _ALLOWED)
        return
    if not given.keys() & {"dbname", "service"}:
        section.wrong("url", f"{_show(url)}, which names no database", _ALLOWED)


def _has_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named: Collection[str] = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        return "@" in url
    # Not parts.password: with several hosts libpq's addresses are not what urlsplit expects.
    user = parts.netloc.rpartition("@")[0]
    return ":" in user or bool(_SECRETS.intersection(named))


def _parse_sqlite(text: str) -> Path:
    parts = urlsplit(text)
    if parts.scheme != "sqlite" or parts.netloc or parts.query or not parts.path.strip("/"):
        raise ValueError(_ALLOWED)
    return Path(unquote(parts.path).replace("//", "/", 1))


def _show(url: str) -> str:
    """The address, short of anything before an @ that might be a secret."""
    scheme, separator, rest = url.partition("://")
    shown = rest.rpartition("@")[2]
    return repr(f"{scheme}{separator}{shown}")
