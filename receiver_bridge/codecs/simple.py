"""Small things that receivers' records share."""

from __future__ import annotations

import re
from typing import Final

from receiver_bridge.codecs.base import Event
from receiver_bridge.codes import simple_codes

__all__ = ["coded_event", "quoted_text"]

_QUOTED: Final = re.compile(r"\*['`\u2018]([^\r\n\^|]{0,200}?)'NM")


def coded_event(system: str, code: str, number: str | None, text: str | None = None) -> Event:
    """An event of a receiver's own code system, whose table says what its number is."""
    row = simple_codes().get((system, code))
    meaning = row.address_field_meaning if row else ""
    zone = number if meaning == "zone" else None
    user = number if meaning == "user" else None
    return Event(system, code, zone=zone, user=user, address=number, text=text)


def quoted_text(data: str) -> str:
    """SIA data with text in units form (X-SIA: ``BA01*'Hall'NM``) in the form of DC-09's
    (``BA01^Hall^``)."""
    return _QUOTED.sub(r"^\1^", data)
