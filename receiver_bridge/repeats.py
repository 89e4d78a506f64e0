"""Link-level retries: the sender saw no answer and sends the same record again.

A sender has one record under way on a line and repeats it until it is answered. So a frame is a
retry only when it says the same as the frame *before* it on the same line, within the time in
which senders repeat. Trip, restore, trip is no retry, even where a panel numbers every frame 0001.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from .clock import from_iso
from .codecs.base import Frame
from .journal import Append, RecentFrame

_MOST_LINES = 200_000
_TIDY_EVERY = 100


class _Last(NamedTuple):
    fingerprint: str
    at: float
    append: Append


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
        self._last: OrderedDict[str, _Last] = OrderedDict()
        self._since_tidied = 0

    def restore(self, frames: Iterable[RecentFrame], of_day: datetime, now: float) -> None:
        """Take up the last frames of a journal, oldest first, after a restart: ``of_day`` is the
        time of day at ``now``. What was journaled later than that tells of a clock set back."""
        for frame in frames:
            try:
                age = (of_day - from_iso(frame.journaled_at)).total_seconds()
            except ValueError:
                continue  # a damaged row; what it says is not worth a guess
            if 0 <= age <= self._window:
                append = Append((), uids=frame.uids)
                self._remember(frame.link, _Last(frame.fingerprint, now - age, append), now)

    def repeated(self, link: str, print_: str, now: float) -> Append | None:
        """The frame that this one repeats, or None."""
        last = self._last.get(link)
        if last is None or last.fingerprint != print_ or last.append.error is not None:
            return None
        return last.append if now - last.at <= self._window else None

    def remember(self, link: str, print_: str, now: float, append: Append) -> None:
        self._remember(link, _Last(print_, now, append), now)

    def _remember(self, link: str, last: _Last, now: float) -> None:
        self._last[link] = last
        self._last.move_to_end(link)
        self._since_tidied += 1
        if self._since_tidied >= _TIDY_EVERY:
            self._since_tidied = 0
            self._tidy(now)

    def _tidy(self, now: float) -> None:
        """Forget what no retry can be of any more."""
        while len(self._last) > _MOST_LINES or (
            self._last and now - next(iter(self._last.values())).at > self._window
        ):
            self._last.popitem(last=False)
