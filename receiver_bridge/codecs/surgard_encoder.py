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
    "SurgardEncoder",
    "encode_basic",
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


def encode_basic(account: str, event: Event, *, receiver: str = "01", line: str = "001") -> bytes:
    """``1RRLLL    AAAAAA XGYYY``: a letter or digit, a group and a number.

    Raises ValueError for what the record has no room for.
    """
    number = event.address or "000"
    for what, text, least, most in (
        ("account", account, 3, 6),
        ("code", event.code, 1, 1),
        ("area", event.area or " ", 1, 1),
        ("number", number, 1, 3),
    ):
        if not least <= len(text) <= most:
            raise ValueError(
                f"Sur-Gard basic {what} {text!r} has {len(text)} characters; "
                f"allowed: {least} to {most}"
            )
    body = f"{account:>10} {event.code}{event.area or ' '}{number:>3}"
    return f"1{receiver}{line}{body}".encode() + DC4


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


class SurgardEncoder:
    """A receiver's side of the line; see ``base.Encoder``. ``b32``: in B32 form, for TCP."""

    systems: tuple[str, ...] = ("cid", "sia", "surgard")

    def __init__(self, *, b32: bool = False) -> None:
        self._b32 = b32

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        where = {"receiver": receiver or "01", "line": line or "001"}
        if event.code_system == "cid":
            return self._wrapped(encode_contact_id(account, event, **where))
        if event.code_system == "sia":
            return self._wrapped(encode_sia(account, [event], **where))
        if event.code_system == "surgard":
            return self._wrapped(encode_basic(account, event, **where))
        allowed = ", ".join(self.systems)
        raise ValueError(f"Sur-Gard cannot carry {event.code_system!r}; allowed: {allowed}")

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes:
        return self._wrapped(encode_heartbeat(receiver=receiver or "01", line=line or "000"))

    def is_acknowledged(self, answer: bytes) -> bool | None:
        expected = self._wrapped(ACK)
        if len(answer) < len(expected) and expected.startswith(answer):
            return None
        return answer.startswith(expected)

    def _wrapped(self, packet: bytes) -> bytes:
        return wrap_b32(packet) if self._b32 else packet
