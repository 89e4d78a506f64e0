"""SIA DC-09, editions 2007 to 2026: frames out of a byte stream, checked, decoded and answered.

::

    LF CRC 0LLL "id" seq [Rrcvr] Lpref [#acct] [data] [xdata]* [_HH:MM:SS,MM-DD-YYYY] CR

The payload grammars are ``contact_id`` and ``sia_dcs``; the encryption is ``aes``. A frame that
comes out rejected was not understood or not trusted, and carries no events.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

from receiver_bridge.codecs import contact_id, sia_dcs
from receiver_bridge.codecs.aes import BLOCK, KEY_SIZES, decrypt, strip_pad
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
from receiver_bridge.codecs.dc09_encoder import encode_frame, format_timestamp, wrap_body
from receiver_bridge.codecs.text import decode_text

__all__ = ["CODEC", "Dc09Codec", "Dc09Decoder"]

CR: Final = 0x0D

LINK_TESTS: Final = frozenset({"NULL", "XNM"})
REPLIES: Final = frozenset({"ACK", "NAK", "DUH", "RSP"})
PAYLOADS: Final = {"ADM-CID": contact_id.parse_payload, "SIA-DCS": sia_dcs.parse_payload}

AHEAD: Final = timedelta(seconds=20)
BEHIND: Final = timedelta(seconds=-40)
"""How far a frame's time may be from the receiver's."""

# The CRC as four hex digits, or (Lupusec, Trikdis, Climax) as two bytes that may be any.
_CRC = r"([0-9A-Fa-f]{4}|[\x00-\xff]{2})"
_ENVELOPE = re.compile(rf'\n{_CRC}0([0-9A-Fa-f]{{3}})"')
_FRAME = re.compile(
    rf'\n{_CRC}0([0-9A-Fa-f]{{3}})"(\*?)([A-Z0-9-]+)"([0-9]{{4}})'
    r"(?:R([0-9A-Fa-f]{1,6}))?(?:L([0-9A-Fa-f]{0,6}))?"
    r"(?:#([0-9A-Fa-f]{3,16}))?\["
)
_NEXT_BLOCK = re.compile(r"\]\[(?=[A-Za-z])")
_STAMP = re.compile(r"_([0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{2}-[0-9]{2}-[0-9]{4})")

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


def _parse_time(stamp: str) -> datetime | None:
    """The UTC time of ``HH:MM:SS,MM-DD-YYYY``; None for one that no clock shows."""
    try:
        return datetime.fromisoformat(
            f"{stamp[15:19]}-{stamp[9:11]}-{stamp[12:14]}T{stamp[:8]}+00:00"
        )
    except ValueError:
        return None


def _acknowledge(frame: Frame) -> bytes:
    """``ACK`` in clear, with the sequence, receiver, line and account exactly as received."""
    return encode_frame(
        "ACK",
        sequence=frame.sequence or "",
        receiver=frame.receiver,
        line=frame.line,
        account=frame.account,
        binary_crc=_has_binary_crc(frame),
    )


def _acknowledge_encrypted(key: bytes, now: datetime | None, frame: Frame) -> bytes:
    """``*ACK`` under the same key. Without a clock it carries the panel's own time."""
    return encode_frame(
        "ACK",
        sequence=frame.sequence or "",
        receiver=frame.receiver,
        line=frame.line,
        account=frame.account,
        timestamp=now or frame.timestamp,
        key=key,
        binary_crc=_has_binary_crc(frame),
    )


def _refuse_time(now: datetime, frame: Frame) -> bytes:
    """``NAK`` with the receiver's time, by which the panel corrects its own; never encrypted."""
    body = f'"NAK"0000R0L0A0[]{format_timestamp(now)}'
    return wrap_body(body.encode(), binary_crc=_has_binary_crc(frame))


def _has_binary_crc(frame: Frame) -> bool:
    return frame.raw[7:8] == b'"'


class _Content(NamedTuple):
    """What stands behind the header's bracket, once in clear."""

    data: str
    extended: tuple[tuple[str, str], ...]
    stamp: str | None


def _split_content(content: str) -> _Content | None:
    """``data][xdata]…_time`` -> its parts; None where it is not that."""
    end = content.rfind("]")
    if end < 0:
        return None
    stamp = None
    if end + 1 < len(content):
        match = _STAMP.fullmatch(content, end + 1)
        if match is None:
            return None
        stamp = match[1]
    data = content[:end]
    if "][" not in data:
        return _Content(data, (), stamp)
    data, *blocks = _NEXT_BLOCK.split(data)
    return _Content(data, tuple((block[0], decode_text(block[1:])) for block in blocks), stamp)


def _open(content: str, key: bytes | None) -> tuple[_Content | None, str]:
    """The parts of an encrypted content, or None and what is wrong: ``grammar`` where it is not
    whole blocks in hex digits, ``key`` without the right key.

    The CRC is over the ciphertext and passes with any key: what shows the right one is the closing
    bracket and the time that every encrypted frame must end in. Some panels leave PKCS#7 padding
    behind the time.
    """
    try:
        ciphertext = bytes.fromhex(content)
    except ValueError:
        return None, "grammar"
    # fromhex skips white space, which is no part of a frame.
    if not ciphertext or len(ciphertext) % BLOCK or len(ciphertext) * 2 != len(content):
        return None, "grammar"
    if key is None or len(key) not in KEY_SIZES:
        return None, "key"
    plain = decrypt(key, ciphertext).decode("latin-1")
    tail = ord(plain[-1])
    if 1 <= tail <= BLOCK:
        plain = plain[:-tail]
    parts = _split_content(strip_pad(plain))
    if parts is None or parts.stamp is None:
        parts = None
    return parts, "key"


def _understand(token: str, data: str) -> tuple[Kind, str | None, tuple[Event, ...]]:
    """Kind, reason and events of a payload. What cannot be read is accepted all the same: the bytes
    go on as they are, and the panel does not repeat them for ever."""
    if token in LINK_TESTS:
        return "link_test", None, ()
    if token in REPLIES:
        return "reply", None, ()
    parse = PAYLOADS.get(token)
    if parse is None:
        return "unparsed", "token", ()
    events, whole = parse(data)
    return "event" if events else "unparsed", None if whole else "payload", events


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
        raw = bytes(self._buffer[:size])
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
    declared = int(crc, 16) if len(crc) == 4 else int.from_bytes(raw[1:3], "big")
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


def _heeds_time(rules: AccountRules, encrypted: bool) -> bool:
    return rules.timestamps == "check" or (encrypted and rules.timestamps == "encrypted")


def _clock_is_wrong(
    content: _Content, time: datetime | None, encrypted: bool, now: datetime | None
) -> bool:
    """``now``: None where the time need not fit. One that no clock shows never passes in an
    encrypted frame, which must have one."""
    if content.stamp is None:
        return False
    if now is None:
        return encrypted and time is None
    return time is None or not BEHIND <= time - now <= AHEAD


def _decode(raw: bytes, consumed: int, now: datetime | None, options: DecodeOptions) -> Frame:
    """Check and decode one frame, LF to CR, or a run of noise."""
    text = raw.decode("latin-1")
    match = _FRAME.match(text) if raw[-1] == CR else None
    if match is None:
        reason: str | None = _fault(raw, text, options)
        return Frame("dc09", "reject", "unparsed", raw, reason, consumed=consumed)
    crc, length, star, token, sequence, receiver, line, account = match.groups()
    encrypted = bool(star)
    if token == "NAK" and line and not account:
        line = line.removesuffix("A0")  # a NAK has its account without the number sign
    verdict: Verdict = "reject"
    kind: Kind = "unparsed"
    key: bytes | None = None
    content: _Content | None = None
    time: datetime | None = None
    events: tuple[Event, ...] = ()
    respond: Respond | None = None

    rules = options.rules_for(account)
    clock = now if _heeds_time(rules, encrypted) else None
    reason = _check(raw, crc, length, match.start(3) - 1, rules)
    if reason is None and encrypted:
        key = rules.key
        content, reason = _open(text[match.end() : -1], key)
    elif reason is None:
        content, reason = _split_content(text[match.end() : -1]), "grammar"
    if content is not None:
        kind, reason, events = _understand(token, content.data)
        time = _parse_time(content.stamp) if content.stamp else None
        if kind == "reply":
            verdict = "accept"
        elif rules.clear == "refuse" and rules.key and not encrypted:
            kind, reason, events = "unparsed", "clear", ()
        elif _clock_is_wrong(content, time, encrypted, clock):
            reason, events = "clock", ()
            respond = partial(_refuse_time, clock) if clock else None
        else:
            verdict = "accept"
            respond = partial(_acknowledge_encrypted, key, now) if key else _acknowledge
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
        content.extended if content else (),
        consumed,
        respond,
        bool(clock and time),
    )


class Dc09Codec:
    """The codec of SIA DC-09."""

    name = "dc09"

    def decoder(self, options: DecodeOptions) -> Dc09Decoder:
        return Dc09Decoder(options)


CODEC = Dc09Codec()
