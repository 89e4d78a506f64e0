"""What simulated panels and receivers have in common: an event goes out and is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..codecs.base import Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """``seconds``: from the first attempt to the acknowledgement, or to giving up.

    ``raw_hex`` is the last attempt as sent.
    """

    account: str
    event: Event
    acknowledged: bool
    attempts: int
    seconds: float
    raw_hex: str
    cause: str | None = None


class SimulatedSender(Protocol):
    async def send(self, account: str, event: Event) -> Outcome:
        """Send one event until it is acknowledged or patience ends."""
        ...

    async def link_test(self) -> bool:
        """Say no more than that the sender lives, once; whether that was acknowledged."""
        ...

    async def hang_up(self) -> None:
        """Nothing will be said for a while: a connection need not be kept."""
        ...

    async def close(self) -> None: ...
