"""What every journal does: take drafts, give uids, keep until delivered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ..signal import Draft, Signal


class JournalError(Exception):
    """The journal did not take something; nothing of it is acknowledged to anybody."""


class JournalUnavailable(JournalError):
    """The journal cannot be opened for a cause that may pass, such as a full disk."""


class LeaseLost(JournalError):
    """Another bridge sends this receiver's signals now, or may do so at any moment."""


@dataclass(eq=False, slots=True)
class Append:
    """What one frame brings, and what became of it.

    All drafts of one frame are committed together. ``link`` names the line for the detection of
    link-level retries and ``fingerprint`` what the frame said; ``repeats`` is the frame that this
    one repeats, where the bridge knows it; ``repeat_window`` (seconds) is for a journal that looks
    for it itself (``Journal.finds_repeats``), and ``not_before`` the clock of
    :class:`~.elapsed.Moment` before which nothing of the frame can have come in. ``remember`` are
    small values (name -> value, None forgets it) that are kept by the same commit, for what must be
    told exactly once. Once the journal is done, either ``signals`` are on disk or ``error`` is set.

    With ``tick``, the number of a tick, the drafts report that tick: it is marked as taken in the
    same transaction, and where it is no longer open nothing is written: ``signals`` stay empty.
    """

    drafts: tuple[Draft, ...]
    link: str | None = None
    fingerprint: str | None = None
    repeats: Append | None = None
    done: Callable[[Append], None] | None = None
    repeat_window: float = 0.0
    not_before: float | None = None
    tick: int | None = None
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


SignalState = Literal["pending", "delivered", "dead"]


@dataclass(frozen=True, slots=True)
class SignalStatus:
    """How far a signal has come: ``reason`` is Odoo's when it is dead, ``settled_at`` ISO time."""

    state: SignalState
    settled_at: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A signal as a display reads it; ``body`` is the signal's JSON text."""

    position: int
    uid: str
    status: SignalStatus
    body: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Somebody has handled the signal ``uid`` at the bridge's own display.

    ``at``, ``taken_at`` (the running bridge has made a signal of it) and ``withdrawn_at`` are ISO
    times. A signal has at most one tick that is not withdrawn.
    """

    number: int
    uid: str
    receiver: str
    account: str | None
    by: str
    at: str
    note: str
    taken_at: str | None = None
    withdrawn_at: str | None = None


@dataclass(frozen=True, slots=True)
class Ticked:
    """What is being ticked: the signal's uid, its receiver and account."""

    uid: str
    receiver: str
    account: str | None


@dataclass(frozen=True, slots=True)
class ExportedSignal:
    """One row as `journal export` shows it; times in ISO form, UTC."""

    uid: str
    receiver: str
    journaled_at: str
    state: SignalState
    settled_at: str | None
    reason: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One group commit: rows by receiver, and how long the transaction took."""

    rows: Mapping[str, int]
    seconds: float


class JournalReader(Protocol):
    """Reads beside the writer, from any thread; every method raises JournalError."""

    def pending(self, receiver: str, limit: int, after: int = 0) -> list[Pending]:
        """The oldest undelivered signals of a receiver, in order; those behind the position
        ``after``."""
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

    def newest(self, limit: int) -> list[Stored]:
        """The newest signals of all receivers, oldest of them first."""
        ...

    def after(self, position: int, limit: int) -> list[Stored]:
        """Signals behind a position, oldest first. Whoever asks again behind the last position
        that it got misses none: no signal may become visible in front of one already shown."""
        ...

    def waiting(self, receiver: str, position: int, limit: int) -> list[Stored]:
        """A receiver's signals behind a position that Odoo does not have (pending), oldest first;
        as cheap in a journal full of delivered ones."""
        ...

    def statuses(self, positions: Collection[int]) -> dict[int, SignalStatus]:
        """How far the signals at these positions have come; those removed are absent."""
        ...

    def ticks(self, limit: int) -> list[Tick]:
        """The newest ticks, withdrawn ones too, and every open one, in order of their numbers."""
        ...

    def ticks_to_take(self, before: str, limit: int) -> list[Tick]:
        """Open ticks made before an ISO time whose signals are no longer pending, oldest first:
        what reports them goes to Odoo behind the signals that they refer to."""
        ...

    def close(self) -> None: ...


class TickWriter(Protocol):
    """Writes ticks from a process of its own, whether or not a bridge is running; each call is on
    disk when it returns. Every method raises JournalError."""

    def tick(self, signals: Sequence[Ticked], by: str, note: str) -> list[str]:
        """Tick signals as handled; the uids that were not ticked already by somebody."""
        ...

    def withdraw(self, uids: Sequence[str]) -> list[str]:
        """Take ticks back that no bridge has taken yet; the uids for which that was so."""
        ...

    def close(self) -> None:
        """Free what it holds."""
        ...


class JournalAdmin(Protocol):
    """Work on a journal from beside the bridge, whether or not one is running; a running bridge
    finds what was changed within seconds. Every method raises JournalError."""

    def replay(self, uids: Sequence[str]) -> list[str]:
        """Make these signals pending again. Returns those that were set back, in the order given;
        unknown and still pending ones are not among them."""
        ...

    def replay_since(self, since: str) -> int:
        """Make all signals journaled at ``since`` (ISO, UTC) or later pending again; how many were
        set back. Odoo takes those that it still has as duplicates."""
        ...

    def export(self, since: str | None = None) -> Iterator[ExportedSignal]:
        """Every signal in the journal, oldest first, read in small portions."""
        ...

    def close(self) -> None: ...


class Journal(Protocol):
    """One writer. ``append`` may be called from any thread and returns at once."""

    epoch: str
    finds_repeats: bool
    """Whether the journal itself finds out what repeats what, because bridges share it; else the
    caller says so in ``Append.repeats``."""
    shared: bool
    """Whether other bridges may write and deliver from this journal."""

    @property
    def reader(self) -> JournalReader:
        """Reads what this journal holds."""
        ...

    def append(self, append: Append) -> None:
        """Queue a frame's signals; ``append.done`` runs once they are on disk or have failed."""
        ...

    def compete(
        self,
        receivers: Iterable[str],
        left_over: Iterable[str] = (),
        stuck: Callable[[str], bool] = lambda receiver: False,
        able: Callable[[], bool] = lambda: True,
    ) -> None:
        """Send the signals of these receivers whenever no other bridge does; those ``left_over``
        from an earlier configuration only while some wait and nobody else cares.

        ``stuck`` says that a receiver's signals do not get through to Odoo from here, ``able`` that
        this bridge gets through: then it is handed over. Both are asked often."""
        ...

    def lease(self, receiver: str) -> int | None:
        """The token under which this process may send the receiver's signals at this moment, by
        its own clock and without asking anybody; None while another bridge sends them."""
        ...

    def settle(
        self, delivered: Sequence[Pending], dead: Mapping[str, str], token: int | None = None
    ) -> None:
        """Mark signals of one receiver as delivered, and by uid as dead with the reason; returns
        once that is on disk. ``token`` is that of the lease they were sent under. Raises LeaseLost
        when that lease is over, and JournalError."""
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
