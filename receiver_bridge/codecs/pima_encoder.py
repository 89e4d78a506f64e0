"""PIMA records out of values: what simulated receivers and IP generators send."""

from __future__ import annotations

from typing import Final

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.contact_id import QUALIFIER_DIGITS
from receiver_bridge.codecs.records import ByteAnswered

__all__ = ["SPANS", "PimaEncoder", "message_checksum"]

SPANS: Final = ("message", "event")


def message_checksum(account: str, event: str, span: str = "message") -> str:
    """Two hex digits: FF minus the sum of the hex digits of account and event, or of the event."""
    digits = event if span == "event" else account + event
    return f"{0xFF - sum(int(digit, 16) for digit in digits) & 0xFF:02X}"


class PimaEncoder(ByteAnswered):
    """Contact ID goes out as the IP generator's message, PIMA's own codes as the serial record."""

    systems: tuple[str, ...] = ("cid", "pima")

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        """One record. Raises ValueError for another code system than ``systems``."""
        if event.code_system == "pima":
            where = f"{receiver or '06'}{line or '1'}"
            return f"1{where}{' ' * 6}{account:>4}{event.code:>6}\x14".encode()
        if event.code_system != "cid":
            raise ValueError(f"PIMA carries no {event.code_system}; allowed: cid, pima")
        message = (
            f"{QUALIFIER_DIGITS[event.qualifier]}{event.code}"
            f"{event.area or '00'}{event.address or '000'}"
        )
        account = account.zfill(6)
        return f"\n{'_' * 19}{account}{message}{message_checksum(account, message)}\r".encode()

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        return None
