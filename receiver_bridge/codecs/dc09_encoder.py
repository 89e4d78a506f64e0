"""SIA DC-09 frames out of values: what simulated panels send."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from receiver_bridge.codecs import contact_id, sia_dcs
from receiver_bridge.codecs.aes import PadStyle
from receiver_bridge.codecs.base import AccountRules, DecodeOptions, Event, NeedData
from receiver_bridge.codecs.dc09_decoder import Dc09Decoder
from receiver_bridge.codecs.dc09_frame import (
    assemble,
    encode_header,
    format_timestamp,
    wrap_body,
)

__all__ = [
    "Dc09Encoder",
    "encode_adm_cid",
    "encode_frame",
    "encode_null",
    "encode_sia_dcs",
    "format_timestamp",
    "wrap_body",
]


LINK_TEST_SEQUENCE: Final = "0000"


def encode_frame(
    token: str,
    data: str = "",
    *,
    sequence: str,
    receiver: str | None = None,
    line: str | None = "0",
    account: str | None = None,
    extended: Iterable[tuple[str, str]] = (),
    timestamp: datetime | None = None,
    key: bytes | None = None,
    pad: PadStyle = "2013",
    binary_crc: bool = False,
) -> bytes:
    """One frame. Header fields are the wire's own text; None leaves one out, "" sends it empty.

    ``key`` (16, 24 or 32 bytes) encrypts, which needs a ``timestamp`` (aware, UTC). Raises
    ValueError for an encrypted frame without a time and for a frame longer than its length field.
    """
    if key and timestamp is None:
        raise ValueError("an encrypted DC-09 frame needs a timestamp")
    tail = "".join(f"[{name}{value}]" for name, value in extended)
    stamp = "" if timestamp is None else format_timestamp(timestamp)
    header = encode_header(sequence, receiver, line, account)
    content = f"{data}]{tail}{stamp}".encode()
    return assemble(token, header, content, key=key, pad=pad, binary_crc=binary_crc)


def encode_adm_cid(
    account: str,
    event: Event,
    *,
    sequence: str,
    receiver: str | None = None,
    line: str | None = "0",
    extended: Iterable[tuple[str, str]] = (),
    timestamp: datetime | None = None,
    key: bytes | None = None,
    pad: PadStyle = "2013",
) -> bytes:
    """A Contact ID event as ``ADM-CID``; arguments as in ``encode_frame``."""
    return encode_frame(
        "ADM-CID",
        contact_id.encode_payload(account, event),
        sequence=sequence,
        receiver=receiver,
        line=line,
        account=account,
        extended=extended,
        timestamp=timestamp,
        key=key,
        pad=pad,
    )


def encode_sia_dcs(
    account: str,
    events: Iterable[Event],
    *,
    sequence: str,
    receiver: str | None = None,
    line: str | None = "0",
    extended: Iterable[tuple[str, str]] = (),
    timestamp: datetime | None = None,
    key: bytes | None = None,
    pad: PadStyle = "2013",
) -> bytes:
    """SIA events as ``SIA-DCS``; arguments as in ``encode_frame``."""
    return encode_frame(
        "SIA-DCS",
        sia_dcs.encode_payload(account, events),
        sequence=sequence,
        receiver=receiver,
        line=line,
        account=account,
        extended=extended,
        timestamp=timestamp,
        key=key,
        pad=pad,
    )


def encode_null(
    account: str,
    *,
    receiver: str | None = None,
    line: str | None = "0",
    timestamp: datetime | None = None,
    key: bytes | None = None,
    pad: PadStyle = "2013",
) -> bytes:
    """A link test; arguments as in ``encode_frame``. Its sequence number is 0000 by custom."""
    return encode_frame(
        "NULL",
        sequence=LINK_TEST_SEQUENCE,
        receiver=receiver,
        line=line,
        account=account,
        timestamp=timestamp,
        key=key,
        pad=pad,
    )


class Dc09Encoder:
    """A panel's side of the dialogue; see ``base.Encoder``.

    With a ``key`` everything is encrypted and carries the time of ``clock`` (aware, UTC), which
    must then be given; without one a ``clock`` stamps the clear frames. ``account`` is whose
    heartbeats they are.
    """

    systems: tuple[str, ...] = ("sia", "cid")

    def __init__(
        self,
        key: bytes | None = None,
        clock: Callable[[], datetime] | None = None,
        account: str | None = None,
        pad: PadStyle = "2013",
    ) -> None:
        if key and clock is None:
            raise ValueError("an encrypted DC-09 frame needs a timestamp, hence a clock")
        self._key = key
        self._clock = clock
        self._account = account
        self._pad = pad
        rules = AccountRules(key, "ignore")
        self._options = DecodeOptions(lambda account: rules)

    def event(
        self,
        account: str,
        event: Event,
        *,
        receiver: str | None = None,
        line: str | None = None,
        sequence: int = 1,
    ) -> bytes:
        if event.code_system == "cid":
            token, data = "ADM-CID", contact_id.encode_payload(account, event)
        elif event.code_system == "sia":
            token, data = "SIA-DCS", sia_dcs.encode_payload(account, [event])
        else:
            allowed = ", ".join(self.systems)
            raise ValueError(f"DC-09 cannot carry {event.code_system!r}; allowed: {allowed}")
        return self._frame(token, data, account, receiver, line, f"{sequence:04d}")

    def heartbeat(
        self, *, receiver: str | None = None, line: str | None = None, sequence: int = 1
    ) -> bytes:
        """A link test (``NULL``); its sequence number is 0000 by custom."""
        return self._frame("NULL", "", self._account, receiver, line, LINK_TEST_SEQUENCE)

    def is_acknowledged(self, answer: bytes) -> bool | None:
        decoder = Dc09Decoder(self._options)
        decoder.receive_data(answer)
        frame = decoder.next_frame(None)
        if isinstance(frame, NeedData):
            return None
        # An answer in clear, or under another key, may come from anybody.
        return frame.token == "ACK" and frame.kind == "reply" and frame.encrypted == bool(self._key)

    def _frame(
        self,
        token: str,
        data: str,
        account: str | None,
        receiver: str | None,
        line: str | None,
        sequence: str,
    ) -> bytes:
        return encode_frame(
            token,
            data,
            sequence=sequence,
            receiver=receiver,
            line="0" if line is None else line,
            account=account,
            timestamp=self._clock() if self._clock else None,
            key=self._key,
            pad=self._pad,
        )
