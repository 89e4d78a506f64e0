"""Sur-Gard receiver output: MLR2 and SLR (one-digit lines), System III, IV, 5 and MLR2000 (lines of
three digits and more), and the B32 form that prefixes the length over TCP.

A record ends with DC4 and is answered by one byte, ACK or NAK. Source: "SG Automation Output", the
MLR2-DG, MLR2-E, MLR2000, System III and System 5 manuals.

The receiver stops sending while a record is not acknowledged. Records that are not parsed are
therefore kept raw and acknowledged; only what line noise has made of a record is refused, which
makes the receiver send it again.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from receiver_bridge.codecs import contact_id, sia_dcs
from receiver_bridge.codecs.base import (
    NEED_DATA,
    DecodeOptions,
    Event,
    Frame,
    Kind,
    NeedData,
    Respond,
)
from receiver_bridge.codecs.surgard_encoder import ACK, DC4, NAK, wrap_b32

__all__ = ["CODEC", "SurgardCodec", "SurgardDecoder"]

_HEX = "[0-9A-Fa-f]"
_CONTACT_ID = "([ERP136])([0-9B-F]{3})([0-9B-F]{2})([0-9B-F]{3})"
_LINE = f"(?:{_HEX}{{3,9}}|{_HEX})"
_BODY_BEGINS = r"(?= (?:18|98|58)|\[| +@)"
_HEADER = re.compile(rf"([5QS01])({_HEX}{{2}})({_LINE}){_BODY_BEGINS}")
# Behind a record: the receiver's clock, if switched on, and then its end or, where the DC4 between
# two records was lost, the header of the next. Anything else, and it was no record.
_CLOCK = r"(?: ?[0-9]{2}:[0-9]{2}:[0-9]{2}-[0-9]{2}/[0-9]{2})?"
_END = rf"{_CLOCK}(?=\Z|[5QS01]{_HEX}{{2}}{_LINE}{_BODY_BEGINS})"
_BODIES: Final = {
    "5": re.compile(rf" (?:18|98)({_HEX}{{4}}){_CONTACT_ID}{_END}"),
    "Q": re.compile(rf" 58({_HEX}{{10}}){_CONTACT_ID}{_END}"),
    "S": re.compile(rf"\[([^\[\]]*)\]{_END}"),
    "0": re.compile(rf"\[([^\[\]]*)\]{_END}"),
    "1": re.compile(rf" +@ *{_END}"),
}
_INNER_ACCOUNT = re.compile(rf"#({_HEX}+)\|")
# Any record: its id, the receiver number, and nothing that only line noise makes.
_UNKNOWN_RECORD = re.compile(rf"([0-9A-Za-z]){_HEX}{{2}}[\x20-\x7e]*")

_PADDING = re.compile(rb"(?:[\r\n]|\x00(?=\x00\x00\x00))*")
"""Line ends, and all but the last three of many NULs: those may begin a B32 prefix."""

B32_PREFIX: Final = 4


def _acknowledge(frame: Frame) -> bytes:
    return ACK


def _refuse(frame: Frame) -> bytes:
    return NAK


def _acknowledge_b32(frame: Frame) -> bytes:
    return wrap_b32(ACK)


def _refuse_b32(frame: Frame) -> bytes:
    return wrap_b32(NAK)


class _Record(NamedTuple):
    """A known record, or (``header`` None) what stands between known ones."""

    start: int
    end: int
    header: re.Match[str] | None
    body: re.Match[str] | None


def _split(text: str, start: int) -> Iterator[_Record]:
    """The records between two DC4, from ``start`` on; together they cover all of the text."""
    position = start
    header = _HEADER.search(text, position)
    while header is not None:
        body = _BODIES[header[1]].match(text, header.end())
        if body is None:
            header = _HEADER.search(text, header.start() + 1)
            continue
        if header.start() > position:
            yield _Record(position, header.start(), None, None)
        yield _Record(header.start(), body.end(), header, body)
        position = body.end()
        header = _HEADER.search(text, position)
    if position < len(text) or position == start:
        yield _Record(position, len(text), None, None)


class _Meaning(NamedTuple):
    kind: Kind
    account: str | None
    events: tuple[Event, ...]
    reason: str | None


def _understand(record_id: str, body: re.Match[str]) -> _Meaning:
    """What a known record says."""
    if record_id == "1":
        return _Meaning("heartbeat", None, (), None)
    if record_id in "5Q":
        account, *message = body.groups()
        return _Meaning("event", account, (contact_id.make_event(*message),), None)
    inner = _INNER_ACCOUNT.match(body[1])
    account = inner[1] if inner else None
    events, whole = sia_dcs.parse_payload(body[1])
    kind: Kind = "unparsed"
    if record_id == "0":
        kind = "receiver_status"
    elif events:
        kind = "event"
    return _Meaning(kind, account, events, None if whole else "payload")


def _decode(raw: bytes, text: str, record: _Record, consumed: int) -> Frame:
    """The frame of one record; ``text`` is the packet's text that ``record`` points into."""
    if record.header is not None and record.body is not None:
        token, receiver, line = record.header.groups()
        meaning = _understand(token, record.body)
        return Frame(
            "surgard",
            "accept",
            meaning.kind,
            raw,
            meaning.reason,
            token,
            receiver=receiver,
            line=line,
            account=meaning.account,
            events=meaning.events,
            consumed=consumed,
        )
    unknown = _UNKNOWN_RECORD.fullmatch(text, record.start, record.end)
    if unknown is None:
        return Frame("surgard", "reject", "unparsed", raw, "grammar", consumed=consumed)
    token = unknown[1]
    reason = "payload" if token in _BODIES else "token"
    return Frame("surgard", "accept", "unparsed", raw, reason, token, consumed=consumed)


class SurgardDecoder:
    """The decoder of one line or connection; see ``base.Decoder``.

    Repeats that the receiver has glued together, and records behind line noise, come out one by
    one. Only the last before a DC4 has a reply, as the receiver awaits one for each DC4; one too
    many would acknowledge a record that is still to come.
    """

    def __init__(self, options: DecodeOptions) -> None:
        self._longest = options.max_frame
        self._buffer = bytearray()
        self._padding = 0  # bytes of padding dropped since the last frame
        self._searched = 0  # no DC4 in the buffer before here
        self._ready: deque[Frame] = deque()

    def receive_data(self, data: bytes) -> None:
        self._buffer += data

    def next_frame(self, now: datetime | None) -> Frame | NeedData:
        if not self._ready:
            self._drop_padding()
            end = self._find_end()
            if not end:
                return NEED_DATA
            self._ready.extend(self._take(end))
        return self._ready.popleft()

    def finish(self) -> Frame | None:
        if not self._buffer.strip(b"\r\n\0"):
            return None
        raw = bytes(self._buffer)
        self._buffer.clear()
        return Frame(
            "surgard", "reject", "unparsed", raw, "grammar", consumed=len(raw) + self._padding
        )

    def _drop_padding(self) -> None:
        match = _PADDING.match(self._buffer)
        if match is not None and match.end():
            self._padding += match.end()
            del self._buffer[: match.end()]
            self._searched = 0

    def _find_end(self) -> int:
        """Length of what ends with the first DC4; 0: not all is here. What is longer than
        ``max_frame`` is cut there."""
        buffer = self._buffer
        # The length in a B32 prefix may have the digits 14.
        start = B32_PREFIX if buffer.startswith(b"\0\0") else 0
        index = buffer.find(DC4, max(start, self._searched))
        if index < 0:
            self._searched = len(buffer)
            return self._longest if len(buffer) >= self._longest else 0
        return min(index + 1, self._longest)

    def _take(self, size: int) -> list[Frame]:
        packet = bytes(self._buffer[:size])
        del self._buffer[:size]
        padding, self._padding, self._searched = self._padding, 0, 0
        complete = packet.endswith(DC4)
        text = packet.decode("latin-1")[:-1] if complete else packet.decode("latin-1")
        b32 = packet.startswith(b"\0\0") and packet[2:B32_PREFIX].hex() == f"{size:04d}"
        start = B32_PREFIX if b32 else len(packet) - len(packet.lstrip(b"\r\n\0"))
        frames: list[Frame] = []
        begin = 0
        for record in _split(text, min(start, len(text))):
            end = size if record.end == len(text) else record.end
            consumed = end - begin + padding
            frames.append(_decode(packet[begin:end], text, record, consumed))
            begin, padding = end, 0
        if complete:
            frames[-1] = replace(frames[-1], respond=_reply_to(frames[-1], b32))
        return frames


def _reply_to(frame: Frame, b32: bool) -> Respond:
    if frame.verdict == "accept":
        return _acknowledge_b32 if b32 else _acknowledge
    return _refuse_b32 if b32 else _refuse


class SurgardCodec:
    """The codec of Sur-Gard receivers, which ask four times within 4 s each (System III manual)."""

    name = "surgard"
    repeat_window = 16.0

    def decoder(self, options: DecodeOptions) -> SurgardDecoder:
        return SurgardDecoder(options)


CODEC = SurgardCodec()
