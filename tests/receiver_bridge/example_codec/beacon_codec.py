"""Beacon, a made-up radio receiver: one record a line, answered with ``+`` or ``-``.

::

    @RR AAAA CC NNN LF    receiver, account, SIA code, zone
    @RR LF                heartbeat
"""

from __future__ import annotations

import re

from receiver_bridge.codecs import DecodeOptions, Event, Frame, Setting
from receiver_bridge.codecs.records import Layout, RecordCodec, RecordFormat, understood

ZEROS = Setting("zeros", ("keep", "strip"), "whether zones keep their leading zeros")


def _event(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, account, code, zone = match.groups()
    if ZEROS.of(options) == "strip":
        zone = zone.lstrip("0") or "0"
    event = Event("sia", code, zone=zone, address=zone)
    return understood(match, "event", events=(event,), receiver=receiver, account=account)


def _heartbeat(match: re.Match[str], options: DecodeOptions) -> Frame:
    return understood(match, "heartbeat", receiver=match[1])


def _answer(frame: Frame) -> bytes:
    return b"+" if frame.verdict == "accept" else b"-"


class BeaconEncoder:
    """What a simulated Beacon sends, and how it reads the answer."""

    systems: tuple[str, ...] = ("sia",)

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
            raise ValueError(f"Beacon carries no {event.code_system}; allowed: sia")
        return f"@{receiver or '01'} {account} {event.code} {event.address or '000'}\n".encode()

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes | None:
        return f"@{receiver or '01'}\n".encode()

    def is_acknowledged(self, answer: bytes) -> bool | None:
        return answer.startswith(b"+") if answer else None


CODEC = RecordCodec(
    RecordFormat(
        "beacon",
        ends=b"\n",
        starts=b"@",
        layouts={
            "event": Layout(r"@([0-9]{2}) ([0-9A-F]{4}) ([A-Z]{2}) ([0-9]{3})\n", _event),
            "heartbeat": Layout(r"@([0-9]{2})\n", _heartbeat),
        },
        unknown=re.compile(r"(@)[ -~]*\n"),
        respond=_answer,
    ),
    BeaconEncoder(),
    repeat_window=10.0,
    settings=(ZEROS,),
)
