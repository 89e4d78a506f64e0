"""PIMA receivers: the serial output, and the messages of the IP generator.

::

    1 rr l ssssss aaaa cccccc DC4                        serial, columns of Sur-Gard's basic record
    LF name(19, padded with _) aaaaaa QXYZGGCCC kk CR    IP, Contact ID; kk is a checksum

Seen: ``1061      7002    TH`` and DC4. No table of the serial event codes was found, so they go on
as they are. kk in hex is FF minus the sum of hex digits; whether those of the account count is a
guess: the setting ``checksum``. So is that both are answered with ACK or NAK: the setting
``reply``.
"""

from __future__ import annotations

import re
from typing import Final

from receiver_bridge.codecs.base import DecodeOptions, Event, Frame, Setting
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.pima_encoder import SPANS, PimaEncoder, message_checksum
from receiver_bridge.codecs.records import (
    NAK,
    Layout,
    RecordCodec,
    RecordFormat,
    answer_byte,
    refused,
    understood,
)

__all__ = ["CODEC"]

CHECKSUM: Final = Setting(
    "checksum", (*SPANS, "ignore"), "over what the checksum of IP messages is counted"
)
REPLY: Final = Setting("reply", ("ack", "echo"), "what a good message is answered with")


def _echo(frame: Frame) -> bytes:
    return frame.raw if frame.verdict == "accept" else NAK


_REPLIES: Final = {"ack": answer_byte, "echo": _echo}


def _serial(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, line, account, code = match.groups()
    return understood(
        match,
        "event",
        "1",
        events=(Event("pima", code.strip()),),
        receiver=receiver,
        line=line,
        account=account.strip(),
        respond=_REPLIES[REPLY.of(options)],
    )


def _heartbeat(match: re.Match[str], options: DecodeOptions) -> Frame:
    return understood(match, "heartbeat", "1", receiver=match[1], line=match[2])


def _message(match: re.Match[str], options: DecodeOptions) -> Frame:
    name, account, qualifier, code, area, number, checksum = match.groups()
    extended = (("name", name.rstrip("_")),)
    respond = _REPLIES[REPLY.of(options)]
    span = CHECKSUM.of(options)
    tolerated = span == "ignore" or "crc" in options.rules_for(account).tolerate
    expected = message_checksum(account, f"{qualifier}{code}{area}{number}", span)
    if checksum.upper() != expected and not tolerated:
        return refused(match, "crc", "ip", account=account, extended=extended, respond=respond)
    event = make_event(qualifier, code, area, number)
    return understood(
        match, "event", "ip", events=(event,), account=account, extended=extended, respond=respond
    )


CODEC: Final = RecordCodec(
    RecordFormat(
        "pima",
        ends=b"\x14\r",
        starts=b"\n",
        layouts={
            "heartbeat": Layout(r"1([0-9A-F]{2})([0-9A-F]) {11}@ *\x14", _heartbeat),
            "serial": Layout(
                r"1([0-9A-F]{2})([0-9A-F]) {6}([ 0-9A-F]{4})( {0,5}[0-9A-Z][0-9A-Z ]{0,5})\x14",
                _serial,
            ),
            "message": Layout(
                r"\n([0-9A-Za-z_.:-]{19})([0-9A-F]{6})([136])([0-9B-F]{3})([0-9B-F]{2})"
                r"([0-9B-F]{3})([0-9A-Fa-f]{2})\r",
                _message,
            ),
        },
        unknown=re.compile(r"\n?([0-9A-Za-z_])[\x20-\x7e]*[\r\x14]"),
    ),
    PimaEncoder(),
    repeat_window=60.0,
    settings=(CHECKSUM, REPLY),
)
