"""SIA DC-09 frames out of values: what the receiver answers with and what simulated panels send."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from receiver_bridge.codecs import contact_id, sia_dcs
from receiver_bridge.codecs.aes import PadStyle, encrypt
from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.crc import crc16

__all__ = [
    "encode_adm_cid",
    "encode_frame",
    "encode_null",
    "encode_sia_dcs",
    "format_timestamp",
    "wrap_body",
]

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


def encode_frame(
    token: str,
    data: str = "",
    *,
    sequence: str,
    receiver: str | None = None,
    line: str | None = "0",
    account: str | None = None,
    extended: Iterable[tuple[str, str]] = (),
    timestamp: datetime | None = None,
    key: bytes | None = None,
    pad: PadStyle = "2013",
    binary_crc: bool = False,
) -> bytes:
    """One frame. Header fields are the wire's own text; None leaves one out, "" sends it empty.

    ``key`` (16, 24 or 32 bytes) encrypts, which needs a ``timestamp`` (aware, UTC). Raises
    ValueError for an encrypted frame without a time and for a frame longer than its length field.
    """
    header = (
        f'"{"*" if key else ""}{token}"{sequence}'
        f"{'' if receiver is None else 'R' + receiver}"
        f"{'' if line is None else 'L' + line}"
        f"{'' if account is None else '#' + account}["
    )
    tail = "".join(f"[{name}{value}]" for name, value in extended)
    stamp = "" if timestamp is None else format_timestamp(timestamp)
    content = f"{data}]{tail}{stamp}".encode()
    if key:
        if timestamp is None:
            raise ValueError("an encrypted DC-09 frame needs a timestamp")
        content = encrypt(key, content, pad).hex().upper().encode()
    return wrap_body(header.encode() + content, binary_crc=binary_crc)


def encode_adm_cid(
    account: str,
    event: Event,
    *,
    sequence: str,
    receiver: str | None = None,
    line: str | None = "0",
    extended: Iterable[tuple[str, str]] = (),
    timestamp: datetime | None = None,
    key: bytes | None = None,
    pad: PadStyle = "2013",
) -> bytes:
    """A Contact ID event as ``ADM-CID``; arguments as in ``encode_frame``."""
    return encode_frame(
        "ADM-CID",
        contact_id.encode_payload(account, event),
        sequence=sequence,
        receiver=receiver,
        line=line,
        account=account,
        extended=extended,
        timestamp=timestamp,
        key=key,
        pad=pad,
    )


def encode_sia_dcs(
    account: str,
    events: Iterable[Event],
    *,
    sequence: str,
    receiver: str | None = None,
    line: str | None = "0",
    extended: Iterable[tuple[str, str]] = (),
    timestamp: datetime | None = None,
    key: bytes | None = None,
    pad: PadStyle = "2013",
) -> bytes:
    """SIA events as ``SIA-DCS``; arguments as in ``encode_frame``."""
    return encode_frame(
        "SIA-DCS",
        sia_dcs.encode_payload(account, events),
        sequence=sequence,
        receiver=receiver,
        line=line,
        account=account,
        extended=extended,
        timestamp=timestamp,
        key=key,
        pad=pad,
    )


def encode_null(
    account: str,
    *,
    receiver: str | None = None,
    line: str | None = "0",
    timestamp: datetime | None = None,
    key: bytes | None = None,
    pad: PadStyle = "2013",
) -> bytes:
    """A link test; arguments as in ``encode_frame``. Its sequence number is 0000 by custom."""
    return encode_frame(
        "NULL",
        sequence="0000",
        receiver=receiver,
        line=line,
        account=account,
        timestamp=timestamp,
        key=key,
        pad=pad,
    )
