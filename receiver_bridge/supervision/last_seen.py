"""When each account was last heard, on disk: apart from the journal, which it must never delay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

Key = tuple[str, str]
"""Scope and normalised account; the account is empty for the receiver itself.

The scope is ``group <receiver group>``, within which an account names one panel whatever line it
calls on, or ``receiver <name>`` where no group is known."""


class LastSeenError(Exception):
    """The store cannot be read or written now."""


class Seen(NamedTuple):
    """``receiver``: name of the line; ``age``: seconds since then, by the store's own clock, so
    that bridges whose clocks differ agree."""

    receiver: str
    age: float


@dataclass(slots=True)
class Batch:
    """What has been heard since the last batch. ``listening``: names of the lines that are listened
    to at this moment. ``grace``: as of :func:`.rules.carried_silence`."""

    seen: dict[Key, Seen] = field(default_factory=dict)
    listening: tuple[str, ...] = ()
    grace: float = 180.0


class LastSeen(Protocol):
    """Every method may be called from any thread, takes its time, and raises LastSeenError.

    ``shared``: other bridges write it too.
    """

    shared: bool

    def write(self, batch: Batch) -> None:
        """Take a batch over; what is older than what is known is left out."""
        ...

    def read(self, keys: Sequence[Key]) -> dict[Key, Seen]:
        """Of those that have been heard at all."""
        ...

    def scope(self, scope: str) -> Iterator[tuple[str, Seen]]:
        """All accounts of a scope."""
        ...

    def listened(self) -> Mapping[str, tuple[float, float]]:
        """By line: how many seconds ago listening to it began, and when it was last known to go
        on. Breaks no longer than the grace are none."""
        ...

    def forget(self, older_than: float) -> int:
        """Remove what has not been heard for so many seconds; how many accounts that were."""
        ...

    def close(self) -> None: ...


def group_scope(group: str) -> str:
    return f"group {group}"


def receiver_scope(receiver: str) -> str:
    return f"receiver {receiver}"
