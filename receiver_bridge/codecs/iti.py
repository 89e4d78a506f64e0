"""ITI output (CS-4000, CS-5000; ADEMCO MX8000 in its ITI modes), both forms.

Generic, numbers in digits of base 62 (0-9 A-Z a-z)::

    LF receiver line A type AAAA group user ZZ condition CR    report; the account is A AAAA
    LF "IT IRCV 234A" CR                                       test
    LF "00 OKAY @" CR                                          heartbeat

Computer interface: ``|[`` kind fields ``|]`` checksum ``CR``, each field a bar, a letter and a
value; kinds R report, T test, S supervisory, L log::

    |[R|IA1|LB|A123456|V55600|D0514|T1019|N0005|Z1|CA|]cks CR

Source: ADEMCO MX8000 Guide, sections 8.9 and 8.10, and the ITI columns of the Conettix D6600 manual
(group, user, zone, condition). The rule of the checksum is in no free text: the setting
``checksum``. Nor are the condition codes, which go on as they are.
"""

from __future__ import annotations

import re
from functools import reduce
from operator import xor
from typing import Any, Final

from receiver_bridge.codecs.base import DecodeOptions, Event, Frame, Kind, Setting
from receiver_bridge.codecs.iti_encoder import ItiEncoder
from receiver_bridge.codecs.records import Layout, RecordCodec, RecordFormat, refused, understood
from receiver_bridge.codecs.text import decode_text

__all__ = ["CODEC"]

CHECKSUM: Final = Setting(
    "checksum",
    ("ignore", "sum", "xor"),
    "what the two hex digits behind |] are over the record up to them",
)

_RULES: Final = {"sum": sum, "xor": lambda data: reduce(xor, data, 0)}

_OWN_PLACE: Final = frozenset("ILANCZ")
"""Fields that have a place of their own in a frame."""

_FIELDS: Final = {"V": "panel", "D": "date", "T": "time", "O": "lock", "M": "audio"}
"""In words, since DC-09 has other meanings for the letters."""

_KINDS: Final[dict[str, Kind]] = {
    "R": "event",
    "T": "link_test",
    "S": "receiver_status",
    "L": "receiver_status",
}


def _report(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, line, first, panel, others, group, user, zone, condition = match.groups()
    event = Event("iti", condition, None, group, zone, user.strip("0") or None, zone)
    return understood(
        match,
        "event",
        "generic",
        events=(event,),
        receiver=receiver,
        line=line,
        account=first + others,
        extended=(("panel", panel),),
    )


def _test(match: re.Match[str], options: DecodeOptions) -> Frame:
    return understood(match, "link_test", "test")


def _okay(match: re.Match[str], options: DecodeOptions) -> Frame:
    return understood(match, "heartbeat", "OKAY")


def _is_right(record: str, checksum: str, options: DecodeOptions) -> bool:
    rule = _RULES.get(CHECKSUM.of(options))
    if rule is None or "crc" in options.rules_for(None).tolerate:
        return True
    return checksum.upper() == f"{rule(record.encode('latin-1')) & 0xFF:02X}"


def _interface(match: re.Match[str], options: DecodeOptions) -> Frame:
    record, letter, text, checksum = match.groups()
    pairs = [(field[:1], decode_text(field[1:])) for field in text.split("|") if field]
    values = dict(pairs)
    system = values.get("I", "")
    fields: dict[str, Any] = {
        "receiver": system[1:] or None,
        "line": values.get("L"),
        "account": values.get("A"),
        "sequence": values.get("N"),
        "extended": tuple(
            (_FIELDS.get(field_, f"field {field_}"), value)
            for field_, value in pairs
            if field_ not in _OWN_PLACE
        ),
    }
    if not _is_right(record, checksum, options):
        return refused(match, "crc", letter, **fields)
    condition, zone = values.get("C"), values.get("Z")
    if letter == "R" and not condition:
        return understood(match, "unparsed", letter, reason="payload", **fields)
    events = (Event("iti", condition, zone=zone, address=zone),) if condition else ()
    return understood(match, _KINDS[letter], letter, events=events, **fields)


_DIGIT = "[0-9A-Za-z]"

CODEC: Final = RecordCodec(
    RecordFormat(
        "iti",
        ends=b"\r",
        starts=b"\n",
        layouts={
            "test": Layout(r"\nIT IRCV [0-9A-Z]{4} *\r", _test),
            "okay": Layout(r"\n[0-9A-Z]{2} OKAY @ *\r", _okay),
            "report": Layout(
                rf"\n({_DIGIT})({_DIGIT})({_DIGIT})([ -~])({_DIGIT}{{4}})({_DIGIT})({_DIGIT})"
                rf"({_DIGIT}{{2}})([!-~]) *\r",
                _report,
            ),
            "interface": Layout(
                r"(\|\[([RTSL])((?:\|[^|\[\]\r\n]+)*)\|?\]\|?)([^\r\n]{0,4})\r", _interface
            ),
        },
        unknown=re.compile(r"(\n|\|\[)[\x20-\x7e]+\r"),
    ),
    ItiEncoder(),
    # Sent again at once after a NACK and after the programmable time-out, twice in all (8.9.6).
    repeat_window=16.0,
    settings=(CHECKSUM,),
)
