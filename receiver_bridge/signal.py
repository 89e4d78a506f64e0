"""Signal: what one event is between the journal and Odoo. One value object for all formats."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Draft:
    """A signal before the journal has given it its uid; fields as in :class:`Signal`."""

    receiver: str
    format: str
    kind: str
    source: str
    received_at: str
    occurred_at: str | None = None
    wire_receiver: str | None = None
    line: str | None = None
    account: str | None = None
    code_system: str | None = None
    code: str | None = None
    qualifier: str | None = None
    area: str | None = None
    zone: str | None = None
    user: str | None = None
    address: str | None = None
    text: str | None = None
    extended: tuple[tuple[str, str], ...] = ()
    raw_hex: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One element of ``signals`` in the batch that ``alarm.receiver.ingest`` takes.

    Times are ISO 8601 in UTC with microseconds and a trailing ``Z``. ``uid`` is
    ``<epoch>:<receiver>:<seq>``; ``repeat_of`` is the uid of what this one repeats on the link.
    """

    uid: str
    journaled_at: str
    repeat_of: str | None
    draft: Draft

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of the contract; ``extended`` as a list of pairs.

        Text is made fit for a database on the way: NUL and lone surrogates are replaced; the bytes
        as they came are in ``raw_hex``.
        """
        values: dict[str, Any] = {
            "uid": self.uid,
            "journaled_at": self.journaled_at,
            "repeat_of": self.repeat_of,
        }
        for name in _DRAFT_FIELDS:
            value = getattr(self.draft, name)
            values[name] = storable(value) if isinstance(value, str) else value
        values["extended"] = [[storable(part) for part in pair] for pair in self.draft.extended]
        return values


_DRAFT_FIELDS = tuple(field.name for field in fields(Draft))


def storable(text: str) -> str:
    """``text`` without what a database refuses: NUL and lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
