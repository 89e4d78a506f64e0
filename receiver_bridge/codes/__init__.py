"""The code tables of Contact ID (SIA DC-05) and SIA (DC-03), the one source for both programs, the
letters and digits of Sur-Gard's basic records, and the payloads that DC-09 has names for.

The CSV files beside this one are data; here they become value objects, read once.
``simple_codes.csv`` has the small tables of receivers' own codes, by system.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, Literal, cast

__all__ = [
    "ContactIdCode",
    "SiaCode",
    "SimpleCode",
    "SurgardCode",
    "code_names",
    "contact_id_codes",
    "dc09_payloads",
    "in_words",
    "sia_codes",
    "simple_codes",
    "surgard_codes",
]

_RESTORED: Final = "%s restored"

BRIDGE_CODES: Final = {
    "silent": ("Receiver line silent", "Receiver line heard again"),
    "lost": ("Panel lost: not heard in time", "Panel heard again"),
    "handled": ("Handled at the emergency display", "Handled at the emergency display"),
}
"""What the bridge says itself -> its name, and the name of its end."""

CCC_KINDS: Final = frozenset({"zone", "user", "other"})
QUALIFIERS: Final = frozenset({"new", "restore", "status"})


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


@dataclass(frozen=True, slots=True)
class SurgardCode:
    """What a basic record says in one letter or digit, or an older receiver of itself in a letter
    and two digits. ``number_kind`` as ``ContactIdCode.ccc_kind``; ``qualifier`` is what the code
    amounts to: ``new``, ``restore`` (closing too, as in Contact ID) or ``status``."""

    code: str
    name: str
    number_kind: str
    qualifier: Literal["new", "restore", "status"]

    def __post_init__(self) -> None:
        for field, allowed in (("number_kind", CCC_KINDS), ("qualifier", QUALIFIERS)):
            found = getattr(self, field)
            if found not in allowed:
                raise ValueError(
                    f"surgard.csv, code {self.code}: {field} is {found!r}; "
                    f"allowed: {', '.join(sorted(allowed))}"
                )


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


@cache
def surgard_codes() -> Mapping[str, SurgardCode]:
    """Letter, digit or receiver's own code -> SurgardCode."""
    return MappingProxyType(
        {
            row["code"]: SurgardCode(
                code=row["code"],
                name=row["name"],
                number_kind=row["number_kind"],
                qualifier=cast(Any, row["qualifier"]),  # checked by the constructor
            )
            for row in _rows("surgard.csv")
        }
    )


@cache
def dc09_payloads() -> Mapping[str, str]:
    """Token of a DC-09 frame -> the format of its payload, in words."""
    return MappingProxyType({row["token"]: row["name"] for row in _rows("dc09_payloads.csv")})


@cache
def code_names(language: str) -> Mapping[str, str]:
    """The tables' English names in another language, from ``<language>.csv`` beside this file;
    empty where there is none. ``%s restored`` is how a name without words of its own ends."""
    file = f"{language}.csv"
    if not resources.files(__name__).joinpath(file).is_file():
        return MappingProxyType({})
    return MappingProxyType({row["name"]: row["translation"] for row in _rows(file)})


_Say = Callable[[str], str]
"""A name of the tables in the language asked for."""


def _sia_in_words(code: str, qualifier: str | None, say: _Say) -> str | None:
    row = sia_codes().get(code)
    return say(row.name) if row else None


def _bridge_in_words(code: str, qualifier: str | None, say: _Say) -> str | None:
    names = BRIDGE_CODES.get(code)
    return say(names[qualifier == "restore"]) if names else None


def _surgard_in_words(code: str, qualifier: str | None, say: _Say) -> str | None:
    row = surgard_codes().get(code)
    return say(row.name) if row else None


def _contact_id_in_words(code: str, qualifier: str | None, say: _Say) -> str | None:
    """With an opening's code "restore" is the closing; with all others it is their end."""
    row = contact_id_codes().get(code)
    if row is None:
        return None
    if qualifier == "restore":
        return say(row.name_restore) if row.name_restore else say(_RESTORED) % say(row.name)
    if qualifier == "status":
        return say(row.name)
    return say(row.name_new or row.name)


_WORDS: Final[Mapping[str | None, Callable[[str, str | None, _Say], str | None]]] = {
    "cid": _contact_id_in_words,
    "sia": _sia_in_words,
    "surgard": _surgard_in_words,
    "bridge": _bridge_in_words,
}


def in_words(
    code_system: str | None, code: str | None, qualifier: str | None, language: str = "en"
) -> str | None:
    """What the tables call an event ("Burglary", "Burglary restored", "Closing by user"); None for
    a code or a code system that is in none of them."""
    if code is None:
        return None
    tell = _WORDS.get(code_system)
    names = code_names(language)

    def say(name: str) -> str:
        return names.get(name, name)

    if tell is not None:
        return tell(code, qualifier, say)
    simple = simple_codes().get((code_system or "", code))
    return say(simple.name) if simple else None
