"""The code tables of Contact ID (SIA DC-05) and SIA (DC-03), the one source for both programs.

``contact_id.csv`` and ``sia_codes.csv`` beside this file are data; here they become value objects,
read once. ``simple_codes.csv`` has the small tables of receivers' own codes, by system.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

__all__ = [
    "ContactIdCode",
    "SiaCode",
    "SimpleCode",
    "contact_id_codes",
    "in_words",
    "sia_codes",
    "simple_codes",
]

CCC_KINDS = frozenset({"zone", "user", "other"})


@dataclass(frozen=True, slots=True)
class ContactIdCode:
    """One Contact ID event code. ``ccc_kind`` says what the last three digits of a message are:
    ``zone``, ``user`` or ``other``. ``name_new`` and ``name_restore`` are the words for the two
    qualifiers where the plain name does not serve (opening, closing)."""

    code: str
    name: str
    group: str
    ccc_kind: str
    name_new: str
    name_restore: str

    def __post_init__(self) -> None:
        if self.ccc_kind not in CCC_KINDS:
            raise ValueError(
                f"contact_id.csv, code {self.code}: ccc_kind is {self.ccc_kind!r}; "
                f"allowed: {', '.join(sorted(CCC_KINDS))}"
            )


@dataclass(frozen=True, slots=True)
class SiaCode:
    """One SIA two-letter code. ``address_field_meaning`` says what the digits behind the code
    number: ``zone``, ``point``, ``user``, ``area``, ``door``, … or ``unused``. ``state`` is what
    the code says of it: ``alarm``, ``restore``, ``trouble``, ``open``, …"""

    code: str
    name: str
    address_field_meaning: str
    group: str
    state: str

    @property
    def is_zone(self) -> bool:
        """A point is the standard's other word for a zone."""
        return self.address_field_meaning in ("zone", "point")


@dataclass(frozen=True, slots=True)
class SimpleCode:
    """One code of a receiver's own system: what stands in its records besides Contact ID and SIA.

    ``address_field_meaning``, ``group`` and ``state`` as in :class:`SiaCode`.
    """

    system: str
    code: str
    name: str
    address_field_meaning: str
    group: str
    state: str


def _rows(file: str) -> Iterator[dict[str, str]]:
    with resources.files(__name__).joinpath(file).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


@cache
def contact_id_codes() -> Mapping[str, ContactIdCode]:
    """Three-digit code -> ContactIdCode."""
    return MappingProxyType(
        {
            row["code"]: ContactIdCode(
                code=row["code"],
                name=row["name"],
                group=row["group"],
                ccc_kind=row["ccc_kind"],
                name_new=row["name_q1"],
                name_restore=row["name_q3"],
            )
            for row in _rows("contact_id.csv")
        }
    )


@cache
def sia_codes() -> Mapping[str, SiaCode]:
    """Two-letter code -> SiaCode."""
    return MappingProxyType(
        {
            row["code"]: SiaCode(
                code=row["code"],
                name=row["name"],
                address_field_meaning=row["address_field_meaning"],
                group=row["group"],
                state=row["state"],
            )
            for row in _rows("sia_codes.csv")
        }
    )


@cache
def simple_codes() -> Mapping[tuple[str, str], SimpleCode]:
    """Code system and code -> SimpleCode."""
    return MappingProxyType(
        {
            (row["system"], row["code"]): SimpleCode(
                row["system"],
                row["code"],
                row["name"],
                row["address_field_meaning"],
                row["group"],
                row["state"],
            )
            for row in _rows("simple_codes.csv")
        }
    )


def in_words(code_system: str | None, code: str | None, qualifier: str | None) -> str | None:
    """What the tables call an event ("Burglary", "Burglary restored"); None for an unknown code."""
    if code is None:
        return None
    if code_system == "sia":
        sia = sia_codes().get(code)
        return sia.name if sia else None
    if code_system != "cid":
        simple = simple_codes().get((code_system or "", code))
        return simple.name if simple else None
    contact_id = contact_id_codes().get(code)
    if contact_id is None:
        return None
    if qualifier == "restore":
        return contact_id.name_restore or f"{contact_id.name} restored"
    return contact_id.name_new or contact_id.name
