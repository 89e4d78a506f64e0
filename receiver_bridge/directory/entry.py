"""What a dispatcher needs to know of an account when Odoo cannot be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Area:
    """A partition: ``number`` as Odoo has it, ``name`` as people call it."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A detection point; ``detector`` is its type (PIR, smoke…), empty when not on file."""

    number: str
    name: str
    detector: str


@dataclass(frozen=True, slots=True)
class User:
    """The holder of a user code."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A keyholder; ``phones`` in the order in which to try them."""

    name: str
    phones: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One account of the emergency directory; text that Odoo does not have is empty.

    ``account`` is normalised (upper case, no leading zeros). ``contacts`` stand in calling order.
    """

    receiver_group: str
    account: str
    subscriber: str = ""
    ref: str = ""
    state: str = ""
    address: str = ""
    phone: str = ""
    note: str = ""
    areas: tuple[Area, ...] = ()
    zones: tuple[Zone, ...] = ()
    users: tuple[User, ...] = ()
    contacts: tuple[Contact, ...] = ()

    def area(self, number: str | None) -> Area | None:
        """The area of a number as on the wire; leading zeros do not count."""
        return next((item for item in self.areas if _same(item.number, number)), None)

    def zone(self, number: str | None) -> Zone | None:
        return next((item for item in self.zones if _same(item.number, number)), None)

    def user(self, number: str | None) -> User | None:
        return next((item for item in self.users if _same(item.number, number)), None)


def read_entry(receiver_group: str, account: str, value: Any) -> Entry:
    """The entry out of the member ``directory`` of an account in Odoo's configuration.

    Unknown members are left aside and absent ones are empty; raises ValueError where a member has
    another shape::

        {"subscriber": text, "ref": text, "state": text, "address": text, "phone": text,
         "note": text, "areas": [["1", "Ground floor"]], "zones": [["005", "Back door", "PIR"]],
         "users": [["003", "A. Name"]],
         "contacts": [{"name": text, "phones": [text], "note": text}]}
    """
    try:
        return Entry(
            receiver_group,
            account,
            subscriber=_text(value, "subscriber"),
            ref=_text(value, "ref"),
            state=_text(value, "state"),
            address=_text(value, "address"),
            phone=_text(value, "phone"),
            note=_text(value, "note"),
            areas=tuple(Area(*_row(row, 2)) for row in value.get("areas") or ()),
            zones=tuple(Zone(*_row(row, 3)) for row in value.get("zones") or ()),
            users=tuple(User(*_row(row, 2)) for row in value.get("users") or ()),
            contacts=tuple(
                Contact(
                    _text(item, "name"),
                    tuple(str(phone) for phone in item.get("phones") or ()),
                    _text(item, "note"),
                )
                for item in value.get("contacts") or ()
            ),
        )
    except (AttributeError, TypeError) as error:
        # Without the value: what is in it is nobody's business but the dispatcher's.
        raise ValueError(
            f"account {account} of {receiver_group}: its directory has another shape: "
            f"{type(error).__name__}"
        ) from None


def _text(value: Any, name: str) -> str:
    return str(value.get(name) or "")


def _row(row: Any, length: int) -> tuple[str, ...]:
    """The first ``length`` columns as text; a short row is filled up."""
    if not isinstance(row, list | tuple):
        raise TypeError(type(row).__name__)
    cells = [str(cell) if cell else "" for cell in row[:length]]
    return tuple(cells + [""] * (length - len(cells)))


def _same(number: str, wanted: str | None) -> bool:
    return wanted is not None and number.lstrip("0") == wanted.lstrip("0")
