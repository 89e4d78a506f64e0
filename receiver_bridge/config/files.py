"""Files that a configuration names: tables and secrets, with the rights they must have."""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_KEY_BYTES = (16, 24, 32)
KEYS_ALLOWED = (
    'a file of mode 0600 with lines account = "hexadecimal key" with 32, 48 or 64 digits; '
    '"*" = "…" for every other account'
)


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables; raises ValueError that says what is wrong in words."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise ValueError(f"{error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"no valid TOML: {error}") from error


def readable_file(path: Path) -> Path:
    """``path`` itself when it can be read; ValueError says why it cannot."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from error
    return path


def private_file(path: Path) -> Path:
    """``path`` itself when its owner alone can read it; ValueError says what is wrong."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from error
    if mode & 0o077:
        raise ValueError(f"{path} with mode {mode:04o}: others can read it")
    return readable_file(path)


def read_secret(path: Path) -> str:
    """The text of a file that only its owner can read; ValueError says what is wrong."""
    private_file(path)
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: no text") from error
    if not text:
        raise ValueError(f"{path}: an empty file")
    return text


def read_api_key(path: Path) -> str:
    """The API key, one word. Raises ValueError without the text: what is no header's value would
    else come back in an error that quotes it, and so into the log."""
    key = read_secret(path)
    if not re.fullmatch(r"[!-~]+", key):
        raise ValueError(f"{path}: more than one word, or other than printable ASCII")
    return key


def read_keys(path: Path) -> dict[str, bytes]:
    """Accounts and AES keys of a key file, ``account = hex`` a line, quotes optional.

    Accounts are hexadecimal digits or ``*``. Raises ValueError naming the line, never the key.
    """
    keys: dict[str, bytes] = {}
    for number, line in enumerate(read_secret(path).splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        found = re.fullmatch(r'"?(\*|[0-9A-Fa-f]{1,16})"?\s*=\s*"?([0-9A-Fa-f]+)"?', content)
        if not found or len(found[2]) not in {2 * size for size in _KEY_BYTES}:
            raise ValueError(f"{path}, line {number}: no account and key")
        account = found[1].upper()
        if account in keys:
            raise ValueError(f"{path}, line {number}: account {account} a second time")
        keys[account] = bytes.fromhex(found[2])
    return keys
