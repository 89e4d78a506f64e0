"""Signal: what one event is between the journal and Odoo. One value object for all formats."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Draft(NamedTuple):
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


class Signal(NamedTuple):
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
        for name, value in zip(Draft._fields, self.draft, strict=True):
            values[name] = _storable(value) if isinstance(value, str) else value
        values["extended"] = [[_storable(part) for part in pair] for pair in self.draft.extended]
        return values

    def as_json(self) -> str:
        """:meth:`as_dict` as JSON text."""
        uid, journaled_at, repeat_of, draft = self
        text = _to_json(dict(zip(_NAMES, (uid, journaled_at, repeat_of, *draft), strict=True)))
        # Whatever has to be replaced would stand there as an escape.
        return _to_json(self.as_dict()) if "\\u" in text else text


_NAMES = ("uid", "journaled_at", "repeat_of", *Draft._fields)

_to_json = json.JSONEncoder(separators=(",", ":")).encode
"""Made once: ``json.dumps`` with separators makes an encoder each time."""


def _storable(text: str) -> str:
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
