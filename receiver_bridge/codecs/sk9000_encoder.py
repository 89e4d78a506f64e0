"""Silent Knight 9000 messages out of values: what simulated receivers send. The clock in them is
fixed: an encoder knows no time."""

from __future__ import annotations

from typing import Final

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.records import ByteAnswered
from receiver_bridge.codecs.validation import SYSTEM, encode_event, validated

__all__ = ["Sk9000Encoder"]

_CLOCK: Final = '010100"0000"'


class Sk9000Encoder(ByteAnswered):
    """Calls of call format 1, and system messages."""

    systems: tuple[str, ...] = ("sia", "cid", "pulse", SYSTEM)

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        if event.code_system == SYSTEM:
            return validated(f"\x01{_CLOCK}{chr(int(event.code, 16))}{event.address or ''}")
        return validated(f"'{_CLOCK}1{line or '1'}\x05{account}\"{encode_event(event)}")

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        """None: the receiver has no message that says only that it lives."""
        return None
