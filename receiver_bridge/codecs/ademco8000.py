"""ADEMCO 8000 output of the MX8000 receiver.

::

    id MMDDYY 22 HHMMSS 22 record 22 reference 22                        header of all
    header format(3) line(2) 05 account 22 event [22 event]… [2A] V CR   call, id 26
    header code [digits] V CR                                            system message, id 02
    header V CR                                                          heartbeat, id 03

Bytes in hex; the record number (01 to 99) is the receiver's, reference 0000 a link test's; V is the
validation byte. 23 in a call precedes what came damaged from the panel, 2C ends a call that goes
on (at most 128 bytes a message). Source: ADEMCO MX8000 Guide, section 8.4. The numbers of the call
formats are in no free text: the setting ``events``. Answers: ACK or NAK; after two NAKs or
time-outs the receiver sends heartbeats only until it gets an ACK.
"""

from __future__ import annotations

import re
from typing import Any, Final

from receiver_bridge.codecs.ademco8000_encoder import Ademco8000Encoder
from receiver_bridge.codecs.base import DecodeOptions, Frame
from receiver_bridge.codecs.records import Layout, RecordCodec, RecordFormat, refused, understood
from receiver_bridge.codecs.validation import EVENTS, is_valid, read_call, read_other, system_event

__all__ = ["CODEC"]

_HEADER = r'([0-9]{6})"([0-9]{6})"([0-9]{2})"([0-9]{4})"'
_LINK_TEST: Final = "0000"


def _fields(match: re.Match[str]) -> dict[str, Any]:
    date, time, receiver, reference = match.groups()[:4]
    return {
        "extended": (("date", date), ("time", time)),
        "receiver": receiver,
        "sequence": reference,
    }


def _call(match: re.Match[str], options: DecodeOptions) -> Frame:
    format, line, call = match.groups()[4:]
    fields = _fields(match)
    fields["extended"] += (("format", format),)
    return read_call(match, call, options, line=line, **fields)


def _system(match: re.Match[str], options: DecodeOptions) -> Frame:
    fields = _fields(match)
    if not is_valid(match[0], options):
        return refused(match, "crc", "system", **fields)
    events = (system_event(match[5]),)
    return understood(match, "receiver_status", "system", events=events, **fields)


def _heartbeat(match: re.Match[str], options: DecodeOptions) -> Frame:
    fields = _fields(match)
    if not is_valid(match[0], options):
        return refused(match, "crc", "heartbeat", **fields)
    kind = "link_test" if fields["sequence"] == _LINK_TEST else "heartbeat"
    return understood(match, kind, "heartbeat", **fields)  # type: ignore[arg-type]


CODEC: Final = RecordCodec(
    RecordFormat(
        "ademco8000",
        ends=b"\r",
        layouts={
            "call": Layout(
                rf"&{_HEADER}([ -~]{{3}})([0-9]{{2}})\x05([^\r]{{0,300}})[@-\x7f]\r", _call
            ),
            "system": Layout(rf"\x02{_HEADER}([@-\x7f][ -~]{{0,20}})[@-\x7f]\r", _system),
            "heartbeat": Layout(rf"[\x02\x03]{_HEADER}[@-\x7f]\r", _heartbeat),
            "other": Layout(r"[\x02\x03&][\x05 -~]{0,300}[@-\x7f]\r", read_other),
        },
        unknown=re.compile(r"(?!)()"),
    ),
    Ademco8000Encoder(),
    # Sent again at once after a NACK and after the programmable time-out, twice in all (8.4.6).
    repeat_window=16.0,
    settings=(EVENTS,),
)
