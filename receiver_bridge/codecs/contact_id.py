"""Contact ID (SIA DC-05): the event inside a DC-09 ``ADM-CID`` block or a receiver's record.

A Contact ID event is a qualifier, a three-digit code, a group (area) and three digits that are a
zone or a user, which the code table says.
"""

from __future__ import annotations

import re
from typing import Final

from receiver_bridge.codecs.base import Event, Qualifier
from receiver_bridge.codes import contact_id_codes

__all__ = ["QUALIFIER_LETTERS", "encode_payload", "make_event", "parse_payload"]

QUALIFIERS: Final[dict[str, Qualifier]] = {
    "1": "new",
    "3": "restore",
    "6": "status",
    "E": "new",
    "R": "restore",
    "P": "status",
}
"""Digits go over the panel's wire, letters over a receiver's."""

QUALIFIER_DIGITS: Final[dict[str | None, str]] = {"new": "1", "restore": "3", "status": "6"}
QUALIFIER_LETTERS: Final[dict[str | None, str]] = {"new": "E", "restore": "R", "status": "P"}

_CCC_KINDS: Final = {code: row.ccc_kind for code, row in contact_id_codes().items()}

# The inner account may be empty or missing; A is no digit of Contact ID. What stands behind the
# message, set off from it, does not keep it back.
_PAYLOAD = re.compile(
    r"(?:[^|]*\|)?([136])([0-9B-F]{3}) ([0-9B-F]{2}) ([0-9B-F]{3})(?:\Z|(?P<rest>[| ]))"
)


def make_event(qualifier: str, code: str, area: str, number: str) -> Event:
    """The Event of one message; ``qualifier`` as on the wire (1, 3, 6, E, R, P).

    ``number`` are the last three digits; for a code that is in no table, or whose number is
    neither zone nor user, they are the address alone.
    """
    kind = _CCC_KINDS.get(code)
    return Event(
        "cid",
        code,
        QUALIFIERS[qualifier],
        area,
        number if kind == "zone" else None,
        number if kind == "user" else None,
        number,
    )


def parse_payload(data: str) -> tuple[tuple[Event, ...], bool]:
    """``#acct|QXYZ GG CCC`` -> its event, and whether all of the data was understood."""
    match = _PAYLOAD.match(data)
    if match is None:
        return (), False
    qualifier, code, area, number, rest = match.groups()
    return (make_event(qualifier, code, area, number),), rest is None


def encode_payload(account: str, event: Event) -> str:
    """``#acct|QXYZ GG CCC`` of an event; area and address default to zeros."""
    qualifier = QUALIFIER_DIGITS[event.qualifier]
    return f"#{account}|{qualifier}{event.code} {event.area or '00'} {event.address or '000'}"
