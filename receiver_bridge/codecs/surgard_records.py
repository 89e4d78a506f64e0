"""Sur-Gard records between their DC4: how they are told apart and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from receiver_bridge.codecs import contact_id, sia_dcs
from receiver_bridge.codecs.base import Event, Frame, Kind
from receiver_bridge.codes import surgard_codes

__all__ = ["Record", "basic_event", "decode_record", "split_records"]

_HEX = "[0-9A-Fa-f]"
_CONTACT_ID = "([ERP136])([0-9B-F]{3})([0-9B-F]{2})([0-9B-F]{3})"
_LINE = f"(?:{_HEX}{{3,9}}|{_HEX})"
_RECORD_IDS = "5QS013"
_BODY_BEGINS = r"(?= (?:18|98|58)|\[| +@| {4})"
_HEADER = re.compile(rf"([{_RECORD_IDS}])({_HEX}{{2}})({_LINE}){_BODY_BEGINS}")
# Behind a record: the receiver's clock, if switched on, and then its end or, where the DC4 between
# two records was lost, the header of the next. Anything else, and it was no record.
_CLOCK = r"(?: ?(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2}-[0-9]{2}/[0-9]{2}))?"
_END = rf"{_CLOCK}(?=\Z|[{_RECORD_IDS}]{_HEX}{{2}}{_LINE}{_BODY_BEGINS})"
_ACCOUNT = rf" {{4,7}}({_HEX}{{3,6}})"
_BODIES: Final = {
    "5": re.compile(rf" (?:18|98)({_HEX}{{4}}){_CONTACT_ID}{_END}"),
    "Q": re.compile(rf" 58({_HEX}{{10}}){_CONTACT_ID}{_END}"),
    "S": re.compile(rf"\[([^\[\]]*)\]{_END}"),
    "0": re.compile(rf"\[([^\[\]]*)\]{_END}"),
    "1": re.compile(rf"(?: +@|{_ACCOUNT} ([0-9A-Z])([ 0-9A-F])( {{0,2}}[0-9A-F]{{1,3}})) *{_END}"),
    "3": re.compile(rf"{_ACCOUNT}([A-Z]{{2}})([0-9A-F]{{4}}){_END}"),
}
_LOOSE: Final = frozenset("13")
"""Records with so little of their own that they are told only where a record must begin."""

_CALLER = re.compile(rf"4({_HEX}{{2}})({_HEX}{{3}})({_HEX}{{6}})([0-9]{{3}})([0-9]{{7}}){_CLOCK}")
_INNER_ACCOUNT = re.compile(rf"#({_HEX}+)\|")
# Any record: its id, the receiver number, and nothing that only line noise makes.
_UNKNOWN_RECORD = re.compile(rf"([0-9A-Za-z]){_HEX}{{2}}[\x20-\x7e]*")


class Record(NamedTuple):
    """A known record, or (``header`` None) what stands between known ones."""

    start: int
    end: int
    header: re.Match[str] | None
    body: re.Match[str] | None


def _match_body(text: str, header: re.Match[str], position: int) -> re.Match[str] | None:
    """The body behind a header, if it is one; ``position``: where a record must begin."""
    body = _BODIES[header[1]].match(text, header.end())
    if body is None or header.start() == position or header[1] not in _LOOSE or "@" in body[0]:
        return body
    return None


def split_records(text: str, start: int) -> Iterator[Record]:
    """The records between two DC4, from ``start`` on; together they cover all of the text."""
    position = start
    header = _HEADER.search(text, position)
    while header is not None:
        body = _match_body(text, header, position)
        if body is None:
            header = _HEADER.search(text, header.start() + 1)
            continue
        if header.start() > position:
            yield Record(position, header.start(), None, None)
        yield Record(header.start(), body.end(), header, body)
        position = body.end()
        header = _HEADER.search(text, position)
    if position < len(text) or position == start:
        yield Record(position, len(text), None, None)


class _Meaning(NamedTuple):
    kind: Kind
    account: str | None = None
    events: tuple[Event, ...] = ()
    reason: str | None = None


def _contact_id(body: re.Match[str]) -> _Meaning:
    account, qualifier, code, area, number = body.group(1, 2, 3, 4, 5)
    return _Meaning("event", account, (contact_id.make_event(qualifier, code, area, number),))


def _sia_block(body: re.Match[str]) -> _Meaning:
    inner = _INNER_ACCOUNT.match(body[1])
    events, whole = sia_dcs.parse_payload(body[1])
    reason = None if whole else "payload"
    return _Meaning("event" if events else "unparsed", inner and inner[1], events, reason)


def _internal(body: re.Match[str]) -> _Meaning:
    """What the receiver says of itself (line 000), of a line, or of who uses it."""
    return _sia_block(body)._replace(kind="receiver_status")


def _sia_protocol_1(body: re.Match[str]) -> _Meaning:
    return _Meaning("event", body[1], (sia_dcs.make_event(body[2], body[3]),))


def _basic(body: re.Match[str]) -> _Meaning:
    """A heartbeat, or one letter of event with a group and a number. Receivers of the first kinds
    speak of themselves with account 0000, a letter and two digits."""
    account, letter, area, number = body.group(1, 2, 3, 4)
    if account is None:
        return _Meaning("heartbeat")
    area, number = area.strip() or None, number.strip()
    if account == "0000":
        own = surgard_codes().get(letter + number)
        event = Event(
            "surgard",
            own.code if own else letter,
            own.qualifier if own else None,
            area,
            address=None if own else number,
        )
        return _Meaning("receiver_status", account, (event,))
    return _Meaning("event", account, (basic_event(letter, area, number),))


def basic_event(letter: str, area: str | None, number: str) -> Event:
    """The event of a basic record, by Sur-Gard's table; of an unknown letter the number is the
    address alone."""
    row = surgard_codes().get(letter)
    kind = row.number_kind if row else "other"
    return Event(
        "surgard",
        letter,
        row.qualifier if row else None,
        area,
        number if kind == "zone" else None,
        number if kind == "user" else None,
        number,
    )


_MEANINGS: Final[dict[str, Callable[[re.Match[str]], _Meaning]]] = {
    "5": _contact_id,
    "Q": _contact_id,
    "S": _sia_block,
    "0": _internal,
    "1": _basic,
    "3": _sia_protocol_1,
}


def _clock(match: re.Match[str]) -> tuple[tuple[str, str], ...]:
    """The receiver's clock as extended data: without year and time zone it is no point in time."""
    return (("clock", match["clock"]),) if match["clock"] else ()


def decode_record(raw: bytes, text: str, record: Record, consumed: int) -> Frame:
    """The frame of one record; ``text`` is the packet's text that ``record`` points into."""
    if record.header is not None and record.body is not None:
        token, receiver, line = record.header.groups()
        meaning = _MEANINGS[token](record.body)
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
            extended=_clock(record.body),
            consumed=consumed,
        )
    caller = _CALLER.fullmatch(text, record.start, record.end)
    if caller is not None:
        receiver, line, account, *number = caller.group(1, 2, 3, 4, 5)
        event = Event("surgard", "CALLER", "status", text=" ".join(number))
        return Frame(
            "surgard",
            "accept",
            "event",
            raw,
            token="4",
            receiver=receiver,
            line=line,
            account=account,
            events=(event,),
            extended=_clock(caller),
            consumed=consumed,
        )
    unknown = _UNKNOWN_RECORD.fullmatch(text, record.start, record.end)
    if unknown is None:
        return Frame("surgard", "reject", "unparsed", raw, "grammar", consumed=consumed)
    token = unknown[1]
    reason = "payload" if token in _BODIES or token == "4" else "token"
    return Frame("surgard", "accept", "unparsed", raw, reason, token, consumed=consumed)
