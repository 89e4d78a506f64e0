"""Ademco 685 records out of values: what simulated receivers send."""

from __future__ import annotations

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.contact_id import QUALIFIER_LETTERS
from receiver_bridge.codecs.high_speed import channel_reports
from receiver_bridge.codecs.records import ByteAnswered

__all__ = ["Ademco685Encoder"]


class Ademco685Encoder(ByteAnswered):
    """``caps``: whether 4x2 events go out as CAPS has them."""

    systems: tuple[str, ...] = ("cid", "pulse", "ademco-hs")

    def __init__(self, caps: bool = False) -> None:
        self._caps = caps

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
        return f"\n{receiver or '0'}{line or '1'} {account} {self._body(event)}".encode()

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        return f"\n{receiver or '0'}{line or '1'} OKAY @ \r".encode()

    def _body(self, event: Event) -> str:
        if event.code_system == "cid":
            kind = "U" if event.user is not None else "C"
            qualifier = QUALIFIER_LETTERS[event.qualifier]
            number = event.address or "000"
            return f"18 {qualifier}{event.code} {event.area or '00'} {kind}{number} \r"
        if event.code_system == "ademco-hs":
            return f"{channel_reports(event)}\r"
        if event.code_system != "pulse":
            allowed = ", ".join(self.systems)
            raise ValueError(f"Ademco 685 carries no {event.code_system}; allowed: {allowed}")
        if event.address is None:
            return f"{event.code}\r"
        if self._caps:
            value = 16 * int(event.code, 16) + int(event.address, 16)
            return "{} {} {}A".format(*f"{value:03d}")
        return f"{event.code} {event.address}\r"
