"""Link-level retries: the sender saw no answer and sends the same record again.

A sender has one record under way on a line and repeats it until it is answered. So a frame is a
retry only when it says the same as the frame *before* it on the same line, within the time in
which senders repeat. Trip, restore, trip is no retry, even where a panel numbers every frame 0001.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .clock import from_iso
from .codecs.base import Frame
from .journal import Append, RecentFrame

_MOST_LINES = 200_000


@dataclass(frozen=True, slots=True)
class _Last:
    fingerprint: str
    at: datetime
    append: Append


def fingerprint(frame: Frame) -> str:
    """What a frame says, as a short digest: the same for a retry, whose time stamp and random
    padding may differ, and for what completes it."""
    frame = frame.completes or frame
    said: object = frame.raw
    if frame.events:
        said = (
            frame.token,
            frame.sequence,
            frame.receiver,
            frame.line,
            frame.account,
            frame.kind,
            frame.events,
            frame.extended,
        )
    return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()


def link_of(receiver: str, peer: str, frame: Frame) -> str:
    """The line a frame came over: of numbered frames (DC-09) the account's own, because one port
    serves many panels; else the wire or the peer's address."""
    if frame.sequence is None:
        return f"{receiver} {peer}"
    return f"{receiver} {peer} {frame.receiver} {frame.line} {frame.account}"


class RepeatWatch:
    """Remembers the last frame of every line for ``window`` seconds."""

    def __init__(self, window: float) -> None:
        self._window = timedelta(seconds=window)
        self._last: OrderedDict[str, _Last] = OrderedDict()

    def restore(self, frames: Iterable[RecentFrame]) -> None:
        """Take up the last frames of a journal, oldest first, after a restart."""
        for frame in frames:
            append = Append((), uids=frame.uids)
            self._remember(
                frame.link, _Last(frame.fingerprint, from_iso(frame.journaled_at), append)
            )

    def repeated(self, link: str, print_: str, now: datetime) -> Append | None:
        """The frame that this one repeats, or None."""
        last = self._last.get(link)
        if last is None or last.fingerprint != print_ or last.append.error is not None:
            return None
        age = now - last.at
        return last.append if timedelta(0) <= age <= self._window else None

    def remember(self, link: str, print_: str, now: datetime, append: Append) -> None:
        self._remember(link, _Last(print_, now, append))

    def _remember(self, link: str, last: _Last) -> None:
        self._last[link] = last
        self._last.move_to_end(link)
        while len(self._last) > _MOST_LINES or self._outdated(last.at):
            self._last.popitem(last=False)

    def _outdated(self, now: datetime) -> bool:
        oldest = next(iter(self._last.values()))
        return now - oldest.at > self._window
