"""Link-level retries: the sender saw no answer and sends the same record again.

A sender has one record under way on a line and repeats it until it is answered. So a frame is a
retry only when it says the same as the frame *before* it on the same line, within the time in
which senders repeat. Trip, restore, trip is no retry, even where a panel numbers every frame 0001.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from .clock import from_iso
from .codecs.base import Frame
from .journal import Append, RecentFrame

_MOST_LINES = 200_000


_LAST: Final = struct.Struct("=qdqII")
"""The last frame of a line on disk: hash of its fingerprint, when it came, and of its signals the
number of the first, how many there are, and in which place the epoch is kept. A hundred thousand
lines are remembered: as objects they would cost three times as much, and be looked through for
garbage again and again."""


class _UnderWay:
    """The last frame of a line while it, or a copy of it, is not on disk: ``at`` is when the newest
    of its ``copies`` came. ``place``: number, parts and epoch of the first copy that is, as in
    :data:`_LAST`; None: none is."""

    __slots__ = ("at", "copies", "place", "said")

    def __init__(
        self, said: int, at: float, copy: Append, place: tuple[int, int, int] | None
    ) -> None:
        self.said = said
        self.at = at
        self.copies = [copy]
        self.place = place


def fingerprint(frame: Frame) -> str:
    """What a frame says, as a short digest: the same for a retry, whose time stamp and random
    padding may differ, and for what completes it."""
    frame = frame.completes or frame
    said = frame.raw
    if frame.events:
        content = (
            frame.token,
            frame.sequence,
            frame.receiver,
            frame.line,
            frame.account,
            frame.kind,
            # As plain tuples, whose representation costs little.
            [event[:] for event in frame.events],
            frame.extended,
        )
        said = repr(content).encode()
    return hashlib.blake2b(said, digest_size=16).hexdigest()


def link_of(receiver: str, peer: str, frame: Frame) -> str:
    """The line a frame came over: of numbered frames (DC-09) the account's own, because one port
    serves many panels; else the wire or the peer's address."""
    if frame.sequence is None:
        return f"{receiver} {peer}"
    return f"{receiver} {peer} {frame.receiver} {frame.line} {frame.account}"


class RepeatWatch:
    """Remembers the last frame of every line for ``window`` seconds.

    ``now`` is a clock that runs steadily and that nobody sets (``time.monotonic``): a clock that is
    set by hours would make a retry of a second trip, or the other way round.
    """

    def __init__(self, window: float) -> None:
        self._window = window
        # By the hash of the line's name. Hashes are of 64 bits and random for each process.
        self._last: dict[int, bytes] = {}
        # Those of before ``_since``, forgotten together: to forget them one by one, in order, costs
        # more than all else here.
        self._older: dict[int, bytes] = {}
        self._since = 0.0
        self._under_way: dict[int, _UnderWay] = {}
        self._epochs: list[str] = []

    def restore(self, frames: Iterable[RecentFrame], of_day: datetime, now: float) -> None:
        """Take up the last frames of a journal, oldest first, after a restart: ``of_day`` is the
        time of day at ``now``. What was journaled later than that tells of a clock set back."""
        for frame in frames:
            try:
                age = (of_day - from_iso(frame.journaled_at)).total_seconds()
                place = self._place(frame.uids)
            except ValueError:
                continue  # a damaged row; what it says is not worth a guess
            if 0 <= age <= self._window:
                last = _LAST.pack(hash(frame.fingerprint), now - age, *place)
                self._put(hash(frame.link), last, now)

    def take(self, append: Append, now: float) -> Append | None:
        """What this frame, the line's last from now on, repeats; None: no frame before it.
        :meth:`settled` is told what becomes of it."""
        key, said = hash(append.link), hash(append.fingerprint)
        under_way = self._under_way.get(key)
        if under_way is None or under_way.said != said or now - under_way.at > self._window:
            # A copy of what is on disk: all that follow repeat the first one, even if this fails.
            place = self._on_disk(key, said, now) if under_way is None else None
            self._under_way[key] = _UnderWay(said, now, append, place)
            return None if place is None else self._on_disk_as(place)
        before = under_way.copies[-1]
        under_way.at = now
        under_way.copies.append(append)
        if under_way.place is not None:
            return self._on_disk_as(under_way.place)
        return before if before.error is None else None

    def settled(self, append: Append) -> None:
        """A frame that was remembered is on disk, or has failed."""
        key = hash(append.link)
        under_way = self._under_way.get(key)
        if under_way is None or append not in under_way.copies:
            return  # Another frame has come on the line since.
        under_way.copies.remove(append)
        if not under_way.copies:
            del self._under_way[key]
        if under_way.place is None and append.uids:
            under_way.place = self._place(append.uids)
        if under_way.place is not None:
            at = under_way.at
            self._put(key, _LAST.pack(under_way.said, at, *under_way.place), at)
        elif not under_way.copies:
            # What came before it is no longer the line's last, though this one was not kept.
            self._last.pop(key, None)
            self._older.pop(key, None)

    def _on_disk(self, key: int, said: int, now: float) -> tuple[int, int, int] | None:
        """Where the line's last frame is on disk, if it says the same and is not too old."""
        last = self._last.get(key) or self._older.get(key)
        if last is None:
            return None
        before, at, *place = _LAST.unpack(last)
        if before != said or now - at > self._window:
            return None
        return place[0], place[1], place[2]

    def _on_disk_as(self, place: tuple[int, int, int]) -> Append:
        number, parts, epoch = place
        name = self._epochs[epoch]
        return Append((), uids=tuple(f"{name}:{number + part}" for part in range(parts)))

    def _place(self, uids: Sequence[str]) -> tuple[int, int, int]:
        """Number of the first, how many, place of the epoch: those of one frame are contiguous."""
        epoch, _colon, number = uids[0].rpartition(":")
        # One for each start of a journal's writer.
        if epoch not in self._epochs:
            self._epochs.append(epoch)
        return int(number), len(uids), self._epochs.index(epoch)

    def _put(self, key: int, last: bytes, now: float) -> None:
        if now - self._since > self._window or len(self._last) >= _MOST_LINES // 2:
            self._older, self._last, self._since = self._last, {}, now
        self._last[key] = last
        self._older.pop(key, None)
