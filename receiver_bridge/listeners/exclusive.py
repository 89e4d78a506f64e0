"""A receiver that takes one connection: of several bridges that one has it which sends for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from ..lines import Line
from .base import Listener

_logger = logging.getLogger(__name__)

_LOOK_EVERY = 0.1
_STANDBY = "another bridge has the line"


class ExclusiveListener:
    """Opens the door when the receiver's lease is taken and closes it when that is lost.

    ``make`` gives a listener, ``held`` says without waiting whether the lease is held.
    """

    def __init__(self, make: Callable[[], Listener], held: Callable[[], bool], line: Line) -> None:
        self._make = make
        self._held = held
        self._line = line
        self._open: Listener | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns at once: whether there is a door to open shows in time."""
        self._line.closed(_STANDBY)
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._close()

    async def _follow(self) -> None:
        while True:
            held = self._held()
            if held and self._open is None:
                await self._try_to_open()
            elif not held and self._open is not None:
                _logger.warning("%s: the line is left to another bridge", self._line.name)
                await self._close()
                self._line.closed(_STANDBY)
            await asyncio.sleep(_LOOK_EVERY)

    async def _try_to_open(self) -> None:
        listener = self._make()
        try:
            await listener.start()
        except OSError as error:
            self._line.closed(str(error))
            _logger.error("%s: %s", self._line.name, error)
            await asyncio.sleep(1)
            return
        self._open = listener

    async def _close(self) -> None:
        listener, self._open = self._open, None
        if listener is not None:
            await listener.stop()
