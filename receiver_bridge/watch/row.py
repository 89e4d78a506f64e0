"""One signal of the journal, read for the display."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..clock import from_iso
from ..codes import in_words
from ..journal import Stored
from ..keys import normal_account
from .meaning import Meaning, meaning_of
from .words import Words

LATE: float = 60.0
"""Seconds between the panel's own time of an event and its arrival that are worth a mark."""


@dataclass(frozen=True, slots=True)
class Row:
    """``signal`` is what Odoo gets; see :class:`receiver_bridge.signal.Signal`.

    ``site`` is receiver and account in their normal form, which tell one premises from another;
    ``event`` is what two signals have in common that are the same event once more.
    """

    position: int
    uid: str
    signal: Mapping[str, Any]
    meaning: Meaning
    site: tuple[str, str] | None
    event: tuple[str | None, ...]

    def field(self, name: str) -> str | None:
        """A text of the signal; None where it has none."""
        return _text(self.signal.get(name))

    @property
    def receiver(self) -> str:
        return self.field("receiver") or ""

    @property
    def account(self) -> str | None:
        return self.field("account")

    @property
    def repeat_of(self) -> str | None:
        return self.field("repeat_of")

    @property
    def received_at(self) -> datetime | None:
        return _time(self.signal.get("received_at"))

    @property
    def delay(self) -> float:
        """Seconds from the event to its arrival by the panel's own time; 0 where it told none."""
        received, occurred = self.received_at, _time(self.signal.get("occurred_at"))
        return (received - occurred).total_seconds() if received and occurred else 0.0

    def in_words(self, words: Words) -> str:
        """The event as the code tables call it, else what is known of it."""
        signal = self.signal
        code, system = self.field("code"), self.field("code_system")
        if system == "bridge":
            return self._of_bridge(words)
        known = in_words(system, code, self.field("qualifier"), words.language)
        if known:
            return known
        if signal.get("kind") == "unparsed":
            return words.say("Not understood: {reason}", reason=self.field("text") or "?")
        if code is not None:
            return words.say("Unknown code {code}", code=f"{system or ''} {code}".strip())
        if self.meaning.kind == "silent":
            return words.say("Receiver line is silent")
        if self.meaning.kind == "restore":
            return words.say("Receiver line is heard again")
        return self.field("text") or words.say("Event without a code")

    def _of_bridge(self, words: Words) -> str:
        code, back = self.field("code"), self.field("qualifier") == "restore"
        if code == "silent":
            said = "Receiver line is heard again" if back else "Receiver line is silent"
        elif code == "lost":
            said = "Panel is heard again" if back else "Panel is not heard any more"
        elif code == "handled":
            said = "Handled at this display"
        else:
            return f"bridge {code}"
        return words.say(said)


def read_row(stored: Stored) -> Row:
    """The row; a body that is no JSON object becomes an unknown signal, never an error."""
    try:
        signal = json.loads(stored.body)
    except ValueError:
        signal = None
    if isinstance(signal, dict):
        signal = {name: _plain(name, value) for name, value in signal.items()}
    else:
        signal = {"kind": "unparsed", "text": "damaged in the journal"}
    receiver, account = str(signal.get("receiver") or ""), signal.get("account")
    site = (receiver, normal_account(str(account))) if account else None
    event = (*(site or (receiver, None)), *(_text(signal.get(name)) for name in _EVENT))
    return Row(stored.position, stored.uid, signal, meaning_of(signal), site, event)


_EVENT = ("kind", "code_system", "code", "qualifier", "area", "zone", "user")


def _plain(name: str, value: object) -> object:
    """Texts and nothing else, but for the pairs of ``extended``; whatever shape they had."""
    if name == "extended" and isinstance(value, list):
        if all(isinstance(pair, list) and len(pair) == 2 for pair in value):
            return [[str(part) for part in pair] for pair in value]
    return _text(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _time(value: object) -> datetime | None:
    try:
        return from_iso(value) if isinstance(value, str) else None
    except ValueError:
        return None
