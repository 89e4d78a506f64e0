"""What Silent Knight 9000 and ADEMCO 8000 messages share: the validation byte, and the events of a
call.

The validation byte is a running sum: after each addition bit 7 is cleared and bit 6 set (ADEMCO
MX8000 Guide, 8.4.5), so that it is never a control character. Recomputed on the guide's example of
a call; its example of a system message (figure 8-15) does not fit its own rule.
"""

from __future__ import annotations

import re
from typing import Any, Final

from receiver_bridge.codecs.base import DecodeOptions, Event, Frame, Kind, Setting
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.records import refused, understood
from receiver_bridge.codecs.sia_dcs import parse_payload
from receiver_bridge.codecs.simple import coded_event
from receiver_bridge.codes import sia_codes

__all__ = [
    "EVENTS",
    "SYSTEM",
    "encode_event",
    "is_valid",
    "read_call",
    "read_other",
    "system_event",
    "validated",
]

SYSTEM: Final = "mx8000"
"""What these receivers say of themselves: the code is the message's byte in hex."""

EVENTS: Final = Setting(
    "events",
    ("auto", "sia", "cid", "pulse"),
    "how events of calls are written; the numbers of the call formats are in no free text",
)

_CONTACT_ID = re.compile(r"([ERP136])([0-9B-F]{3})([0-9B-F]{2})([0-9B-F]{3})")
_SIA = re.compile(r"([A-Z]{2})([0-9A-F]*)")
_PULSE = re.compile(r"([0-9A-F])([0-9A-F]{0,3})")
_ACCOUNT = re.compile(r"([0-9A-Z]{1,10})\"")


def validation_byte(message: bytes) -> int:
    """Of a message from its first byte on."""
    total = message[0] if message else 0
    for byte in message[1:]:
        total = (total + byte) & 0x7F | 0x40
    return total


def validated(message: str) -> bytes:
    """The message with validation byte and CR behind it."""
    data = message.encode("latin-1")
    return data + bytes([validation_byte(data), 0x0D])


def is_valid(record: str, options: DecodeOptions) -> bool:
    """Whether the byte before CR is right, or need not be."""
    data = record.encode("latin-1")
    return data[-2] == validation_byte(data[:-2]) or "crc" in options.rules_for(None).tolerate


def _contact_id(text: str) -> Event | None:
    match = _CONTACT_ID.fullmatch(text)
    return make_event(*match.groups()) if match else None


def _sia(text: str) -> Event | None:
    match = _SIA.fullmatch(text)
    if match is None:
        return None
    return parse_payload(f"|N{text}")[0][0]


def _known_sia(text: str) -> Event | None:
    return _sia(text) if text[:2] in sia_codes() else None


def _pulse(text: str) -> Event | None:
    match = _PULSE.fullmatch(text)
    if match is None:
        return None
    zone = match[2] or None
    return Event("pulse", match[1], zone=zone, address=zone)


_READERS: Final = {
    "auto": (_contact_id, _known_sia, _pulse),
    "sia": (_sia,),
    "cid": (_contact_id,),
    "pulse": (_pulse,),
}


def _read_event(text: str, style: str) -> Event | None:
    return next(filter(None, (reader(text) for reader in _READERS[style])), None)


def read_call(match: re.Match[str], call: str, options: DecodeOptions, **fields: Any) -> Frame:
    """The frame of a call; ``call`` is what stands behind the 05: ``account"event"event…``, with
    ``*`` at its end where somebody may listen in, a comma where more follows, ``#`` before what
    came damaged from the panel."""
    if not is_valid(match[0], options):
        return refused(match, "crc", "call", **fields)
    account = _ACCOUNT.match(call)
    if account is None:
        return understood(match, "unparsed", "call", reason="payload", **fields)
    texts = [text for text in call[account.end() :].rstrip("*,").split('"') if text]
    style = EVENTS.of(options)
    found = [_read_event(text, style) for text in texts]
    events = tuple(event for event in found if event is not None)
    reason = None if events and len(events) == len(found) else "payload"
    kind: Kind = "event" if events else "unparsed"
    fields["account"] = account[1]
    return understood(match, kind, "call", events=events, reason=reason, **fields)


def read_other(match: re.Match[str], options: DecodeOptions) -> Frame:
    """A message of no known layout: kept where its validation byte shows that it came whole."""
    if not is_valid(match[0], options):
        return refused(match, "crc")
    return understood(match, "unparsed", f"{ord(match[0][0]):02X}", reason="token")


def system_event(message: str) -> Event:
    """``message``: the code byte and the digits that say which line card, user or model."""
    return coded_event(SYSTEM, f"{ord(message[0]):02X}", message[1:] or None)


def encode_event(event: Event) -> str:
    """An event as it stands in a call. Raises ValueError for a code system that calls lack."""
    number = event.address or ""
    if event.code_system == "cid":
        qualifier = {"new": "E", "restore": "R", "status": "P"}[event.qualifier or "new"]
        return f"{qualifier}{event.code}{event.area or '00'}{number or '000'}"
    if event.code_system in ("sia", "pulse"):
        return f"{event.code}{number}"
    raise ValueError(f"a call carries no {event.code_system}; allowed: cid, sia, pulse")
