"""Sur-Gard records out of values: what simulated receivers send.

``line`` decides the family: one digit for MLR2 and SLR, three digits for System III and later.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from receiver_bridge.codecs import sia_dcs
from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.contact_id import QUALIFIER_LETTERS

__all__ = [
    "ACK",
    "DC4",
    "NAK",
    "encode_contact_id",
    "encode_heartbeat",
    "encode_internal",
    "encode_sia",
    "wrap_b32",
]

ACK: Final = b"\x06"
NAK: Final = b"\x15"
DC4: Final = b"\x14"


def encode_contact_id(
    account: str, event: Event, *, receiver: str = "01", line: str = "1"
) -> bytes:
    """``5RRL 18AAAAQXYZGGCCC``, or for an account of ten digits ``QRRL 58AAAAAAAAAA…``.

    Raises ValueError for an account of any other length: the record has no room for it.
    """
    if len(account) == 4:
        head, message_type = "5", "18"
    elif len(account) == 10:
        head, message_type = "Q", "58"
    else:
        raise ValueError(
            f"Sur-Gard Contact ID account {account!r} has {len(account)} digits; allowed: 4 or 10"
        )
    message = (
        f"{QUALIFIER_LETTERS[event.qualifier]}{event.code}"
        f"{event.area or '00'}{event.address or '000'}"
    )
    return f"{head}{receiver}{line} {message_type}{account}{message}".encode() + DC4


def encode_sia(
    account: str, events: Iterable[Event], *, receiver: str = "01", line: str = "001"
) -> bytes:
    """``SRRLLL[#AAAA|N…]``."""
    return f"S{receiver}{line}[{sia_dcs.encode_payload(account, events)}]".encode() + DC4


def encode_internal(event: Event, *, receiver: str = "01", line: str = "000") -> bytes:
    """``0RRLLL[#0000|NYYZZZZ]``: the receiver about itself (line 000) or one of its lines."""
    return f"0{receiver}{line}[{sia_dcs.encode_payload('0000', [event])}]".encode() + DC4


def encode_heartbeat(*, receiver: str = "01", line: str = "1") -> bytes:
    """``1RRL           @    ``; System III sends it with line 000."""
    return f"1{receiver}{line}{' ' * 11}@{' ' * 4}".encode() + DC4


def wrap_b32(packet: bytes) -> bytes:
    """The B32 form of a record or reply: ``00 00``, length of all in BCD, then the packet.

    Raises ValueError for more than 9999 bytes: BCD has four digits.
    """
    size = len(packet) + 4
    if size > 9999:
        raise ValueError(f"a B32 packet has {size} bytes; allowed are 9999")
    return b"\0\0" + bytes.fromhex(f"{size:04d}") + packet
