"""Honeywell Galaxy: SIA (DC-03) blocks over TCP or a serial line, each acknowledged by itself.

::

    length+40 function payload parity

The length is the payload's; the parity byte makes the exclusive or of the whole block FF. A
message is a group of blocks: ``#`` the account, ``N`` (or ``O``, an old one) events, ``A`` their
text, ``0`` the end; a connection may bring several. Our answers are blocks too: ``8`` or, where the
parity does not fit, ``9``.

The panel waits for the answer to each block, and an answer says that the events are safe. So the
events of an ``N`` block go out at once, without the text that is still to come; the ``A`` block
then says the same event again with its text, marked as completing it.

Sources: SIA-Server (blocks, order, answers, text; recomputed on its captures), DC-03 for the other
functions. Text is in a character set of the IBM family, which depends on the panel's language: the
setting ``charset``; ``cp437`` is as captured, with the two letters in which panels differ from it.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from receiver_bridge.codecs import sia_dcs
from receiver_bridge.codecs.base import NEED_DATA, DecodeOptions, Frame, NeedData, Setting
from receiver_bridge.codecs.galaxy_encoder import (
    ACKNOWLEDGE,
    OFFSET,
    OVERHEAD,
    REJECT,
    GalaxyEncoder,
    encode_block,
    is_whole,
)

__all__ = ["CODEC", "GalaxyCodec", "GalaxyDecoder"]

CHARSET: Final = Setting(
    "charset",
    ("cp437", "cp850", "cp852", "cp865", "cp866", "latin-1", "utf-8"),
    "the character set of the panel's text",
)

FUNCTIONS: Final = b"#NOAECP@?&XLVvI01236789\x08\x09"
"""Functions of DC-03, with the second pair of answers that some panels know."""

_EVENTS: Final = "NO"
_ANSWERS: Final = "6789\x08\x09"
_LETTERS: Final = str.maketrans("\N{GREEK CAPITAL LETTER THETA}\N{GREEK SMALL LETTER PHI}", "Øø")
_MODIFIER: Final = re.compile(r"(?:^|/)([a-z]{2})([^/^]*)")
_BEGIN: Final = re.compile(rb"[\x40-\xff][%b]" % re.escape(FUNCTIONS))


def _answer(frame: Frame) -> bytes:
    return encode_block(ACKNOWLEDGE if frame.verdict == "accept" else REJECT)


class GalaxyDecoder:
    """The decoder of one connection; see ``base.Decoder``. It knows the account and the events of
    the group of blocks that is under way."""

    def __init__(self, options: DecodeOptions) -> None:
        self._options = options
        self._charset = CHARSET.of(options)
        self._buffer = bytearray()
        self._account: str | None = None
        self._told: Frame | None = None  # the event block that its text may still follow

    def receive_data(self, data: bytes) -> None:
        self._buffer += data

    def next_frame(self, now: datetime | None) -> Frame | NeedData:
        buffer, longest = self._buffer, self._options.max_frame
        begin = _BEGIN.search(buffer)
        if begin is None or begin.start():
            # How far noise goes is known once a block begins behind it.
            size = begin.start() if begin else len(buffer)
            if begin is None and size < longest:
                return NEED_DATA
            return self._noise(min(size, longest))
        size = buffer[0] - OFFSET + OVERHEAD
        if len(buffer) < min(size, longest):
            return NEED_DATA
        if size > longest:
            return self._noise(longest)
        if is_whole(buffer[:size]) or self._tolerant():
            return self._read(size)
        inside = self._block_inside(size)
        return self._noise(inside) if inside else self._damaged(size)

    def finish(self) -> Frame | None:
        return self._noise(len(self._buffer)) if self._buffer else None

    def _tolerant(self) -> bool:
        return "crc" in self._options.rules_for(self._account).tolerate

    def _block_inside(self, size: int) -> int:
        """Where a whole block begins inside one that is damaged: its length was damaged, too."""
        for begin in _BEGIN.finditer(self._buffer, 1, size):
            end = begin.start() + self._buffer[begin.start()] - OFFSET + OVERHEAD
            if end <= size and is_whole(self._buffer[begin.start() : end]):
                return begin.start()
        return 0

    def _take(self, size: int) -> bytes:
        raw = bytes(self._buffer[:size])
        del self._buffer[:size]
        return raw

    def _noise(self, size: int) -> Frame:
        return Frame("galaxy", "reject", "unparsed", self._take(size), "grammar", consumed=size)

    def _damaged(self, size: int) -> Frame:
        raw = self._take(size)
        return Frame("galaxy", "reject", "unparsed", raw, "crc", consumed=size, respond=_answer)

    def _read(self, size: int) -> Frame:
        """The frame of a whole block, which is acknowledged whatever it says."""
        raw = self._take(size)
        function, payload = chr(raw[1]), raw[2:-1]
        if function == "#":
            self._account, self._told = payload.decode("ascii", "replace").strip() or None, None
        frame = Frame(
            "galaxy",
            "accept",
            "link_test",
            raw,
            token=function,
            account=self._account,
            consumed=size,
            respond=_answer,
        )
        if function in _EVENTS:
            frame = self._told = self._with_events(frame, function, payload.decode("latin-1"))
        elif function == "A":
            frame = self._with_text(frame, payload)
        elif function in _ANSWERS:
            frame = frame._replace(kind="reply", respond=None)
        elif function == "0":
            self._account, self._told = None, None
        elif function != "#":
            frame = frame._replace(kind="unparsed", reason="token")
        return frame

    def _with_events(self, frame: Frame, function: str, text: str) -> Frame:
        events, whole = sia_dcs.parse_payload(f"|{function}{text}")
        return frame._replace(
            kind="event" if events else "unparsed",
            reason=None if whole else "payload",
            events=events,
            extended=tuple(_MODIFIER.findall(text)),
        )

    def _with_text(self, frame: Frame, payload: bytes) -> Frame:
        """The events before it again, with their text."""
        text = payload.decode(self._charset, "replace").replace("\0", "\ufffd").strip()
        if self._charset == "cp437":
            text = text.translate(_LETTERS)
        if not text:
            return frame
        if self._told is None or not self._told.events:
            return frame._replace(kind="unparsed", reason="token", extended=(("text", text),))
        events = tuple(event._replace(text=text) for event in self._told.events)
        extended = self._told.extended
        return frame._replace(kind="event", events=events, extended=extended, completes=self._told)


class GalaxyCodec:
    """The codec of Galaxy panels. How often one sends again is not known."""

    name = "galaxy"
    encoder = GalaxyEncoder()
    repeat_window = 60.0
    settings = (CHARSET,)

    def decoder(self, options: DecodeOptions) -> GalaxyDecoder:
        return GalaxyDecoder(options)


CODEC: Final = GalaxyCodec()
