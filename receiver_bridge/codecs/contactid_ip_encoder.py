"""Contact ID over TCP out of values: what simulated panels send."""

from __future__ import annotations

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.contactid_encoder import message_digits
from receiver_bridge.codecs.dtmf import checksum
from receiver_bridge.codecs.records import ACK

__all__ = ["ContactIdIpEncoder"]


class ContactIdIpEncoder:
    """``receiver`` and ``line`` have no place in the message."""

    systems: tuple[str, ...] = ("cid",)

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        digits = message_digits(account, event)
        size = len(account)
        return f"[{digits[:size]} {digits[size:]}{checksum(digits)}]".encode()

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        return None

    def is_acknowledged(self, answer: bytes) -> bool | None:
        """ACK, or the message come back."""
        if answer.startswith(b"[") and not answer.endswith(b"]"):
            return None
        return answer.startswith((ACK, b"[")) if answer else None
