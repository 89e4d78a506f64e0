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


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables; raises ValueError that says what is wrong in words."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise ValueError(f"{error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"no valid TOML: {error}") from error


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a text; raises ValueError, whose words may quote it."""
    return tomllib.loads(text)


def readable_file(path: Path) -> Path:
    """``path`` itself when it can be read; ValueError says why it cannot."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from error
    return path


def read_secret(path: Path) -> str:
    """The text of a file that only its owner can read; ValueError says what is wrong."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise ValueError(f"{path} with mode {mode:04o}: others can read it")
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
