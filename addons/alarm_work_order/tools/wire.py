"""A stored signal as commissioning looks at it: what it says of a zone, and of the path it came by.
Pure."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from odoo.addons.alarm_monitoring.tools.bridge_signals import SYSTEM
from odoo.addons.alarm_subscriber.tools.numbers import number_key

from .walk_test import Sighting

# How transmitters spell it; there is no standard.
_STRENGTH = re.compile(
    r"\b(?:RSSI|CSQ|SIGNAL|信号(?:强度)?)\s*[:=]?\s*(-?\d{1,3})\s*(dBm|%)?", re.IGNORECASE
)


def strength_of(extended, text):
    """The strength of the mobile signal as the transmitter says it, "" where it says nothing.

    >>> strength_of('[["X", "RSSI=-71 dBm"]]', None), strength_of(None, "CSQ:22")
    ('-71 dBm', '22')
    """
    told = [text or ""]
    if extended:
        told += [str(value) for _name, value in json.loads(extended)]
    for words in told:
        if found := _STRENGTH.search(words):
            return " ".join(filter(None, found.groups()))
    return ""


def host_of(source):
    """The sender's address without its port, which changes with every connection.

    >>> host_of("203.0.113.5:40112"), host_of("[2001:db8::1]:9"), host_of("/dev/ttyS0")
    ('203.0.113.5', '2001:db8::1', '/dev/ttyS0')
    """
    source = source or ""
    if source.startswith("["):
        return source[1:].partition("]")[0]
    host, colon, port = source.rpartition(":")
    return host if colon and port.isdigit() and ":" not in host else source


@dataclass(frozen=True, slots=True)
class Wired:
    """``sighting``: for the walk test; ``words``: what came, in the wire's own words; ``number``
    and ``area`` as sent; ``delay``: seconds from the panel's own clock to the receiver, None where
    it sent none; ``delivery``: from the receiver to here."""

    sighting: Sighting
    uid: str
    words: str
    number: str
    area: str
    raw_hex: str
    code_system: str
    code: str
    path: tuple  # receiver, line, sender
    format: str
    delay: float | None
    delivery: float
    strength: str

    @property
    def walks(self):
        """Whether the panel itself said it, not the bridge about the panel."""
        return self.code_system != SYSTEM

    @classmethod
    def from_row(cls, row, zones):
        """
        :param row: columns of alarm_signal with those of its code
        :param zones: (panel id, number key) -> zone id
        """
        number = row["zone"] or ""
        if not number and not row["user"] and row["address"] and row["address_kind"] == "zone":
            number = row["address"]
        key = number_key(number) if number else ""
        received_at = row["received_at"]
        occurred_at = row["occurred_at"]
        return cls(
            Sighting(
                row["id"],
                row["panel_id"],
                zone_id=zones.get((row["panel_id"], key), 0) if key else 0,
                address=key,
                area_key=number_key(row["area"]) if row["area"] else "",
                event_class=row["event_class"] or "",
                role=_role(row),
                known=bool(row["event_class"]),
                at=received_at,
            ),
            uid=row["uid"],
            words=_words(row),
            number=number,
            area=row["area"] or "",
            raw_hex=row["raw_hex"] or "",
            code_system=row["code_system"] or "",
            code=row["code"] or "",
            path=(row["receiver_name"], row["line"] or "", host_of(row["source"])),
            format=row["format"] or "",
            delay=_seconds(received_at, occurred_at) if occurred_at else None,
            delivery=max(0.0, _seconds(row["stored_at"], received_at)),
            strength=strength_of(row["extended"], row["text"]),
        )


def _seconds(later: datetime, earlier: datetime):
    return (later - earlier).total_seconds()


def _role(row):
    """What the signal does, as the rules of monitoring have it."""
    meaning = row["meaning"] or "alarm"
    if meaning == "restore":
        return "restore"
    if meaning == "alarm":
        restored = row["qualifier"] == "restore" and row["code_system"] in ("cid", SYSTEM)
        return "restore" if restored else "alarm"
    return "report"


def _words(row):
    place = row["zone"] or row["user"] or row["address"]
    parts = (row["account"], row["code_system"], row["code"], row["qualifier"])
    area = f"/{row['area']}" if row["area"] else ""
    return " ".join(filter(None, (*parts, f"{place or ''}{area}".strip(), row["text"])))
