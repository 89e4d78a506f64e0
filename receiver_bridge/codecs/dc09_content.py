"""What stands behind the bracket that ends a DC-09 header: ``data][xdata]…_time``, in clear or
encrypted."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from receiver_bridge.codecs.aes import BLOCK, KEY_SIZES, decrypt, strip_pad
from receiver_bridge.codecs.text import decode_text

__all__ = ["Content", "open_sealed", "parse_time", "split_content"]

Content = tuple[str, tuple[tuple[str, str], ...], "str | None"]
"""Data, extended blocks as identifier and text, and the time as on the wire."""

_STAMP = r"_([0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{2}-[0-9]{2}-[0-9]{4})"
_PLAIN = re.compile(rf"([^\[\]]*)\](?:{_STAMP})?\Z")
_WITH_BLOCKS = re.compile(rf"(.*)\](?:{_STAMP})?\Z", re.DOTALL)
_NEXT_BLOCK = re.compile(r"\]\[(?=[A-Za-z])")

_TAIL: Final = "".join(map(chr, range(BLOCK + 1)))
"""PKCS#7 padding, or zeros."""


def parse_time(stamp: str) -> datetime | None:
    """The UTC time of ``HH:MM:SS,MM-DD-YYYY``; None for one that no clock shows."""
    try:
        return datetime.fromisoformat(
            f"{stamp[15:19]}-{stamp[9:11]}-{stamp[12:14]}T{stamp[:8]}+00:00"
        )
    except ValueError:
        return None


def split_content(content: str) -> Content | None:
    """The parts of a content in clear; None where it is not that."""
    match = _PLAIN.match(content)
    if match is not None:
        return match[1], (), match[2]
    match = _WITH_BLOCKS.match(content)
    if match is None:
        return None
    data, *blocks = _NEXT_BLOCK.split(match[1])
    return data, tuple((block[0], decode_text(block[1:])) for block in blocks), match[2]


def open_sealed(content: str, key: bytes | None) -> tuple[Content | None, str | None]:
    """The parts of an encrypted content, or None and what is wrong: ``grammar`` where it is not
    whole blocks in hex digits, ``key`` without the right key.

    The CRC is over the ciphertext and passes with any key: what shows the right one is the closing
    bracket and the time that every encrypted frame must end in. Some panels leave PKCS#7 padding
    behind the time.
    """
    try:
        ciphertext = bytes.fromhex(content)
    except ValueError:
        return None, "grammar"
    # fromhex skips white space, which is no part of a frame.
    if not ciphertext or len(ciphertext) % BLOCK or len(ciphertext) * 2 != len(content):
        return None, "grammar"
    if key is None or len(key) not in KEY_SIZES:
        return None, "key"
    plain = decrypt(key, ciphertext).decode("latin-1")
    parts = split_content(strip_pad(plain.rstrip(_TAIL)))
    if parts is None or parts[2] is None:
        return None, "key"
    return parts, None
