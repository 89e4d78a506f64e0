"""Contact ID over TCP as Lupusec panels send it (``ip://…/CID``): a message in brackets::

    [SSSS 18 Q EEE GG ZZZ C]

SSSS is the subscriber, on real panels any name; C the checksum digit, behind which some panels
send more. Source: ioBroker.contactid (format, answers, two messages seen:
``[alarmanlage 18140101001B4B6]``). Whether C is DC-05's checksum no source says: the setting
``checksum``. The answer is ACK, of other panels the message itself: the setting ``reply``.
"""

from __future__ import annotations

import re
from typing import Final

from receiver_bridge.codecs import dtmf
from receiver_bridge.codecs.base import DecodeOptions, Frame, Setting
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.contactid_ip_encoder import ContactIdIpEncoder
from receiver_bridge.codecs.records import (
    NAK,
    Layout,
    RecordCodec,
    RecordFormat,
    answer_byte,
    refused,
    understood,
)
from receiver_bridge.codecs.text import decode_text

__all__ = ["CODEC"]

CHECKSUM: Final = Setting(
    "checksum", ("ignore", "check"), "whether the digit behind the zone must be DC-05's checksum"
)
REPLY: Final = Setting("reply", ("ack", "echo"), "what a panel is answered with")


def _echo(frame: Frame) -> bytes:
    return frame.raw if frame.verdict == "accept" else NAK


_REPLIES: Final = {"ack": answer_byte, "echo": _echo}


def _message(match: re.Match[str], options: DecodeOptions) -> Frame:
    subscriber, token, qualifier, code, area, number, digit, more = match.groups()
    account = decode_text(subscriber)
    respond = _REPLIES[REPLY.of(options)]
    digits = f"{subscriber}{token}{qualifier}{code}{area}{number}{digit}"
    # A name has no value to add up.
    if CHECKSUM.of(options) == "check" and not (set(digits) - set(dtmf.DIGITS) or more):
        tolerated = "crc" in options.rules_for(account).tolerate
        if not dtmf.is_valid(digits) and not tolerated:
            return refused(match, "crc", token, account=account, respond=respond)
    return understood(
        match,
        "event",
        token,
        events=(make_event(qualifier, code, area, number),),
        account=account,
        extended=(("more", more),) if more else (),
        respond=respond,
    )


CODEC: Final = RecordCodec(
    RecordFormat(
        "contactid-ip",
        ends=b"]",
        starts=b"[",
        layouts={
            "message": Layout(
                r"\[([^\[\]\x00-\x1f]{1,64}?) (18|98|58)([136ERP])([0-9B-F]{3})([0-9B-F]{2})"
                r"([0-9B-F]{3})([0-9A-Fa-f]?)([ -Z^-~]*)\]",
                _message,
            )
        },
        unknown=re.compile(r"(\[)[\x20-\x7e]+\]"),
    ),
    ContactIdIpEncoder(),
    repeat_window=60.0,
    settings=(CHECKSUM, REPLY),
)
