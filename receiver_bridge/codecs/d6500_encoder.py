"""Radionics and Bosch records out of values: what simulated receivers send, and our answers."""

from __future__ import annotations

from typing import Final

from receiver_bridge.codecs import sia_dcs
from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.contact_id import QUALIFIER_DIGITS, QUALIFIER_LETTERS
from receiver_bridge.codecs.crc import crc16
from receiver_bridge.codecs.high_speed import channel_reports
from receiver_bridge.codecs.records import ByteAnswered

__all__ = ["SPANS", "TAB", "RadionicsEncoder", "sia_mode_crc", "wrap_sia_mode"]

TAB: Final = "\t"
SPANS: Final = {"type": 0, "sequence": 1}
"""Where the CRC may begin, as index into the frame behind it."""


def sia_mode_crc(body: bytes, span: str = "type") -> int:
    """The CRC of what stands between the CRC and CR."""
    return crc16(body[SPANS[span] :])


def wrap_sia_mode(
    token: str, sequence: str, receiver: str, line: str, data: str, span: str = "type"
) -> bytes:
    """``LF CRC type seq rr ll [data] CR``; arguments are the wire's own text."""
    body = f"{token}{sequence}{receiver}{line}[{data}]".encode()
    return b"\n%04X%b\r" % (sia_mode_crc(body, span), body)


class RadionicsEncoder(ByteAnswered):
    """``sia_mode``: which of the two modes; ``letters``: whether Contact ID qualifiers are E, R, P
    as emulators have them; ``header``: the character before each record of the D6500 mode."""

    systems: tuple[str, ...] = ("cid", "sia", "radionics", "ademco-hs", "fbi", "iti")

    def __init__(self, sia_mode: bool = False, letters: bool = False, header: str = "") -> None:
        self._sia_mode = sia_mode
        self._qualifiers = QUALIFIER_LETTERS if letters else QUALIFIER_DIGITS
        self._header = header
        if sia_mode:
            self.systems = ("sia", "cid")

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        """One record. Raises ValueError for a code system that the mode does not carry."""
        if event.code_system not in self.systems:
            allowed = ", ".join(self.systems)
            raise ValueError(f"D6500 and D6600 carry no {event.code_system}; allowed: {allowed}")
        receiver = receiver or "01"
        if not self._sia_mode:
            return (
                f"{self._header}{self._record(account, event, receiver, line or '1')}\x14".encode()
            )
        if event.code_system == "sia":
            token, data = TAB, sia_dcs.encode_payload(account, [event])
        else:
            token, data = "a", f"#{account}|18{self._contact_id(event)}"
        return wrap_sia_mode(token, f"{sequence:04d}", receiver, line or "01", data)

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        """The link test."""
        if self._sia_mode:
            return wrap_sia_mode(TAB, f"{sequence:04d}", receiver or "01", line or "00", "")
        return f"{self._header}1{receiver or '01'}{line or '0'}{' ' * 11}@{' ' * 4}\x14".encode()

    def is_acknowledged(self, answer: bytes) -> bool | None:
        if not self._sia_mode:
            return super().is_acknowledged(answer)
        if not answer.endswith(b"\r"):
            return None
        return answer[5:10] != b"\t0000" and len(answer) > 10

    def _contact_id(self, event: Event) -> str:
        return (
            f"{self._qualifiers[event.qualifier]}{event.code}"
            f"{event.area or '00'}{event.address or '000'}"
        )

    def _record(self, account: str, event: Event, receiver: str, line: str) -> str:
        where, number = f"{receiver}{line}", event.address or ""
        match event.code_system:
            case "cid":
                return f"a{where} {account}18{self._contact_id(event)}"
            case "sia":
                return f"S{where}[{sia_dcs.encode_payload(account, [event])}]"
            case "ademco-hs":
                return f"f{where}{account:>6} {channel_reports(event)}"
            case "fbi":
                return f"F{where}{' ' * 6}{account:>4}{event.code[0]}{number}{event.code[1]}  "
            case "iti":
                user = event.user or "0"
                group = event.area or "1"
                return (
                    f"I{where}   {account[0]}P{account[1:]:>4}{group}{user}{number}{event.code}00"
                )
            case _:
                if event.code == "text":
                    return f"3{where} {event.text or ''}"
                # Fire and cancel have their letter in the first column, as the manual's table has.
                return f"1{where}{' ' * 6}{account:>4}{event.code:>2}{number:>4}"
