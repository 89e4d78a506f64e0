"""ITI records out of values: what simulated receivers send, in the generic form."""

from __future__ import annotations

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.records import ByteAnswered

__all__ = ["ItiEncoder"]


class ItiEncoder(ByteAnswered):
    """``interface``: the computer interface form, which has no group and no user."""

    systems: tuple[str, ...] = ("iti",)

    def __init__(self, interface: bool = False) -> None:
        self._interface = interface

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        """One report. Raises ValueError for an account that does not fit and other systems."""
        if event.code_system != "iti":
            raise ValueError(f"ITI carries no {event.code_system}; allowed: iti")
        receiver, line, zone = receiver or "1", line or "1", event.address or "00"
        if self._interface:
            record = f"|[R|IA{receiver}|L{line}|A{account}|N{sequence:04d}|Z{zone}|C{event.code}|]"
            return f"{record}{sum(record.encode()) & 0xFF:02X}\r".encode()
        if len(account) != 5:
            raise ValueError(f"ITI account {account!r}; allowed: 5 characters in the generic form")
        group, user = event.area or "0", event.user or "0"
        body = f"{account[0]}p{account[1:]}{group}{user}{zone}{event.code}"
        return f"\n{receiver}{line}{body}\r".encode()

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        return b"\n00 OKAY @\r"
