"""Sur-Gard receiver output: MLR2 and SLR (one-digit lines), System III, IV, 5 and MLR2000 (lines of
three digits and more), and the B32 form that prefixes the length over TCP.

::

    5RRL 18AAAAQXYZGGCCC        Contact ID (98 for 18 too); LLL for L in the later families
    QRRLLL 58AAAAAAAAAAQXYZ…    Contact ID, account of ten digits
    SRRLLL[#AAAA|N…]            SIA blocks
    3RRL    AAAAAAXXYYYY        SIA code and address ("protocol 1")
    1RRLLL    AAAAAA XGYYY      basic: letter, group, number; first kinds "1RRL      AAAA X  YY"
    4RRLLLAAAAAALLLTTTTTTT      the telephone number of who called
    0RRLLL[#0000|N…]            the receiver of itself
    1RR000           @          heartbeat

A record ends with DC4 and is answered by one byte, ACK or NAK. Source: "SG Automation Output", the
MLR2-DG, MLR2-E, MLR2000, System III and System 5 manuals.

The receiver stops sending while a record is not acknowledged. Records that are not parsed are
therefore kept raw and acknowledged; only what line noise has made of a record is refused, which
makes the receiver send it again.
"""

from __future__ import annotations

import re
from collections import deque
from datetime import datetime
from typing import Final

from receiver_bridge.codecs.base import (
    NEED_DATA,
    DecodeOptions,
    Encoder,
    Frame,
    NeedData,
    Respond,
)
from receiver_bridge.codecs.surgard_encoder import ACK, DC4, NAK, SurgardEncoder, wrap_b32
from receiver_bridge.codecs.surgard_records import decode_record, split_records

__all__ = ["CODEC", "SurgardCodec", "SurgardDecoder"]

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
        for record in split_records(text, min(start, len(text))):
            end = size if record.end == len(text) else record.end
            consumed = end - begin + padding
            frames.append(decode_record(packet[begin:end], text, record, consumed))
            begin, padding = end, 0
        if complete:
            frames[-1] = frames[-1]._replace(respond=_reply_to(frames[-1], b32))
        return frames


def _reply_to(frame: Frame, b32: bool) -> Respond:
    if frame.verdict == "accept":
        return _acknowledge_b32 if b32 else _acknowledge
    return _refuse_b32 if b32 else _refuse


class SurgardCodec:
    """The codec of Sur-Gard receivers, which ask four times within 4 s each (System III manual)."""

    name = "surgard"
    repeat_window = 16.0
    encoder: Encoder = SurgardEncoder()

    def decoder(self, options: DecodeOptions) -> SurgardDecoder:
        return SurgardDecoder(options)


CODEC = SurgardCodec()
