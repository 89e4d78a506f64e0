"""Signal: what one event is between the journal and Odoo. One value object for all formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Signal:
    """One element of ``signals`` in the batch that ``alarm.receiver.ingest`` takes.

    Times are ISO 8601 in UTC with microseconds and a trailing ``Z``. ``uid`` is
    ``<epoch>:<receiver>:<seq>``; ``repeat_of`` is the uid of the record it repeats on the link.
    """

    uid: str
    receiver: str
    format: str
    kind: str
    source: str
    received_at: str
    journaled_at: str
    occurred_at: str | None = None
    repeat_of: str | None = None
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

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of the contract; ``extended`` as a list of pairs."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["extended"] = [list(pair) for pair in self.extended]
        return values
