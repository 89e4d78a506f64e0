"""What waits for a journal's writer, handed over so that commits are few and large."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

_Item = TypeVar("_Item")

CallSoon = Callable[[Callable[[], None]], object]
"""Runs a callback after what is going on now; an event loop's ``call_soon``."""


def at_once(callback: Callable[[], None]) -> None:
    callback()


class GatheringQueue(Generic[_Item]):
    """``gather`` is called in the event loop: all that one turn of it brings is handed over in one
    go. Handed over one by one, the first would be a commit of its own, and the writer would take
    the interpreter's lock from the loop for each. From any thread but the one that made the queue
    it is as ``put``.
    """

    def __init__(self, call_soon: CallSoon = at_once) -> None:
        self._call_soon = call_soon
        self._home = threading.get_ident()
        self._gathered: list[_Item] = []
        self._queue: queue.SimpleQueue[list[_Item] | tuple[_Item] | None] = queue.SimpleQueue()
        # Each written by one thread only.
        self._came = 0
        self._taken = 0

    def gather(self, item: _Item) -> None:
        if threading.get_ident() != self._home:
            self.put(item)
            return
        self._came += 1
        self._gathered.append(item)
        if len(self._gathered) == 1:
            self._call_soon(self._hand_over)

    def put(self, item: _Item) -> None:
        self._queue.put((item,))

    def close(self) -> None:
        """Nothing comes after what is here."""
        self._hand_over()
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

    def _hand_over(self) -> None:
        gathered, self._gathered = self._gathered, []
        if gathered:
            self._queue.put(gathered)
