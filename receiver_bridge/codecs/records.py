"""What receivers' record formats share: a record ends with a certain byte and is answered once.

A format says in a :class:`RecordFormat` how its records are told from noise and what they mean;
the stream, cut anywhere, glued together or disturbed, is dealt with here.

A receiver stops sending while a record is not acknowledged. Records that are well formed but not
understood are therefore kept raw and acknowledged; what only line noise makes is refused, which
makes the receiver send it again.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from receiver_bridge.codecs.base import (
    NEED_DATA,
    DecodeOptions,
    Encoder,
    Event,
    Frame,
    Kind,
    NeedData,
    Respond,
    Setting,
)

__all__ = [
    "ACK",
    "NAK",
    "ByteAnswered",
    "Layout",
    "RecordCodec",
    "RecordDecoder",
    "RecordFormat",
    "answer_byte",
    "refused",
    "understood",
]

ACK: Final = b"\x06"
NAK: Final = b"\x15"

PADDING: Final = b"\r\n\0"
"""Bytes that may stand between records and say nothing."""


def answer_byte(frame: Frame) -> bytes:
    """One byte: ACK for what was accepted, NAK for what must come again."""
    return ACK if frame.verdict == "accept" else NAK


class ByteAnswered:
    """What encoders of formats with one-byte answers have in common."""

    def is_acknowledged(self, answer: bytes) -> bool | None:
        return answer.startswith(ACK) if answer else None


class Layout(NamedTuple):
    """One kind of record: a pattern over its text (Latin-1) with its end byte, without named
    groups, and what makes the frame of a match."""

    pattern: str
    read: Callable[[re.Match[str], DecodeOptions], Frame]


@dataclass(frozen=True, slots=True)
class RecordFormat:
    """``ends``: the bytes of which each ends a record. ``starts``: bytes that begin a record and
    stand nowhere else in one; what is before them is noise.

    ``layouts``: the known records by any name, the first that fits counts. ``unknown`` fits what is
    a record all the same; its group 1 is the token. ``lone`` fits, from a packet's first byte, a
    record that has another end. ``respond`` holds for frames that bring no reply of their own.
    """

    name: str
    ends: bytes
    layouts: Mapping[str, Layout]
    unknown: re.Pattern[str]
    starts: bytes = b""
    respond: Respond = answer_byte
    lone: re.Pattern[bytes] | None = None
    known: re.Pattern[str] = field(init=False)
    patterns: Mapping[str, re.Pattern[str]] = field(init=False)

    def __post_init__(self) -> None:
        either = "|".join(f"(?P<{name}>{item.pattern})" for name, item in self.layouts.items())
        patterns = {name: re.compile(item.pattern) for name, item in self.layouts.items()}
        object.__setattr__(self, "known", re.compile(either))
        object.__setattr__(self, "patterns", patterns)


def understood(
    match: re.Match[str],
    kind: Kind,
    token: str | None = None,
    *,
    events: tuple[Event, ...] = (),
    reason: str | None = None,
    **fields: Any,
) -> Frame:
    """The accepted frame of a record; ``fields`` as in ``Frame``. Its format is the decoder's."""
    return Frame(
        "", "accept", kind, match[0].encode("latin-1"), reason, token, events=events, **fields
    )


def refused(match: re.Match[str], reason: str, token: str | None = None, **fields: Any) -> Frame:
    """The rejected frame of a record; ``fields`` as in ``Frame``."""
    return Frame("", "reject", "unparsed", match[0].encode("latin-1"), reason, token, **fields)


class RecordDecoder:
    """The decoder of one line or connection; see ``base.Decoder``.

    What stands between two end bytes may be several records, or a record behind noise: they come
    out one by one, and only the last has a reply, as the receiver awaits one for each end byte; one
    too many would acknowledge a record that is still to come. What has no end byte has no reply.
    """

    def __init__(self, format: RecordFormat, options: DecodeOptions) -> None:
        self._format = format
        self._options = options
        self._buffer = bytearray()
        self._padding = 0  # bytes of padding dropped since the last frame
        self._searched = 0  # no delimiter in the buffer before here
        self._ready: deque[Frame] = deque()
        self._delimiter = re.compile(b"[%b]" % re.escape(format.ends + format.starts))
        self._drop = _padding_before(format.starts)

    def receive_data(self, data: bytes) -> None:
        self._buffer += data

    def next_frame(self, now: datetime | None) -> Frame | NeedData:
        while not self._ready:
            self._drop_padding()
            end = self._find_end()
            if not end:
                return NEED_DATA
            self._take(end)
        return self._ready.popleft()

    def finish(self) -> Frame | None:
        if not self._buffer.strip(PADDING):
            return None
        raw = bytes(self._buffer)
        self._buffer.clear()
        return _noise(raw)._replace(format=self._format.name, consumed=len(raw) + self._padding)

    def _drop_padding(self) -> None:
        match = self._drop.match(self._buffer)
        if match is not None and match.end():
            self._padding += match.end()
            del self._buffer[: match.end()]
            self._searched = 0

    def _find_end(self) -> int:
        """Length of the packet that the buffer begins with; 0: not all is here. What is longer
        than ``max_frame`` is cut there."""
        buffer, format, longest = self._buffer, self._format, self._options.max_frame
        if not buffer:
            return 0
        begun = buffer[0] in format.starts
        lone = format.lone.match(buffer) if format.lone else None
        match = self._delimiter.search(buffer, max(int(begun), self._searched))
        if lone is not None and (match is None or lone.end() <= match.start()):
            return min(lone.end(), longest)
        if match is None:
            self._searched = len(buffer)
            return longest if len(buffer) >= longest else 0
        end = match.start() if buffer[match.start()] in format.starts else match.end()
        return min(end, longest)

    def _take(self, size: int) -> None:
        packet = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._searched = 0
        frames = self._read(packet)
        format = self._format
        ended = packet[-1] in format.ends or (format.lone and format.lone.fullmatch(packet))
        last = frames[-1] if frames and ended else None
        end = 0
        for frame in frames:
            begin = packet.index(frame.raw, end)
            consumed = begin + len(frame.raw) - end + self._padding
            end, self._padding = begin + len(frame.raw), 0
            respond = frame.respond or format.respond if frame is last else None
            self._ready.append(
                frame._replace(format=format.name, consumed=consumed, respond=respond)
            )
        self._padding += size - end

    def _read(self, packet: bytes) -> list[Frame]:
        """The frames of a packet, which cover it but for the padding between them."""
        frames: list[Frame] = []
        text, position = packet.decode("latin-1"), 0
        for match in self._format.known.finditer(text):
            frames += self._read_rest(packet[position : match.start()])
            name = match.lastgroup or ""
            record = self._format.patterns[name].match(text, match.start())
            assert record is not None, "what fits as one of several fits alone"
            frames.append(self._format.layouts[name].read(record, self._options))
            position = record.end()
        return frames + self._read_rest(packet[position:])

    def _read_rest(self, raw: bytes) -> list[Frame]:
        """What is no known record: an unknown one where it has an end, else noise or nothing."""
        if not raw.strip(PADDING):
            return []
        unknown = self._format.unknown.fullmatch(raw.decode("latin-1"))
        if unknown is None or raw[-1] not in self._format.ends:
            return [_noise(raw)]
        return [understood(unknown, "unparsed", unknown[1], reason="token")]


def _noise(raw: bytes) -> Frame:
    return Frame("", "reject", "unparsed", raw, "grammar")


def _padding_before(starts: bytes) -> re.Pattern[bytes]:
    """Bytes between records. A start byte that is padding elsewhere is padding only where a
    further one follows: it may begin a record."""
    others = bytes(set(PADDING) - set(starts))
    both = bytes(set(PADDING) & set(starts))
    pattern = b"[%b]" % re.escape(others)
    if both:
        pattern += b"|[%b](?=[%b])" % (re.escape(both), re.escape(PADDING))
    return re.compile(b"(?:%b)*" % pattern)


@dataclass(slots=True)
class RecordCodec:
    """The codec of a record format; members as ``base.Codec`` says."""

    format: RecordFormat
    encoder: Encoder
    repeat_window: float
    settings: tuple[Setting, ...] = ()
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.format.name

    def decoder(self, options: DecodeOptions) -> RecordDecoder:
        return RecordDecoder(self.format, options)
