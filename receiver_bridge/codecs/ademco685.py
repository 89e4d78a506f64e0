"""Ademco 685 output, its CAPS variant, and what emulates them: Honeywell MX8000, VisorAlarm,
Paradox IPR512, Trikdis and others.

::

    LF RG 1234 E CR              3x1, 4x1: one event digit
    LF RG 1234 E Z CR            4x2: event digit, zone digit
    LF RG 1234 X Y Z A           4x2 in CAPS: 16 times event plus zone in decimal, ends with A
    LF RG 1234 NNNN NNNN N CR    high speed: a report for each of nine channels
    LF RG 1234 18 QXYZ GG FCCC CR    Contact ID; F is C (contact) or U (user)
    LF RG OKAY @ CR              heartbeat

R is the receiver, G the group or line. Sources: ADEMCO MX8000 Installation and Operation Guide,
sections 8.5 and 8.6 (all but the qualifier P); VisorAlarm Plus manual, appendix IV (Contact ID,
qualifier P). What the MX8000 sends of itself in this mode has no published layout: kept raw.
"""

from __future__ import annotations

import re
from typing import Any, Final

from receiver_bridge.codecs import contact_id
from receiver_bridge.codecs.ademco685_encoder import Ademco685Encoder
from receiver_bridge.codecs.base import DecodeOptions, Event, Frame
from receiver_bridge.codecs.high_speed import channel_events
from receiver_bridge.codecs.records import Layout, RecordCodec, RecordFormat, understood

__all__ = ["CODEC"]

_HEAD = r"\n([0-9A-Z])([0-9A-Z]) {1,2}"
_ACCOUNT = r"([0-9A-F]{4,10}) +"
_CAPS_TAIL = "([0-9]) ([0-9]) ([0-9]) ?A"
_UNKNOWN = re.compile(r"\n([0-9A-Z])[\x20-\x7e]*\r")


def _contact_id(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, group, account, qualifier, code, area, kind, number = match.groups()
    event = contact_id.make_event(qualifier, code, area, number)
    if kind:
        # The receiver says which of the two the number is, so the table need not.
        zone, user = (number, None) if kind == "C" else (None, number)
        event = event._replace(zone=zone, user=user)
    return understood(
        match, "event", "18", events=(event,), receiver=receiver, line=group, account=account
    )


def _high_speed(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, group, account, *reports = match.groups()
    events = channel_events("".join(reports))
    return understood(
        match, "event", "high speed", events=events, receiver=receiver, line=group, account=account
    )


def _pulse(match: re.Match[str], options: DecodeOptions) -> Frame:
    """What the digits mean is programmed in the panel."""
    receiver, group, account, code, zone = match.groups()
    return understood(
        match,
        "event",
        "4x2" if zone else "4x1",
        events=(Event("pulse", code, zone=zone, address=zone),),
        receiver=receiver,
        line=group,
        account=account,
    )


def _caps(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, group, account, *digits = match.groups()
    where: dict[str, Any] = {"receiver": receiver, "line": group, "account": account}
    code, zone = divmod(int("".join(digits)), 16)
    if code > 0xF:
        return understood(match, "unparsed", "CAPS", reason="payload", **where)
    event = Event("pulse", f"{code:X}", zone=f"{zone:X}", address=f"{zone:X}")
    return understood(match, "event", "CAPS", events=(event,), **where)


def _heartbeat(match: re.Match[str], options: DecodeOptions) -> Frame:
    return understood(match, "heartbeat", "OKAY", receiver=match[1], line=match[2])


CODEC: Final = RecordCodec(
    RecordFormat(
        "ademco685",
        ends=b"\r",
        starts=b"\n",
        layouts={
            "contact_id": Layout(
                rf"{_HEAD}{_ACCOUNT}(?:18|98|58) +([ERP136])([0-9B-F]{{3}}) +([0-9B-F]{{2}}) +"
                r"([CU]?)([0-9B-F]{3}) *\r",
                _contact_id,
            ),
            "high_speed": Layout(
                rf"{_HEAD}{_ACCOUNT}([0-9A-F]{{4}}) +([0-9A-F]{{4}}) +([0-9A-F]) *\r", _high_speed
            ),
            "caps": Layout(rf"{_HEAD}{_ACCOUNT}{_CAPS_TAIL}", _caps),
            "pulse": Layout(rf"{_HEAD}{_ACCOUNT}([0-9A-F])(?: ([0-9A-F]))? *\r", _pulse),
            "heartbeat": Layout(rf"{_HEAD}OKAY +@ *\r", _heartbeat),
        },
        unknown=_UNKNOWN,
        lone=re.compile((_HEAD + _ACCOUNT + _CAPS_TAIL).encode()),
    ),
    Ademco685Encoder(),
    # The MX8000 sends again at once after a NACK and after its time-out, which is programmable,
    # twice in all (8.4.6).
    repeat_window=16.0,
)
