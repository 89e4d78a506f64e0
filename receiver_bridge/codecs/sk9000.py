"""Silent Knight 9000 output (models 9000, 9500, 9800; ADEMCO MX8000 in SK9000 mode).

::

    27 MMDDYY 22 HHMM 22 format line 05 account 22 event [22 event]… [2A] V CR    call
    01 MMDDYY 22 HHMM 22 code [digits] V CR                                      system message

Bytes in hex; format and line card are one character each; V is the validation byte. Longer calls
come in chunks of 70 bytes that end in 2C. Source: ADEMCO MX8000 Guide, section 8.8. The link test
(00) goes from the computer to the receiver and is no record here. Answers: ACK or NAK; after two
NAKs or time-outs the receiver tells of computer trouble.
"""

from __future__ import annotations

import re
from typing import Final

from receiver_bridge.codecs.base import DecodeOptions, Frame
from receiver_bridge.codecs.records import Layout, RecordCodec, RecordFormat, refused, understood
from receiver_bridge.codecs.sk9000_encoder import Sk9000Encoder
from receiver_bridge.codecs.validation import EVENTS, is_valid, read_call, read_other, system_event

__all__ = ["CODEC"]

_CLOCK = r'([0-9]{6})"([0-9]{4})"'


def _call(match: re.Match[str], options: DecodeOptions) -> Frame:
    date, time, format, line, call = match.groups()
    extended = (("date", date), ("time", time), ("format", format))
    return read_call(match, call, options, line=line, extended=extended)


def _system(match: re.Match[str], options: DecodeOptions) -> Frame:
    date, time, message = match.groups()
    extended = (("date", date), ("time", time))
    if not is_valid(match[0], options):
        return refused(match, "crc", "system", extended=extended)
    events = (system_event(message),)
    return understood(match, "receiver_status", "system", events=events, extended=extended)


CODEC: Final = RecordCodec(
    RecordFormat(
        "sk9000",
        ends=b"\r",
        layouts={
            "call": Layout(rf"'{_CLOCK}([ -~])([ -~])\x05([^\r]{{0,300}})[@-\x7f]\r", _call),
            "system": Layout(rf"\x01{_CLOCK}([@-\x7f][ -~]{{0,20}})[@-\x7f]\r", _system),
            "other": Layout(r"[\x01'][\x05 -~]{0,300}[@-\x7f]\r", read_other),
        },
        unknown=re.compile(r"(?!)()"),
    ),
    Sk9000Encoder(),
    # Sent again at once after a NACK and after the programmable time-out, twice in all (8.8.8.1).
    repeat_window=16.0,
    settings=(EVENTS,),
)
