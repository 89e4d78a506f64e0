"""What every journal does: take drafts, give uids, keep until delivered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..signal import Draft, Signal


class JournalError(Exception):
    """The journal did not take something; nothing of it is acknowledged to anybody."""


@dataclass(eq=False, slots=True)
class Append:
    """What one frame brings, and what became of it.

    All drafts of one frame are committed together. ``link`` names the line for the detection of
    link-level retries and ``fingerprint`` what the frame said; ``repeats`` is the frame that this
    one repeats. ``remember`` are small values (name -> value, None forgets it) that are kept by the
    same commit, for what must be told exactly once. Once the journal is done, either ``signals``
    are on disk or ``error`` is set.
    """

    drafts: tuple[Draft, ...]
    link: str | None = None
    fingerprint: str | None = None
    repeats: Append | None = None
    done: Callable[[Append], None] | None = None
    uids: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()
    error: JournalError | None = None
    remember: tuple[tuple[str, str | None], ...] = ()

    def repeated_uid(self, part: int) -> str | None:
        """The uid that the event at index ``part`` repeats, when the first copy is on disk."""
        first = self.repeats
        return first.uids[part] if first is not None and part < len(first.uids) else None


@dataclass(frozen=True, slots=True)
class Pending:
    """A signal on its way: ``position`` orders the journal, ``body`` is the signal's JSON text."""

    position: int
    uid: str
    body: str


@dataclass(frozen=True, slots=True)
class DeadSignal:
    """A signal that Odoo rejected by itself while others passed."""

    uid: str
    settled_at: str
    reason: str
    body: str


@dataclass(frozen=True, slots=True)
class RecentFrame:
    """A frame of the last minutes before a restart, so that its retry is still known as one."""

    link: str
    fingerprint: str
    journaled_at: str
    uids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """One group commit: rows by receiver, and how long the transaction took."""

    rows: Mapping[str, int]
    seconds: float


class JournalReader(Protocol):
    """Reads beside the writer, from any thread; every method raises JournalError."""

    def pending(self, receiver: str, limit: int) -> list[Pending]:
        """The oldest undelivered signals of a receiver, in order."""
        ...

    def pending_counts(self) -> dict[str, int]:
        """Undelivered signals by receiver; receivers without any are absent."""
        ...

    def dead_counts(self) -> dict[str, int]:
        """Signals set aside, by receiver."""
        ...

    def delivered_count(self) -> int:
        """Delivered signals that retention has not removed yet."""
        ...

    def dead(self, limit: int) -> list[DeadSignal]:
        """The newest signals set aside."""
        ...

    def recent_frames(self, since: str) -> list[RecentFrame]:
        """Frames journaled since an ISO time, oldest first."""
        ...

    def recall(self, name: str) -> str | None:
        """A remembered value, or None."""
        ...

    def recall_all(self, prefix: str) -> dict[str, str]:
        """All remembered values whose name begins with ``prefix``, by name."""
        ...


class Journal(Protocol):
    """One writer. ``append`` may be called from any thread and returns at once."""

    epoch: str

    @property
    def reader(self) -> JournalReader:
        """Reads what this journal holds."""
        ...

    def append(self, append: Append) -> None:
        """Queue a frame's signals; ``append.done`` runs once they are on disk or have failed."""
        ...

    def settle(self, delivered: Sequence[Pending], dead: Mapping[str, str]) -> None:
        """Mark signals as delivered, and by uid as dead with the reason; returns once that is on
        disk. Raises JournalError."""
        ...

    def remember(self, name: str, value: str) -> None:
        """Keep a small value across restarts. Raises JournalError."""
        ...

    def holds(self, receiver: str) -> bool:
        """Whether this bridge is the one that speaks for the receiver now. Asked often, from any
        thread: it must not wait for anything."""
        ...

    @property
    def healthy(self) -> bool:
        """Whether the last attempt to write succeeded."""
        ...

    def close(self) -> None:
        """Write what is queued and close."""
        ...
