"""SIA DC-09, editions 2007 to 2026: frames out of a byte stream, checked, decoded and answered.

::

    LF CRC 0LLL "id" seq [Rrcvr] Lpref [#acct] [data] [xdata]* [_HH:MM:SS,MM-DD-YYYY] CR

The payload grammars are ``contact_id`` and ``sia_dcs``; the encryption is ``aes``. A frame that
comes out rejected was not understood or not trusted, and carries no events.

What is answered:

======================================================  ===========================================
a sound frame, whatever its payload; a link test        ``ACK``, encrypted if the frame was
a time outside the window, where times are heeded       ``NAK`` with the receiver's time, in clear
a request for a key (block K) and nothing besides       ``DUH``, in clear
a wrong CRC or length, no grammar, no or a wrong key,
in clear though its account is held to its key          nothing
``ACK``, ``NAK``, ``DUH``, ``RSP``                      nothing
======================================================  ===========================================

Payloads without a grammar here (most of ``codes.dc09_payloads``, and what nobody has named yet) go
on as raw bytes and are acknowledged: on ``DUH``, which the standard has for them, panels repeat for
ever and nobody would hear of the alarm.

Keys are never exchanged over the wire, they are entered at both ends. ``RSP`` would have to bring a
new key, and ``ACK`` would let the panel believe in one, so that none of its alarms could be read
from then on. A block K beside an event or a link test is carried on like any other block, but a key
that came encrypted is left out: it would stand in journals and logs.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from receiver_bridge.codecs import contact_id, sia_dcs
from receiver_bridge.codecs.base import (
    NEED_DATA,
    AccountRules,
    DecodeOptions,
    Event,
    Frame,
    Kind,
    NeedData,
    Respond,
    Verdict,
)
from receiver_bridge.codecs.crc import crc16
from receiver_bridge.codecs.dc09_content import Content, open_sealed, parse_time, split_content
from receiver_bridge.codecs.dc09_frame import assemble, format_timestamp, wrap_body

__all__ = ["Dc09Decoder"]

CR: Final = 0x0D

LINK_TESTS: Final = frozenset({"NULL", "XNM"})
REPLIES: Final = frozenset({"ACK", "NAK", "DUH", "RSP"})
PAYLOADS: Final = {"ADM-CID": contact_id.parse_payload, "SIA-DCS": sia_dcs.parse_payload}

AHEAD: Final = timedelta(seconds=20)
BEHIND: Final = timedelta(seconds=-40)
"""How far a frame's time may be from the receiver's."""

# The CRC as four hex digits, three where a panel leaves out a leading zero, or (Lupusec, Trikdis,
# Climax) as two bytes that may be any.
_CRC = r"([0-9A-Fa-f]{3,4}|[\x00-\xff]{2})"
_ENVELOPE = re.compile(rf'\n{_CRC}0([0-9A-Fa-f]{{3}})"')
_FRAME = re.compile(
    rf'\n{_CRC}0([0-9A-Fa-f]{{3}})"(\*?)([A-Z0-9-]+)"([0-9]{{4}})'
    r"(?:R([0-9A-Fa-f]{1,6}))?(?:L([0-9A-Fa-f]{0,6}))?"
    r"(?:#([0-9A-Fa-f]{3,16}))?\["
)
_INNER_ACCOUNT = re.compile(r"#([0-9A-Fa-f]{1,16})\|")

# A binary CRC may hold LF, CR or NUL, so its frames are told by what stands behind it, which takes
# eight bytes; with fewer, as many as there are decide whether it can still become one.
_BINARY_TAIL = rb'[\x00-\xff]{2}0[0-9A-Fa-f]{3}"'
_MAYBE_TAIL = (
    rb"(?:\Z|[\x00-\xff](?:\Z|[\x00-\xff](?:\Z|0"
    rb"(?:\Z|[0-9A-Fa-f](?:\Z|[0-9A-Fa-f](?:\Z|[0-9A-Fa-f]\Z))))))"
)
_BINARY = re.compile(rb"\n" + _BINARY_TAIL)
_MAYBE_BINARY = re.compile(rb"\n" + _MAYBE_TAIL)
_PADDING = re.compile(rb"(?:[\r\x00]|\n(?=[\r\n\x00])(?!%b)(?!%b))*" % (_BINARY_TAIL, _MAYBE_TAIL))
# Nearly all that comes: one look instead of three.
_ORDINARY = re.compile(rb'\n[0-9A-Fa-f]{4}0[0-9A-Fa-f]{3}"[^\r\n]*\r')
_DELIMITER = re.compile(rb"[\r\n]")

_FIRST_QUOTE: Final = 7
"""Where the body begins at the earliest: behind LF, two bytes of CRC and four of length."""


class Dc09Decoder:
    """The decoder of one connection or datagram; see ``base.Decoder``.

    Bytes between frames that are no padding (CR, LF, NUL) come out as rejected frames of kind
    unparsed; padding is counted in ``consumed`` of the frame that follows it.
    """

    def __init__(self, options: DecodeOptions) -> None:
        self._options = options
        self._buffer = bytearray()
        self._padding = 0  # bytes of padding dropped since the last frame
        self._searched = 0  # no delimiter in the buffer before here

    def receive_data(self, data: bytes) -> None:
        self._buffer += data

    def next_frame(self, now: datetime | None) -> Frame | NeedData:
        end = self._find_end()
        return self._take(end, now) if end else NEED_DATA

    def finish(self) -> Frame | None:
        # What looked like the beginning of a binary CRC may have been mere line ends.
        if not self._buffer.strip(b"\r\n\0"):
            return None
        return self._take(len(self._buffer), None)

    def _take(self, size: int, now: datetime | None) -> Frame:
        raw = bytes(self._buffer) if size == len(self._buffer) else bytes(self._buffer[:size])
        del self._buffer[:size]
        consumed = size + self._padding
        self._padding = self._searched = 0
        return _decode(raw, consumed, now, self._options)

    def _drop_padding(self) -> None:
        match = _PADDING.match(self._buffer)
        if match is not None and match.end():
            self._padding += match.end()
            del self._buffer[: match.end()]

    def _find_end(self) -> int:
        """Length of the frame, or run of noise, that the buffer begins with once padding is
        dropped; 0: not all is here.

        A frame ends with its CR. Noise, and a frame that was cut off, end where an LF begins the
        next one. What is longer than ``max_frame`` is cut there.
        """
        buffer = self._buffer
        if not buffer:
            return 0
        longest = self._options.max_frame
        if not self._searched and (match := _ORDINARY.match(buffer)):
            return min(match.end(), longest)
        self._drop_padding()
        if not buffer or (len(buffer) < 8 and _MAYBE_BINARY.match(buffer)):
            return 0
        start = 8 if _BINARY.match(buffer) else 1
        match = _DELIMITER.search(buffer, max(start, self._searched))
        if match is None:
            self._searched = len(buffer)
            return longest if len(buffer) >= longest else 0
        end = match.end() if buffer[match.start()] == CR else match.start()
        return min(end, longest)


def _check(raw: bytes, crc: str, length: str, start: int, rules: AccountRules) -> str | None:
    """Which of the sums over the body, from its first quote up to the CR, does not fit."""
    body = raw[start:-1]
    declared = int(crc, 16) if len(crc) > 2 else int.from_bytes(raw[1:3], "big")
    if crc16(body) != declared and "crc" not in rules.tolerate:
        return "crc"
    if len(body) != int(length, 16) and "length" not in rules.tolerate:
        return "length"
    return None


def _fault(raw: bytes, text: str, options: DecodeOptions) -> str:
    """Why these bytes are no frame: damaged on the way (crc, length), or never one (grammar)."""
    match = _ENVELOPE.match(text) if raw[-1] == CR else None
    if match is None:
        return "grammar"
    rules = options.rules_for(None)
    return _check(raw, match[1], match[2], match.end() - 1, rules) or "grammar"


def _understand(
    token: str, data: str, extended: tuple[tuple[str, str], ...]
) -> tuple[Kind, str | None, tuple[Event, ...]]:
    """Kind, reason and events of a payload. What cannot be read is accepted all the same: the bytes
    go on as they are, and the panel does not repeat them for ever."""
    parse = PAYLOADS.get(token)
    if parse is not None and data:
        events, whole = parse(data)
        return "event" if events else "unparsed", None if whole else "payload", events
    if token in LINK_TESTS:
        return "link_test", None, ()
    if token in REPLIES:
        return "reply", None, ()
    if not data and any(name == "K" for name, _value in extended):
        return "unparsed", "request", ()
    return "unparsed", "payload" if parse else "token", ()


def _clock_is_wrong(time: datetime | None, encrypted: bool, clock: datetime | None) -> bool:
    """``clock``: None where the time need not fit. One that no clock shows never passes in an
    encrypted frame, which must have one."""
    if clock is None:
        return encrypted and time is None
    return time is None or not BEHIND <= time - clock <= AHEAD


def _decode(raw: bytes, consumed: int, now: datetime | None, options: DecodeOptions) -> Frame:
    """Check and decode one frame, LF to CR, or a run of noise."""
    text = raw.decode("latin-1")
    match = _FRAME.match(text) if raw[-1] == CR else None
    if match is None:
        reason: str | None = _fault(raw, text, options)
        return Frame("dc09", "reject", "unparsed", raw, reason, consumed=consumed)
    crc, length, star, token, sequence, receiver, line, account = match.groups()
    encrypted = star == "*"
    behind = match.end()
    if account is None:
        if not encrypted and (inner := _INNER_ACCOUNT.match(text, behind)):
            account = inner[1]
        elif token == "NAK" and line:
            line = line.removesuffix("A0")  # its account is without the number sign

    rules = options.rules_for(account)
    content: Content | None = None
    reason = _check(raw, crc, length, match.start(3) - 1, rules)
    if reason is None and encrypted:
        content, reason = open_sealed(text[behind:-1], rules.key)
    elif reason is None:
        content, reason = split_content(text[behind:-1]), "grammar"
    if content is None:
        header = (token, sequence, receiver, line, account, encrypted)
        return Frame("dc09", "reject", "unparsed", raw, reason, *header, consumed=consumed)

    data, extended, stamp = content
    if encrypted and extended:
        extended = tuple((name, "" if name == "K" else value) for name, value in extended)
    kind, reason, events = _understand(token, data, extended)
    time = parse_time(stamp) if stamp else None
    heeded = rules.timestamps == "check" or (encrypted and rules.timestamps == "encrypted")
    clock = now if heeded else None
    verdict: Verdict = "accept"
    respond: Respond | None = None
    if kind == "reply":
        pass
    elif rules.clear == "refuse" and rules.key and not encrypted:
        verdict, kind, reason, events = "reject", "unparsed", "clear", ()
    elif stamp and _clock_is_wrong(time, encrypted, clock):
        verdict, reason, events = "reject", "clock", ()
        respond = partial(_refuse_time, clock) if clock else None
    elif reason == "request":
        verdict, respond = "reject", _decline
    else:
        respond = partial(_acknowledge_sealed, rules.key, now) if encrypted else _acknowledge

    if data and not data.startswith(f"{account}|", 1) and (inner := _INNER_ACCOUNT.match(data)):
        # The header's account says whose key it is. The other one counts where there is no such
        # account, and only under its own key: it may else be anybody's who has the common key.
        if account is None and options.rules_for(inner[1]).key == rules.key:
            account = inner[1]
        else:
            extended += (("account", inner[1]),)
    return Frame(
        "dc09",
        verdict,
        kind,
        raw,
        reason,
        token,
        sequence,
        receiver,
        line,
        account,
        encrypted,
        time,
        events,
        extended,
        consumed,
        respond,
        clock is not None and time is not None,
    )


def _header(frame: Frame) -> bytes:
    """Sequence, receiver, line and account exactly as received."""
    raw = frame.raw
    begin = raw.index(b'"', raw.index(b'"', _FIRST_QUOTE) + 1) + 1
    return raw[begin : raw.index(b"[", begin)]


def _has_binary_crc(frame: Frame) -> bool:
    return frame.raw[_FIRST_QUOTE : _FIRST_QUOTE + 1] == b'"'


def _acknowledge(frame: Frame) -> bytes:
    return assemble("ACK", _header(frame), b"]", binary_crc=_has_binary_crc(frame))


def _acknowledge_sealed(key: bytes | None, now: datetime | None, frame: Frame) -> bytes:
    """``*ACK`` under the same key. Without a clock it carries the panel's own time."""
    time = now or frame.timestamp
    content = f"]{format_timestamp(time) if time else ''}".encode()
    binary_crc = _has_binary_crc(frame)
    return assemble("ACK", _header(frame), content, key=key, binary_crc=binary_crc)


def _decline(frame: Frame) -> bytes:
    return assemble("DUH", _header(frame), b"]", binary_crc=_has_binary_crc(frame))


def _refuse_time(now: datetime, frame: Frame) -> bytes:
    """``NAK`` with the receiver's time, by which the panel corrects its own; never encrypted."""
    body = f'"NAK"0000R0L0A0[]{format_timestamp(now)}'
    return wrap_body(body.encode(), binary_crc=_has_binary_crc(frame))
