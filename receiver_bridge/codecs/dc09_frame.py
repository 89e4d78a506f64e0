"""How a DC-09 frame is written: what receivers answer with and panels send has the same form."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from receiver_bridge.codecs.aes import PadStyle, encrypt
from receiver_bridge.codecs.crc import crc16

__all__ = ["assemble", "encode_header", "format_timestamp", "wrap_body"]

MAX_BODY: Final = 0xFFF
"""The length field has three hex digits."""


def format_timestamp(moment: datetime) -> str:
    """``_HH:MM:SS,MM-DD-YYYY`` of an aware UTC time."""
    return moment.strftime("_%H:%M:%S,%m-%d-%Y")


def wrap_body(body: bytes, *, binary_crc: bool = False) -> bytes:
    """LF, CRC, length, body, CR. ``binary_crc``: two bytes instead of four hex digits."""
    if len(body) > MAX_BODY:
        raise ValueError(f"a DC-09 body has {len(body)} bytes; allowed are {MAX_BODY}")
    crc = crc16(body)
    field = crc.to_bytes(2, "big") if binary_crc else b"%04X" % crc
    return b"\n%b0%03X%b\r" % (field, len(body), body)


def encode_header(
    sequence: str, receiver: str | None, line: str | None, account: str | None
) -> bytes:
    """``seq[Rrcvr][Lpref][#acct]``, the wire's own text; None leaves a field out, "" sends it
    empty."""
    fields = (("", sequence), ("R", receiver), ("L", line), ("#", account))
    return "".join(mark + value for mark, value in fields if value is not None).encode()


def assemble(
    token: str,
    header: bytes,
    content: bytes,
    *,
    key: bytes | None = None,
    pad: PadStyle = "2013",
    binary_crc: bool = False,
) -> bytes:
    """One frame. ``content``: ``data]…``, which ``key`` (16, 24 or 32 bytes) encrypts; it must then
    end in a time. Raises ValueError for a frame longer than its length field can say."""
    if key:
        token, content = f"*{token}", encrypt(key, content, pad).hex().upper().encode()
    body = b'"%b"%b[%b' % (token.encode(), header, content)
    return wrap_body(body, binary_crc=binary_crc)
