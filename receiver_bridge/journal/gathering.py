"""What waits for a journal's writer, handed over so that commits are few and large."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

_Item = TypeVar("_Item")

_MOST_TURNS: Final = 8
_LONGEST: Final = 0.02
"""Seconds: with many busy connections a single turn may take longer than the disk."""
_LARGEST: Final = 500
"""A transaction is cut between two portions; a longer one keeps all of its senders waiting."""

CallSoon = Callable[[Callable[[], None]], object]
"""Runs a callback after what is going on now; an event loop's ``call_soon``."""


class QueueClosed(Exception):
    """Nothing is taken any more; what was given is not in the queue."""


def at_once(callback: Callable[[], None]) -> None:
    callback()


class GatheringQueue(Generic[_Item]):
    """``gather`` is called in the event loop: all that its turns bring without a break is handed
    over in one go. Handed over one by one, the first would be a commit of its own, and the writer
    would take the interpreter's lock from the loop for each. An idle loop hands over at once. From
    any thread but the one that made the queue it is as ``put``.
    """

    def __init__(self, call_soon: CallSoon = at_once) -> None:
        self._call_soon = call_soon
        self._home = threading.get_ident()
        self._gathered: list[_Item] = []
        self._looking = False
        self._since = 0.0
        self._queue: queue.SimpleQueue[list[_Item] | tuple[_Item] | None] = queue.SimpleQueue()
        # Nothing may come between what is handed over at the end and the end.
        self._lock = threading.Lock()
        self._closed = False
        # Each written by one thread only.
        self._came = 0
        self._taken = 0

    def gather(self, item: _Item) -> None:
        """Raises QueueClosed."""
        if threading.get_ident() != self._home:
            self.put(item)
            return
        with self._lock:
            if self._closed:
                raise QueueClosed
            self._came += 1
            self._gathered.append(item)
        if len(self._gathered) >= _LARGEST:
            self._hand_over()
        if not self._looking:
            self._looking = True
            self._since = time.monotonic()
            # The first look finds this one at least: others are on their way as a rule.
            self._call_soon(lambda: self._look(0, _MOST_TURNS))

    def put(self, item: _Item) -> None:
        """Raises QueueClosed."""
        with self._lock:
            if self._closed:
                raise QueueClosed
            self._queue.put((item,))

    def close(self) -> None:
        """Nothing comes after what is here; from any thread."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(self._gathered)
                self._gathered = []
                self._queue.put(None)

    def __len__(self) -> int:
        """How many gathered items wait."""
        return self._came - self._taken

    def take(self, timeout: float, most: int) -> tuple[list[_Item], bool]:
        """Wait for the first item, then take what is there, about ``most`` of it; False beside it
        once the queue is closed and empty."""
        batch: list[_Item] = []
        try:
            items = self._queue.get(timeout=max(0.0, timeout))
            while items is not None:
                batch += items
                if isinstance(items, list):
                    self._taken += len(items)
                if len(batch) >= most:
                    return batch, True
                items = self._queue.get_nowait()
        except queue.Empty:
            return batch, True
        return batch, False

    def _look(self, seen: int, turns: int) -> None:
        """Hand over once a turn of the loop has brought nothing more, or much time has passed."""
        came = self._came
        if came == seen or not turns or time.monotonic() - self._since >= _LONGEST:
            self._looking = False
            self._hand_over()
        else:
            self._call_soon(lambda: self._look(came, turns - 1))

    def _hand_over(self) -> None:
        with self._lock:
            gathered, self._gathered = self._gathered, []
            if gathered:
                self._queue.put(gathered)
