"""ADEMCO 8000 messages out of values: what simulated receivers send. The clock in them is fixed: an
encoder knows no time."""

from __future__ import annotations

from typing import Final

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.records import ByteAnswered
from receiver_bridge.codecs.validation import SYSTEM, encode_event, validated

__all__ = ["Ademco8000Encoder"]

_CLOCK: Final = '010100"000000"'


class Ademco8000Encoder(ByteAnswered):
    """Calls of call format 001, system messages and heartbeats."""

    systems: tuple[str, ...] = ("cid", "sia", "pulse", SYSTEM)

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        header = self._header(receiver, sequence)
        if event.code_system == SYSTEM:
            return validated(f"\x02{header}{chr(int(event.code, 16))}{event.address or ''}")
        return validated(f'&{header}001{line or "01"}\x05{account}"{encode_event(event)}')

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        return validated(f"\x03{self._header(receiver, sequence)}")

    def _header(self, receiver: str | None, sequence: int) -> str:
        return f'{_CLOCK}{receiver or "01"}"{sequence:04d}"'
