"""One page of ``alarm.receiver.configuration(since)``, checked and taken apart::

    {"version": "opaque", "full": true, "more": false,
     "accounts": [{"receiver_group": "HQ", "account": "1234", "key": "…hex…" | "",
                   "timestamps": "" | "check" | "encrypted" | "ignore",
                   "tolerate": ["crc", "length"], "clear": "" | "accept" | "refuse",
                   "supervision": 60, "directory": {…} | null}],
     "removed": [{"receiver_group": "HQ", "account": "1234"}],
     "receivers": [{"name": "dc-1", "receiver_group": "HQ", "allow": ["192.0.2.0/24"]}]}

``full`` is true (or absent) on the first page of a whole transfer: what was known before and is not
named by its end is gone. ``more``: the next page is to be asked for at once, with this ``version``.
``key`` is 32, 48 or 64 hexadecimal digits. Empty, false, null or absent says that the account has
no key, and of the other rules that the receiver's own setting counts. ``key_unreadable`` true: it
has a key that Odoo cannot decrypt, so the one that is known here stays. ``supervision`` is the
polling interval in seconds, 0 for none. ``directory`` is described in :mod:`.entry`; absent or null
is an account without one. ``receivers`` is always whole: which group's accounts call on which line,
and from which addresses. Members unknown to this version are ignored, so that an older bridge works
with a newer Odoo.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any, Final, TypeVar

from ..codecs.base import CLEAR_POLICIES, TIMESTAMP_POLICIES, TOLERABLE
from ..config.model import AccountSettings
from ..keys import normal_account
from ..sources import Network
from .entry import read_entry

_logger = logging.getLogger(__name__)

Identity = tuple[str, str]
"""Receiver group and normalised account."""

_Choice = TypeVar("_Choice", bound=str)


class AnswerError(ValueError):
    """The answer has another shape than this bridge knows."""


NO_RULES: Final = AccountSettings()


@dataclass(frozen=True, slots=True)
class Account:
    """``interval``: seconds between two polls, 0 for an account that is not supervised.
    ``directory``: the member as it came, None without one. ``key_unreadable``: there is a key that
    Odoo itself cannot decrypt."""

    identity: Identity
    rules: AccountSettings = NO_RULES
    interval: float = 0.0
    directory: Mapping[str, Any] | None = field(default=None, repr=False)
    key_unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Receiver:
    """``networks``: whence calls may come on this line; empty: Odoo says nothing of it."""

    group: str
    networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    version: str
    full: bool
    more: bool
    accounts: tuple[Account, ...]
    removed: tuple[Identity, ...]
    receivers: Mapping[str, Receiver]


def read_answer(answer: Any) -> Answer:
    """Raises AnswerError for what is no answer. A value that cannot be right of one account is
    said and left out: one slip of the pen must not keep all others from being known."""
    try:
        return Answer(
            str(answer["version"]),
            bool(answer.get("full", True)),
            bool(answer.get("more", False)),
            tuple(_account(item) for item in answer["accounts"]),
            tuple(_identity(item) for item in answer.get("removed") or ()),
            read_receivers(answer["receivers"]),
        )
    except (AttributeError, TypeError, LookupError) as error:
        # By its type only: an error's text can quote a key.
        raise AnswerError(f"an answer of another shape: {type(error).__name__}") from None


def read_receivers(entries: Any) -> dict[str, Receiver]:
    """The receivers by name. A source that is no network is left out, and said: to lock everybody
    out for it would lose signals."""
    receivers: dict[str, Receiver] = {}
    for entry in entries:
        name = str(entry["name"])
        networks = [
            network for text in entry.get("allow") or () if (network := _network(name, str(text)))
        ]
        receivers[name] = Receiver(str(entry["receiver_group"]), tuple(networks))
    return receivers


def _account(entry: Any) -> Account:
    identity = _identity(entry)
    rules = AccountSettings(
        _key(identity, entry.get("key")),
        _choice(identity, "timestamps", entry.get("timestamps"), TIMESTAMP_POLICIES),
        _names(identity, entry.get("tolerate")),
        _choice(identity, "clear", entry.get("clear"), CLEAR_POLICIES),
    )
    return Account(
        identity,
        NO_RULES if rules == NO_RULES else rules,
        _interval(identity, entry.get("supervision")),
        _directory(identity, entry.get("directory")),
        bool(entry.get("key_unreadable")),
    )


def _identity(entry: Any) -> Identity:
    return str(entry["receiver_group"]), normal_account(str(entry["account"]))


def _network(receiver: str, text: str) -> Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        _logger.error("%s: allowed source %r in Odoo is no network, left out", receiver, text)
        return None


def _key(identity: Identity, value: Any) -> bytes | None:
    """The account's key, checked; a key that is none is said without showing it."""
    if not value:
        return None
    try:
        key = bytes.fromhex(str(value))
    except ValueError:
        key = b""
    if len(key) in (16, 24, 32):
        return key
    _slip(identity, "its key", "not shown", "an AES key of 16, 24 or 32 bytes in hexadecimal")
    return None


def _choice(
    identity: Identity, name: str, value: Any, choices: Collection[_Choice]
) -> _Choice | None:
    if not value:
        return None
    found = next((choice for choice in choices if choice == value), None)
    if found is None:
        _slip(identity, name, repr(value), " or ".join(choices))
    return found


def _names(identity: Identity, value: Any) -> frozenset[str]:
    names = frozenset(str(name) for name in value or ())
    for name in names.difference(TOLERABLE):
        _slip(identity, "tolerate", repr(name), " or ".join(TOLERABLE))
    return names.intersection(TOLERABLE)


def _interval(identity: Identity, value: Any) -> float:
    try:
        seconds = float(value or 0)
    except (TypeError, ValueError):
        seconds = math.nan
    if 0 <= seconds < math.inf:
        return seconds
    _slip(identity, "supervision", repr(value), "seconds between two polls, 0 for none")
    return 0.0


def _directory(identity: Identity, value: Any) -> Mapping[str, Any] | None:
    if not value:
        return None
    try:
        read_entry(*identity, value)
    except ValueError as error:
        _logger.error("configuration from Odoo: %s; left out", error)
        return None
    assert isinstance(value, Mapping)
    return value


def _slip(identity: Identity, name: str, found: str, allowed: str) -> None:
    _logger.error(
        "account %s of %s: %s in Odoo is %s, left out; allowed: %s",
        identity[1],
        identity[0],
        name,
        found,
        allowed,
    )
