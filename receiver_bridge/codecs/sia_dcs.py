"""SIA (DC-03) blocks in text form: what stands in a DC-09 ``SIA-DCS`` frame and in a receiver's
SIA records: ``#acct|Nri1/BA005^Hall^/FA006|Afree text``.

Seen on the wire besides the standard form: no slash between modifier and code (``Nri1BA5``), text
behind the area (``Nri2^Hal^OP14``), an empty or missing inner account, a block ``0``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.text import decode_text
from receiver_bridge.codes import sia_codes

__all__ = ["encode_payload", "make_event", "parse_payload"]

_MEANINGS: Final = {
    code: "zone" if row.is_zone else row.address_field_meaning for code, row in sia_codes().items()
}

EVENT_BLOCKS: Final = frozenset("NO")
"""New event and old event; the latter is one that was stored in the panel meanwhile."""

MOST_EVENTS: Final = 64
"""More in one message is no panel's. Each becomes a signal that carries the whole frame, so that
four kilobytes of two-letter codes would be sixteen megabytes of journal."""

# What a block consists of, between slashes or without them: an event (code, address, units, text),
# a time, another modifier, whose value ends at the next slash or where digits are followed by a
# code, a text, slashes, or what is none of these, up to the next slash.
_PART = re.compile(
    r"([A-Z]{2})([0-9A-F:\-]*)(\*[^/^]*)?(?:\^([^^]*)\^?)?"
    r"|(da|ti)([0-9:\-]*)"
    r"|(id|ri|pi|ai|ph|lv|va|pt|rg|ss)([0-9]+(?=[A-Z]{2})|[^/^]*)"
    r"|\^([^^]*)\^?"
    r"|/+"
    r"|([^/]+)"
)


# Nearly all that comes, in one look: a new event, with or without its area.
_ORDINARY = re.compile(r"(?:#[^|]*)?\|N(?:ri([0-9]+)/?)?([A-Z]{2})([0-9A-F]*)\Z")


def make_event(
    code: str,
    address: str,
    text: str | None = None,
    area: str | None = None,
    user: str | None = None,
) -> Event:
    """The Event of a two-letter code. ``area`` and ``user`` as the modifiers say; without them the
    address ("" for none) may be either, as the code's table says."""
    meaning = _MEANINGS.get(code) if address else None
    zone = None
    if meaning == "zone":
        zone = address
    elif meaning == "user":
        user = user or address
    elif meaning == "area":
        area = area or address
    return Event("sia", code, None, area, zone, user, address or None, text)


def _parse_events(block: str, default_text: str | None) -> tuple[list[Event], bool]:
    """The events of one block behind its function letter. Modifiers hold for all codes that follow
    them; what is not understood is skipped to the next slash and said."""
    events: list[Event] = []
    area = user = area_text = None
    whole = True
    for part in _PART.finditer(block):
        code, address, units, text, _which, _time, modifier, value, other_text, odd = part.groups()
        if code:
            text = text if text is not None else area_text or (units.strip("*") if units else None)
            text = decode_text(text) if text else default_text
            events.append(make_event(code, address, text, area or None, user or None))
            area_text = None
        elif modifier == "ri":
            area = value
        elif modifier == "id":
            user = value
        elif other_text is not None:
            area_text = other_text
        elif odd:
            whole = False
    return events, whole


def parse_payload(data: str) -> tuple[tuple[Event, ...], bool]:
    """The data between the brackets -> its events, and whether all of it was understood.

    More than ``MOST_EVENTS`` count as not understood: the frame goes on whole, as unparsed.
    Text of an ``A`` block belongs to the events of the block before it that have none of their own.
    """
    if (match := _ORDINARY.match(data)) is not None:
        area, code, address = match.groups()
        return (make_event(code, address, None, area, None),), True
    blocks = data.split("|")
    if blocks[0].startswith("#") or not blocks[0]:
        del blocks[0]
    events: list[Event] = []
    whole = True
    for index, block in enumerate(blocks):
        letter = block[:1]
        if letter in EVENT_BLOCKS:
            follower = blocks[index + 1] if index + 1 < len(blocks) else ""
            text = decode_text(follower[1:]) if follower.startswith("A") else None
            found, understood = _parse_events(block[1:], text or None)
            events += found
            whole = whole and understood
        elif letter != "A" and block != "0":
            whole = False
    if len(events) > MOST_EVENTS:
        return (), False
    return tuple(events), whole and bool(events)


def _encode_event(event: Event) -> str:
    area = f"ri{event.area}/" if event.area else ""
    user = f"id{event.user}/" if event.user and event.user != event.address else ""
    text = f"^{event.text}^" if event.text else ""
    return f"{area}{user}{event.code}{event.address or ''}{text}"


def encode_payload(account: str, events: Iterable[Event]) -> str:
    """``#acct|N…`` of the events, one N block each, as modifiers would else carry over."""
    return f"#{account}" + "".join(f"|N{_encode_event(event)}" for event in events)
