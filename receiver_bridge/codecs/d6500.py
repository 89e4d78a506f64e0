"""Radionics and Bosch receivers, D6500 and D6600 (D6100): both their output modes, told apart by
themselves.

D6500 mode, records of fixed columns that end with a trailer, as usual DC4; ``h`` is a header
character that may be missing, as usual a space, ``t`` the trailer::

    h a rr l s aaaa 18 QXYZ GG CCC t       Contact ID; Q is 1, 3, 6, of emulators E, R, P
    h 1 rr l ssssss aaaa cc zzzz t         event code of two columns, zone or user of four
    h 1 rr 0 sssssssssss @ ssss t          link test
    h f rr l aaaaaa s CCCC s CCCC s C t    Ademco high speed
    h S rr l [#aaaa|Ncczzzz*'text'NM] t    SIA
    h I rr l sss a T aaaa G I ZZ E W N t   ITI
    h F rr l ssssss aaaa T ZZ E ss t       FBI superfast
    h 3 rr l s text t                      text, as REJECT COMMAND

Line numbers are one character: 1 to 9, A to W for 10 to 32, X and Y for groups. SIA mode, after
SIA DC-07::

    LF CRC type seq(4) rr ll [data] CR     type TAB for SIA, else the letters from above
    LF CRC TAB seq rr ll [] CR             link test; our ACK; our NAK with seq 0000 and line 00

Sources: D6500 Computer Interface Manual 74-05313 (modes, event codes of type 1), Conettix
D6600/D6100 Computer Interface Manual 4998122703 (columns, line numbers; appendix J: the answers,
"CRC calculated the same as in SIA DC-07"); VisorAlarm Plus manual (letters as qualifiers). Which
bytes the CRC of DC-07 covers is in no free text: the setting ``crc-span``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from receiver_bridge.codecs import contact_id, sia_dcs
from receiver_bridge.codecs.base import DecodeOptions, Event, Frame, Kind, Setting
from receiver_bridge.codecs.d6500_encoder import (
    SPANS,
    TAB,
    RadionicsEncoder,
    sia_mode_crc,
    wrap_sia_mode,
)
from receiver_bridge.codecs.high_speed import channel_events
from receiver_bridge.codecs.records import (
    Layout,
    RecordCodec,
    RecordFormat,
    answer_byte,
    refused,
    understood,
)
from receiver_bridge.codecs.simple import coded_event, quoted_text
from receiver_bridge.codecs.text import decode_text

__all__ = ["CODEC", "radionics_codec"]

CRC_SPAN: Final = Setting(
    "crc-span", tuple(SPANS), "the field of a SIA mode frame with which its CRC begins"
)

_HEX = "[0-9A-Fa-f]"
_WHERE = rf"({_HEX}{{2}})([0-9A-Z])"
# A trailer that was lost must not cost the record behind it.
_END = rf"(?:\x14|(?= ?[1abcdfFIS]{_HEX}{{2}}[0-9A-Z][ \[]))"
_UNKNOWN = re.compile(r" ?([0-9A-Za-z])[0-9A-Fa-f]{2}[\x20-\x7e]*\x14")
_ACCOUNT = re.compile(r"#([ 0-9A-Fa-f]{1,16})")
_CONTACT_ID_DATA = re.compile(
    r"#[ 0-9A-Fa-f]+\|(?:18|98|58)([ERP136])([0-9B-F]{3}) ?([0-9B-F]{2}) ?([0-9B-F]{3})"
)

_Told = tuple[Kind, tuple[Event, ...], "str | None"]
"""Kind, events, and what was not understood."""


def _sia_data(data: str) -> _Told:
    events, whole = sia_dcs.parse_payload(quoted_text(data))
    return "event" if events else "unparsed", events, None if whole else "payload"


def _contact_id_data(data: str) -> _Told:
    match = _CONTACT_ID_DATA.fullmatch(data)
    if match is None:
        return "unparsed", (), "payload"
    return "event", (contact_id.make_event(*match.groups()),), None


def _no_data(data: str) -> _Told:
    return "link_test", (), None


def _unknown_data(data: str) -> _Told:
    return "unparsed", (), "token"


_DATA: Final[dict[str, Callable[[str], _Told]]] = {
    "\t": _sia_data,
    "S": _sia_data,
    "a": _contact_id_data,
}


def _account_of(data: str) -> str | None:
    match = _ACCOUNT.match(data)
    return (match[1].strip() or None) if match else None


def _answer_sia_mode(span: str, frame: Frame) -> bytes:
    """ACK with the frame's own numbers, or NAK, whose sequence and line are zeros."""
    receiver = frame.receiver or "00"
    if frame.verdict == "accept":
        line = (frame.line or "").strip() or "00"
        return wrap_sia_mode(TAB, frame.sequence or "0000", receiver, line, "", span)
    return wrap_sia_mode(TAB, "0000", receiver, "00", "", span)


def _answer(frame: Frame) -> bytes:
    """For what is no known record; its end says of which mode it was."""
    if frame.raw.endswith(b"\r"):
        return _answer_sia_mode(CRC_SPAN.allowed[0], frame)
    return answer_byte(frame)


def _sia_mode(match: re.Match[str], options: DecodeOptions) -> Frame:
    crc, token, sequence, receiver, line, data = match.groups()
    span = CRC_SPAN.of(options)
    fields: dict[str, Any] = {
        "token": token,
        "sequence": sequence,
        "receiver": receiver,
        "line": line,
        "account": _account_of(data),
        "respond": partial(_answer_sia_mode, span),
    }
    body = match[0][5:-1].encode("latin-1")
    tolerated = "crc" in options.rules_for(fields["account"]).tolerate
    if int(crc, 16) != sia_mode_crc(body, span) and not tolerated:
        return refused(match, "crc", **fields)
    understand = _DATA.get(token, _unknown_data) if data else _no_data
    kind, events, reason = understand(data)
    # Line 0 is the receiver's own.
    if kind == "event" and line == "00":
        kind = "receiver_status"
    return understood(match, kind, events=events, reason=reason, **fields)


def _contact_id(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, line, account, *message = match.groups()
    events = (contact_id.make_event(*message),)
    return understood(
        match, "event", "a", events=events, receiver=receiver, line=line, account=account
    )


def _link_test(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, line = match.groups()
    return understood(match, "link_test", "1", receiver=receiver, line=line)


def _coded(match: re.Match[str], options: DecodeOptions) -> Frame:
    token, receiver, line, *columns = match.groups()
    account, code, number = (column.strip() or None for column in columns)
    where: dict[str, Any] = {"receiver": receiver, "line": line, "account": account}
    if code is None:
        return understood(match, "unparsed", token, reason="payload", **where)
    kind: Kind = "event" if account else "receiver_status"
    return understood(match, kind, token, events=(coded_event("radionics", code, number),), **where)


def _high_speed(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, line, account, *reports = match.groups()
    events = channel_events("".join(reports))
    return understood(
        match, "event", "f", events=events, receiver=receiver, line=line, account=account
    )


def _fbi(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, line, account, zone_type, zone, code = match.groups()
    events = (Event("fbi", zone_type + code, zone=zone, address=zone),)
    return understood(
        match, "event", "F", events=events, receiver=receiver, line=line, account=account.strip()
    )


def _iti(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, line, first, others, group, user, zone, code = match.groups()
    # The user column is a zero or a space where no user had a part in it.
    event = Event("iti", code, None, group, zone, user.strip(" 0") or None, zone)
    account = (first + others).replace(" ", "")
    return understood(
        match, "event", "I", events=(event,), receiver=receiver, line=line, account=account
    )


def _sia(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, line, data = match.groups()
    kind, events, reason = _sia_data(data)
    account = _account_of(data)
    return understood(
        match,
        kind,
        "S",
        events=events,
        reason=reason,
        receiver=receiver,
        line=line,
        account=account,
    )


def _text(match: re.Match[str], options: DecodeOptions) -> Frame:
    receiver, line, text = match.groups()
    event = Event("radionics", "text", text=decode_text(text.strip()))
    return understood(match, "receiver_status", "3", events=(event,), receiver=receiver, line=line)


_LAYOUTS: Final = {
    "sia_mode": Layout(
        rf"\n({_HEX}{{4}})([\t!-Z^-~])([0-9]{{4}})({_HEX}{{2}})({_HEX}{{2}}| )?"
        r"\[([^\r\n\x14]*)\]\r",
        _sia_mode,
    ),
    "contact_id": Layout(
        rf" ?a{_WHERE} ([0-9A-F]{{10}}|[0-9A-F]{{4}})(?:18|98|58)"
        rf"([ERP136])([0-9B-F]{{3}})([0-9B-F]{{2}})([0-9B-F]{{3}}){_END}",
        _contact_id,
    ),
    "link_test": Layout(rf" ?1{_WHERE} {{11}}@ {{4}}{_END}", _link_test),
    "coded": Layout(
        rf" ?([1bcd]){_WHERE} {{6}}([ 0-9A-F]{{4}})([ -~]{{2}})([ 0-9A-Z]{{4}}){_END}", _coded
    ),
    "high_speed": Layout(
        rf" ?f{_WHERE} {{0,4}}([0-9A-F]{{3,7}}) ([0-9A-F]{{4}}) ([0-9A-F]{{4}}) ([0-9A-F]){_END}",
        _high_speed,
    ),
    "fbi": Layout(
        rf" ?F{_WHERE} {{6}}([ 0-9A-F]{{4}})([0-9A-F])([0-9A-F]{{2}})([0-9A-F]) {{2}}{_END}", _fbi
    ),
    "iti": Layout(
        rf" ?I{_WHERE} {{3}}([ 0-9A-Z])[ -~]([ 0-9A-Z]{{4}})([ -~])([ -~])([ -~]{{2}})([ -~])"
        rf"[ -~]{{2}}{_END}",
        _iti,
    ),
    "sia": Layout(rf" ?S{_WHERE}\[([^\x14\r\n\[\]]*)\]{_END}", _sia),
    "text": Layout(rf" ?3{_WHERE} ([ -~]{{0,200}}?){_END}", _text),
}


def radionics_codec(name: str, encoder: RadionicsEncoder) -> RecordCodec:
    """Both receivers speak both modes; they differ in what they are set to as usual."""
    return RecordCodec(
        RecordFormat(
            name,
            ends=b"\x14\r",
            starts=b"\n",
            layouts=_LAYOUTS,
            unknown=_UNKNOWN,
            respond=_answer,
        ),
        encoder,
        # A record that is answered with neither ACK nor NAK is sent again without end (appendix J);
        # in which time is programmed in the receiver.
        repeat_window=60.0,
        settings=(CRC_SPAN,),
    )


CODEC: Final = radionics_codec("d6500", RadionicsEncoder(letters=True))
