"""The key file of a line: what holds for single accounts, one a line.

::

    1234 = "00112233445566778899aabbccddeeff"
    00AB = {key = "0123456789abcdef", text = true, timestamps = "encrypted"}
    77   = {tolerate = ["crc", "length"], timestamps = "ignore"}
    *    = {key = "…", clear = "refuse"}

Every member of the table may be missing. A key is hexadecimal, or with ``text = true`` the 16,
24 or 32 characters themselves: 32 digits could be either. ``*`` holds for every other account.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, cast

from ..codecs.aes import KEY_SIZES
from ..codecs.base import (
    CLEAR_POLICIES,
    TIMESTAMP_POLICIES,
    TOLERABLE,
    ClearPolicy,
    TimestampPolicy,
)
from .files import parse_toml, read_secret
from .mistakes import Mistake
from .model import AccountSettings
from .section import Section

ACCOUNTS_ALLOWED: Final = (
    'a file of mode 0600 with lines account = "hexadecimal key" with 32, 48 or 64 digits, or '
    "account = {key, text, timestamps, tolerate, clear}; * = … for every other account"
)

_LINE: Final = re.compile(r'"?(\*|[0-9A-Fa-f]{1,16})"?\s*=\s*(.+)')
_BARE_KEY: Final = re.compile(r'"?([0-9A-Fa-f]+)"?\s*(?:#.*)?')


def read_accounts(path: Path) -> dict[str, AccountSettings]:
    """Accounts, in upper case, and their settings. Raises ValueError with every line that is wrong,
    never with a key."""
    accounts: dict[str, AccountSettings] = {}
    wrong: list[str] = []
    for number, line in enumerate(read_secret(path).splitlines(), start=1):
        if not line.partition("#")[0].strip():
            continue
        try:
            account, settings = _parse(path, line.strip())
            if account in accounts:
                raise ValueError(f"account {account} a second time")
            accounts[account] = settings
        except ValueError as error:
            wrong.append(f"line {number}: {error}")
    if wrong:
        raise ValueError(f"{path}, {'; '.join(wrong)}")
    return accounts


def _parse(path: Path, line: str) -> tuple[str, AccountSettings]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError("no account and key")
    account, said = found[1].upper(), found[2]
    if said.startswith("{"):
        return account, _from_table(path, account, said)
    bare = _BARE_KEY.fullmatch(said)
    if bare is None:
        raise ValueError("no account and key")
    return account, AccountSettings(_key(bare[1], False))


def _from_table(path: Path, account: str, text: str) -> AccountSettings:
    try:
        table: dict[str, Any] = parse_toml(f"account = {text}")["account"]
    except ValueError:
        # What the parser says may quote the line.
        raise ValueError(f'account {account}: no table as {{key = "…"}}') from None
    mistakes: list[Mistake] = []
    section = Section(path, "", table, mistakes)
    key = table.pop("key", None)
    as_text = section.flag("text")
    settings = AccountSettings(
        None if key is None else _key(key, as_text),
        cast("TimestampPolicy | None", _choice(section, "timestamps", TIMESTAMP_POLICIES)),
        section.some_of("tolerate", TOLERABLE),
        cast("ClearPolicy | None", _choice(section, "clear", CLEAR_POLICIES)),
    )
    section.no_other_keys()
    if mistakes:
        said = ", ".join(
            f"{item.key} is {item.found}, allowed: {item.allowed}" for item in mistakes
        )
        raise ValueError(f"account {account}: {said}")
    return settings


def _choice(section: Section, key: str, choices: tuple[str, ...]) -> str | None:
    return section.choice(key, choices) if section.has(key) else None


def _key(value: object, as_text: bool) -> bytes:
    """Raises ValueError without the key."""
    try:
        key = str(value).encode("ascii") if as_text else bytes.fromhex(str(value))
    except ValueError:
        what = "ASCII characters" if as_text else "hexadecimal digits (characters: text = true)"
        raise ValueError(f"a key of other than {what}") from None
    if len(key) not in KEY_SIZES:
        allowed = ", ".join(map(str, KEY_SIZES))
        raise ValueError(f"a key of {len(key)} bytes, allowed: {allowed}")
    return key
