"""Osborne-Hoffman, the IP protocol of UTC and Aritech ATS panels up to version 3.

The receiver speaks first: a new 3DES key for this connection, scrambled with a fixed mask. All that
follows is 3DES in ECB mode, each message filled with NUL up to whole blocks of 8 bytes::

    SR0001L0001    006969XX    [NUL] [ID00000000]                heartbeat
    LF 0101 0LLL "SIA-DCS" seq Rrcvr Lline [#acct|Nri1BA01*'text'NM]… CR NUL…
    LF 0101 0LLL "ADM-CID" seq Rrcvr Lline [#acct|1130 01 005]… CR NUL…

The CRC is always 0101 and says nothing. Behind the bracket may stand the panel's number in hex,
``|#`` and the system's account, ``T`` and the time of the event in seconds since 1970 in hex. The
answer is ``ACK`` CR, filled and encrypted like all else. Messages in clear are told by their first
bytes and answered in clear.

Sources: three open receivers for this protocol, which agree on mask, cipher, messages and answers
of versions 1 to 3; no text of the vendor's was found. Version 4 (AES with Diffie-Hellman) is not
understood. A heartbeat may ask for a panel number (ID00000000); none is given out.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from functools import partial
from typing import Any, Final

from receiver_bridge.codecs import contact_id, sia_dcs
from receiver_bridge.codecs.base import NEED_DATA, DecodeOptions, Frame, NeedData
from receiver_bridge.codecs.oh_cipher import KEY_SIZE, OhCipher
from receiver_bridge.codecs.oh_encoder import ACKNOWLEDGE, CLEAR_END, REFUSE, OhEncoder
from receiver_bridge.codecs.simple import quoted_text

__all__ = ["CODEC", "OhCodec", "OhDecoder"]

# What a stream in clear begins with, and what can still become that.
_CLEAR: Final = re.compile(rb"\n0101|SR[0-9A-Fa-f]{4}")
_MAYBE_CLEAR: Final = re.compile(rb"(?:\n(?:0|01|010)?|S(?:R[0-9A-Fa-f]{0,3})?)?\Z")

# Between messages; a heartbeat's time comes behind what is answered.
_PADDING: Final = re.compile(rb"(?:[\r\0]|\n(?=[\r\n\0])|\s?T[0-9A-Fa-f]{8}(?=\0))*")
_BEGIN: Final = re.compile(rb"\n(?=0)|S(?=R)")
_EVENT_END: Final = re.compile(rb"\r|(?=\n)")
_HEARTBEAT_END: Final = re.compile(
    rb"SR[0-9A-Fa-f]{4}L[0-9A-Fa-f]{4,5} {4}[0-9A-Fa-f]{6}XX {4}"
    rb"(?:\0?\[ID[0-9A-Fa-f]{8}\]|(?=\0[^\[]|[^\0\[]))"
)
_MAYBE_HEARTBEAT: Final = re.compile(
    rb"SR[0-9A-Fa-f]{0,4}\Z|SR[0-9A-Fa-f]{4}L[0-9A-Fa-f]{0,5}\Z"
    rb"|SR[0-9A-Fa-f]{4}L[0-9A-Fa-f]{4,5} {1,4}[0-9A-Fa-f]{0,6}X{0,2} {0,4}"
    rb"(?:\0|\0?\[(?:I|ID[0-9A-Fa-f]{0,8})?)?\Z"
)
_HEARTBEAT: Final = re.compile(
    r"SR([0-9A-Fa-f]{4})L([0-9A-Fa-f]{4,5}) {4}([0-9A-Fa-f]{6})XX {4}"
    r"(?:\0?\[ID([0-9A-Fa-f]{8})\])?"
)
_ENVELOPE: Final = re.compile(r"\n[0-9A-Fa-f]{4}0[0-9A-Fa-f]{3}([\x20-\xff]*)\r")
_EVENT: Final = re.compile(
    r".([A-Z0-9-]+).([0-9A-Fa-f]{4})R([0-9A-Fa-f]{1,6})L([0-9A-Fa-f]{1,6})(?:#[0-9A-Fa-f]+)?"
    r"\[(.*?)\]([0-9A-Fa-f]{16})?(?:\|?#([0-9A-Fa-f]{6}))?(?:T([0-9A-Fa-f]{8}))?"
)
_ACCOUNT: Final = re.compile(r"#([0-9A-Fa-f]{1,16})\|")
_PAYLOADS: Final = {"SIA-DCS": sia_dcs.parse_payload, "ADM-CID": contact_id.parse_payload}


def _answer(cipher: OhCipher | None, frame: Frame) -> bytes:
    word = ACKNOWLEDGE if frame.verdict == "accept" else REFUSE
    return word + CLEAR_END if cipher is None else cipher.encrypt(word)


def _time(seconds: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(seconds, 16), timezone.utc) if seconds else None


def _decode(raw: bytes, respond: partial[bytes], **fields: Any) -> Frame:
    """The frame of one message in clear."""
    text = raw.decode("latin-1")
    heartbeat = _HEARTBEAT.fullmatch(text)
    if heartbeat is not None:
        receiver, line, account, panel = heartbeat.groups()
        return Frame(
            "oh",
            "accept",
            "heartbeat",
            raw,
            token="SR",
            receiver=receiver,
            line=line,
            account=account,
            extended=(("panel", panel),) if panel else (),
            respond=respond,
            **fields,
        )
    envelope = _ENVELOPE.fullmatch(text)
    if envelope is None:
        # What has its end is answered, so that it comes again.
        answer = respond if raw.endswith(b"\r") else None
        return Frame("oh", "reject", "unparsed", raw, "grammar", respond=answer, **fields)
    event = _EVENT.fullmatch(envelope[1])
    if event is None:
        return Frame("oh", "accept", "unparsed", raw, "payload", respond=respond, **fields)
    token, sequence, receiver, line, data, panel, system, seconds = event.groups()
    parse = _PAYLOADS.get(token)
    events, whole = parse(quoted_text(data)) if parse else ((), False)
    account = _ACCOUNT.match(data)
    return Frame(
        "oh",
        "accept",
        "event" if events else "unparsed",
        raw,
        None if whole else "payload" if parse else "token",
        token,
        sequence,
        receiver,
        line,
        account[1] if account else None,
        timestamp=_time(seconds),
        events=events,
        extended=tuple(
            (name, value) for name, value in (("panel", panel), ("system", system)) if value
        ),
        respond=respond,
        **fields,
    )


class OhDecoder:
    """The decoder of one connection; see ``base.Decoder`` and ``base.Greets``.

    ``raw`` of its frames is what was decrypted, since the key is forgotten with the connection. A
    key of 24 bytes in the rules of no account (``None``) holds in place of a new one: to decode
    what has been captured.
    """

    def __init__(self, options: DecodeOptions) -> None:
        self._longest = options.max_frame
        given = options.rules_for(None).key
        self._own = OhCipher(given if given and len(given) == KEY_SIZE else None)
        self._cipher: OhCipher | None = None
        self._begun = False  # whether it is known if the stream is in clear
        self._wire = bytearray()  # not yet decrypted
        self._buffer = bytearray()
        self._padding = 0

    def greeting(self) -> bytes | None:
        """The scrambled key."""
        return self._own.scrambled

    def receive_data(self, data: bytes) -> None:
        self._wire += data
        if not self._begun:
            if _MAYBE_CLEAR.match(self._wire):
                return
            self._begun = True
            self._cipher = None if _CLEAR.match(self._wire) else self._own
        size = len(self._wire)
        if self._cipher is None:
            self._buffer += self._wire
        else:
            size -= size % self._cipher.block
            self._buffer += self._cipher.decrypt(bytes(self._wire[:size]))
        del self._wire[:size]

    def next_frame(self, now: datetime | None) -> Frame | NeedData:
        self._drop_padding()
        buffer = self._buffer
        if not buffer:
            return NEED_DATA
        begin = _BEGIN.search(buffer)
        if begin is None or begin.start():
            return self._noise(begin.start() if begin else len(buffer), begin is not None)
        if buffer[0] == ord("S"):
            end = _HEARTBEAT_END.match(buffer)
            if end is None and not _MAYBE_HEARTBEAT.match(buffer):
                following = _BEGIN.search(buffer, 1)
                size = following.start() if following else len(buffer)
                return self._noise(size, following is not None)
        else:
            end = _EVENT_END.search(buffer, 1)
        if end is None:
            return self._take(self._longest) if len(buffer) >= self._longest else NEED_DATA
        return self._take(min(end.end(), self._longest))

    def finish(self) -> Frame | None:
        self._buffer += self._wire
        self._wire.clear()
        rest = self._buffer.rstrip(b"\r\n\0")
        return self._take(len(rest)) if rest else None

    def _drop_padding(self) -> None:
        match = _PADDING.match(self._buffer)
        if match is not None and match.end():
            self._padding += match.end()
            del self._buffer[: match.end()]

    def _noise(self, size: int, bounded: bool) -> Frame | NeedData:
        """How far noise goes is known once a message begins behind it. Of an encrypted stream it
        is most likely the wrong key."""
        if not bounded and size < self._longest:
            return NEED_DATA
        return self._take(min(size, self._longest))

    def _take(self, size: int) -> Frame:
        raw = bytes(self._buffer[:size])
        del self._buffer[:size]
        consumed, self._padding = len(raw) + self._padding, 0
        encrypted = self._cipher is not None
        respond = partial(_answer, self._cipher)
        return _decode(raw, respond, encrypted=encrypted, consumed=consumed)


class OhCodec:
    """The codec of Osborne-Hoffman. How often a panel sends again is set in the panel."""

    name = "oh"
    encoder = OhEncoder()
    repeat_window = 60.0

    def decoder(self, options: DecodeOptions) -> OhDecoder:
        return OhDecoder(options)


CODEC: Final = OhCodec()
