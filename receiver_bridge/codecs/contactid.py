"""Contact ID as bare digits, as a tone decoder on a telephone line gives them (SIA DC-05)::

    ACCT MT Q XYZ GG CCC S      16 digits: account 4, message type 18 or 98, event, checksum
    ACCOUNT... 58 Q XYZ GG CCC S    22 digits: account of 10

Nothing marks the end of a message: a panel sends its digits and waits for the kissoff tone. So a
message is taken as soon as its digits are here. White space may stand between messages.

Sources: the digits, their values and the checksum as SpanDSP has them, recomputed on its test
values. How a line card is told to sound the kissoff tone is its own: the setting ``kissoff``.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, Literal

from receiver_bridge.codecs import dtmf
from receiver_bridge.codecs.base import NEED_DATA, DecodeOptions, Frame, NeedData, Setting
from receiver_bridge.codecs.contact_id import make_event
from receiver_bridge.codecs.contactid_encoder import ContactIdEncoder
from receiver_bridge.codecs.records import ACK, NAK

__all__ = ["CODEC", "ContactIdCodec", "ContactIdDecoder"]

TONES: Final = Setting(
    "digits",
    ("auto", "contact-id", "tones"),
    "whether 11 to 15 are B to F, or named by telephone keys (* # A B C); auto: by the checksum",
)
KISSOFF: Final = Setting(
    "kissoff", ("byte", "none"), "what follows a message: ACK or NAK as one byte, or nothing"
)

_SPACE: Final = re.compile(rb"[\s\0]*")
_RUN: Final = re.compile(rb"[0-9A-F*#]*")
_EVENT: Final = r"([136])(.{3})(.{2})(.{3})."
_LENGTHS: Final = {
    16: re.compile(rf"(.{{4}})(18|98){_EVENT}"),
    22: re.compile(rf"(.{{10}})(58){_EVENT}"),
}
_TYPES: Final = {16: ("18", "98"), 22: ("58",)}

_Verdict = Literal["whole", "damaged", "none", "wait"]


class ContactIdDecoder:
    """The decoder of one line; see ``base.Decoder``. Digits that are no message come out as
    rejected frames, up to where one begins whose checksum fits."""

    def __init__(self, options: DecodeOptions) -> None:
        self._options = options
        self._tones = TONES.of(options)
        self._buffer = bytearray()
        self._padding = 0
        self._searched = 0  # no message begins in the buffer before here

    def receive_data(self, data: bytes) -> None:
        self._buffer += data

    def next_frame(self, now: datetime | None) -> Frame | NeedData:
        self._drop_space()
        offset = self._searched
        longest = self._options.max_frame
        while offset < min(len(self._buffer), longest):
            verdict, size = self._at(offset)
            if verdict == "wait":
                break
            if verdict == "whole" or (verdict == "damaged" and not offset):
                return self._take(offset) if offset else self._message(size)
            if self._buffer[offset : offset + 1].isspace() and offset:
                return self._take(offset)
            offset += 1
        self._searched = offset
        return self._take(longest) if offset >= longest else NEED_DATA

    def finish(self) -> Frame | None:
        self._drop_space()
        return self._take(len(self._buffer)) if self._buffer else None

    def _drop_space(self) -> None:
        match = _SPACE.match(self._buffer)
        if match is not None and match.end():
            self._padding += match.end()
            del self._buffer[: match.end()]

    def _at(self, offset: int) -> tuple[_Verdict, int]:
        """What begins here, and its length. Says ``wait`` while further digits can change it."""
        match = _RUN.match(self._buffer, offset)
        assert match is not None
        run = match[0].decode("ascii")
        open_end = match.end() == len(self._buffer)
        damaged = 0
        for size, pattern in _LENGTHS.items():
            if len(run) < size:
                # Only what may still become the right message type is worth waiting for.
                type_ = run[size - 12 : size - 10]
                if open_end and (len(type_) < 2 or type_ in _TYPES[size]):
                    return "wait", 0
                continue
            if self._digits(run[:size], pattern) is not None:
                return "whole", size
            if not damaged and pattern.fullmatch(run[:size]):
                damaged = size
        return ("damaged", damaged) if damaged else ("none", 0)

    def _digits(self, run: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The match of a message that has arrived whole, in Contact ID's own digits."""
        for tones in (False, True):
            if (tones and self._tones == "contact-id") or (not tones and self._tones == "tones"):
                continue
            digits = run.translate(dtmf.FROM_TONES) if tones else run
            match = pattern.fullmatch(digits)
            if match is not None and dtmf.is_valid(digits):
                return match
        return None

    def _message(self, size: int) -> Frame:
        raw = bytes(self._buffer[:size])
        match = self._digits(raw.decode("ascii"), _LENGTHS[size])
        if match is None:
            tolerated = "crc" in self._options.rules_for(None).tolerate
            match = _LENGTHS[size].fullmatch(raw.decode("ascii")) if tolerated else None
        frame = self._take(size)
        respond = {"byte": _answer}.get(KISSOFF.of(self._options))
        if match is None:
            return Frame(
                "contactid",
                "reject",
                "unparsed",
                raw,
                "crc",
                consumed=frame.consumed,
                respond=respond,
            )
        account, token, *event = match.groups()
        return Frame(
            "contactid",
            "accept",
            "event",
            raw,
            token=token,
            account=account,
            events=(make_event(*event),),
            consumed=frame.consumed,
            respond=respond,
        )

    def _take(self, size: int) -> Frame:
        """These bytes as a frame that is none."""
        raw = bytes(self._buffer[:size])
        del self._buffer[:size]
        consumed, self._padding, self._searched = size + self._padding, 0, 0
        return Frame("contactid", "reject", "unparsed", raw, "grammar", consumed=consumed)


def _answer(frame: Frame) -> bytes:
    return ACK if frame.verdict == "accept" else NAK


class ContactIdCodec:
    """The codec of Contact ID digits. A panel that hears no kissoff sends its message again after
    little more than a second, some times a call, as usual; later copies come with another call."""

    name = "contactid"
    encoder = ContactIdEncoder()
    repeat_window = 16.0
    settings = (TONES, KISSOFF)

    def decoder(self, options: DecodeOptions) -> ContactIdDecoder:
        return ContactIdDecoder(options)


CODEC: Final = ContactIdCodec()
