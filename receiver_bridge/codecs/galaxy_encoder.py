"""Galaxy blocks out of values: our answers, and what simulated panels send."""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import Final

from receiver_bridge.codecs import sia_dcs
from receiver_bridge.codecs.base import Event

__all__ = [
    "ACKNOWLEDGE",
    "OFFSET",
    "OVERHEAD",
    "REJECT",
    "GalaxyEncoder",
    "encode_block",
    "is_whole",
]

OFFSET: Final = 0x40
"""What is added to the length of a payload."""

OVERHEAD: Final = 3
"""Length, function and parity."""

MOST: Final = 0xFF - OFFSET
ACKNOWLEDGE: Final = b"8"
REJECT: Final = b"9"


def encode_block(function: bytes, payload: bytes = b"") -> bytes:
    """One block. Raises ValueError for a payload that its length byte cannot count."""
    if len(payload) > MOST:
        raise ValueError(f"a Galaxy block of {len(payload)} bytes; allowed are {MOST}")
    block = bytes([OFFSET + len(payload)]) + function + payload
    return block + bytes([reduce(xor, block, 0xFF)])


def is_whole(block: bytes | bytearray) -> bool:
    """Whether the parity fits."""
    return reduce(xor, block, 0xFF) == 0


class GalaxyEncoder:
    """A group of four blocks an event: account, event, text (which may be empty) and end, as a
    panel at SIA level 3 or 4 sends it. ``charset``: that of the text."""

    systems: tuple[str, ...] = ("sia",)
    blocks = 4

    def __init__(self, charset: str = "cp437") -> None:
        self._charset = charset

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        if event.code_system != "sia":
            raise ValueError(f"Galaxy carries no {event.code_system}; allowed: sia")
        told = sia_dcs.encode_payload("", [event._replace(text=None)]).removeprefix("#|N")
        text = (event.text or "").encode(self._charset, "replace")
        return (
            encode_block(b"#", account.encode())
            + encode_block(b"N", told.encode())
            + encode_block(b"A", text)
            + encode_block(b"0")
        )

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        """None: the panel's own tests are events."""
        return None

    def is_acknowledged(self, answer: bytes) -> bool | None:
        """Every block must be; False as soon as one is rejected."""
        answers = [answer[begin : begin + OVERHEAD] for begin in range(0, len(answer), OVERHEAD)]
        whole = [block for block in answers if len(block) == OVERHEAD and is_whole(block)]
        if any(block[1:2] == REJECT for block in whole):
            return False
        return True if len(whole) >= self.blocks else None
