"""Which connections of a door have something to read or room to write, asked for all at once.

The event loop makes a handle of its own for each that is ready, which costs as much as reading from
it. Here the loop hears of all connections of a door as of one file, Linux' epoll, and they are
served in one go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from select import EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT, epoll
from typing import Final

_A_TURN: Final = 128
"""So many connections are served before the other doors have their turn."""

_READ: Final = EPOLLIN | EPOLLHUP | EPOLLERR
_WRITE: Final = EPOLLOUT | EPOLLHUP | EPOLLERR

OnReady = Callable[[], None]


class Wires:
    """Used inside one event loop, until it is closed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoll = epoll()
        # By file descriptor: what to do when there is something to read, and room to write.
        self._reads: dict[int, OnReady] = {}
        self._writes: dict[int, OnReady] = {}
        loop.add_reader(self._epoll.fileno(), self._serve)

    def watch(self, number: int, read: OnReady | None, write: OnReady | None) -> None:
        """From now on ``read`` and ``write`` are called, None not. A descriptor must be watched for
        nothing before it is closed."""
        before = self._mask(number)
        for ready, kept in ((read, self._reads), (write, self._writes)):
            if ready is None:
                kept.pop(number, None)
            else:
                kept[number] = ready
        mask = self._mask(number)
        if mask == before or self._epoll.closed:
            return
        if not before:
            self._epoll.register(number, mask)
        elif mask:
            self._epoll.modify(number, mask)
        else:
            self._epoll.unregister(number)

    def close(self) -> None:
        if not self._epoll.closed:
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()

    def _mask(self, number: int) -> int:
        return (EPOLLIN if number in self._reads else 0) | (
            EPOLLOUT if number in self._writes else 0
        )

    def _serve(self) -> None:
        for number, ready in self._epoll.poll(0, _A_TURN):
            try:
                # Asked for anew each time: the one before may have changed or ended it.
                if ready & _READ and (read := self._reads.get(number)) is not None:
                    read()
                if ready & _WRITE and (write := self._writes.get(number)) is not None:
                    write()
            except Exception as failure:
                # The others are to have their turn all the same.
                self._loop.call_exception_handler(
                    {"message": "a connection failed", "exception": failure}
                )
