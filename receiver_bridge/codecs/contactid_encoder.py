"""Contact ID digits out of values: what simulated panels send over a telephone line."""

from __future__ import annotations

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.contact_id import QUALIFIER_DIGITS
from receiver_bridge.codecs.dtmf import DIGITS, checksum
from receiver_bridge.codecs.records import ByteAnswered

__all__ = ["ContactIdEncoder", "message_digits"]


def message_digits(account: str, event: Event) -> str:
    """The digits of a message without its checksum.

    Raises ValueError for an account of other than 4 or 10 of Contact ID's digits, which A is not,
    and for another code system.
    """
    types = {4: "18", 10: "58"}
    if len(account) not in types or set(account) - set(DIGITS):
        raise ValueError(f"Contact ID account {account!r}; allowed: 4 or 10 of {DIGITS}")
    if event.code_system != "cid":
        raise ValueError(f"Contact ID carries no {event.code_system}; allowed: cid")
    qualifier = QUALIFIER_DIGITS[event.qualifier]
    number = f"{event.area or '00'}{event.address or '000'}"
    return f"{account}{types[len(account)]}{qualifier}{event.code}{number}"


class ContactIdEncoder(ByteAnswered):
    """``receiver`` and ``line`` do not go over a telephone line."""

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
        return f"{digits}{checksum(digits)}".encode()

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        return None
