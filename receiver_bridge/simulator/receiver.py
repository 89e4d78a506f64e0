"""A receiver of any format that has an encoder: master of its line, one record at a time,
heartbeats in between.

As Sur-Gard's and most others do: a record that is not answered within 4 s is sent three times more;
then the receiver sends only heartbeats until one is acknowledged, and goes on where it was.
"""

from __future__ import annotations

import asyncio
import time

from ..codecs import Encoder, Event
from .links import Link, LinkError
from .sender import Outcome

_ATTEMPTS = 4


class SimulatedReceiver:
    """``receiver`` and ``line`` are the wire's own text, None for what is usual in the format (in
    Sur-Gard a line of one digit makes an MLR2, of three a System III). Times in seconds;
    ``patience`` is after how long a record is given up, which real receivers never do while their
    buffer lasts."""

    def __init__(
        self,
        link: Link,
        encoder: Encoder,
        receiver: str | None = None,
        line: str | None = None,
        heartbeat: float = 30.0,
        timeout: float = 4.0,
        patience: float = 60.0,
    ) -> None:
        self._link = link
        self._encoder = encoder
        self._receiver = receiver
        self._line = line
        self._heartbeat = heartbeat
        self._timeout = timeout
        self._patience = patience
        self._sequence = 0
        self._turn = asyncio.Lock()
        self._last_record = time.monotonic()
        self._beat: asyncio.Task[None] | None = None

    def start_heartbeat(self) -> None:
        """Send heartbeats while there is nothing else to send."""
        if self._heartbeat and self._beat is None and self._heartbeat_record() is not None:
            self._beat = asyncio.create_task(self._keep_beating())

    async def send(self, account: str, event: Event) -> Outcome:
        self._sequence = self._sequence % 9999 + 1
        record = self._encoder.event(
            account, event, receiver=self._receiver, line=self._line, sequence=self._sequence
        )
        started = time.monotonic()
        attempts, cause = 0, ""
        async with self._turn:
            while time.monotonic() - started < self._patience:
                for _attempt in range(_ATTEMPTS):
                    attempts += 1
                    cause = await self._attempt(record)
                    if not cause:
                        seconds = time.monotonic() - started
                        return Outcome(account, event, True, attempts, seconds, record.hex())
                    if time.monotonic() - started >= self._patience:
                        break
                await self._wait_for_life(started + self._patience)
        seconds = time.monotonic() - started
        return Outcome(account, event, False, attempts, seconds, record.hex(), cause)

    async def link_test(self) -> bool:
        """One heartbeat, tried once; whether it was acknowledged."""
        record = self._heartbeat_record()
        if record is None:
            return True
        async with self._turn:
            return not await self._attempt(record)

    async def hang_up(self) -> None:
        """A line that stays: there is nothing to hang up."""

    async def close(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)
        await self._link.close()

    async def _attempt(self, record: bytes) -> str:
        """Send once; the cause when it was not acknowledged, else nothing."""
        began = time.monotonic()
        try:
            return await asyncio.wait_for(self._write_and_read(record), self._timeout)
        except asyncio.TimeoutError:
            await self._link.discard()
            return f"no answer in {self._timeout:g} s"
        except LinkError as error:
            await asyncio.sleep(max(0.0, began + min(self._timeout, 1.0) - time.monotonic()))
            return str(error)

    async def _write_and_read(self, record: bytes) -> str:
        self._last_record = time.monotonic()
        await self._link.write(record)
        answer = b""
        while True:
            answer += await self._link.read()
            acknowledged = self._encoder.is_acknowledged(answer)
            if acknowledged is not None:
                return "" if acknowledged else f"answered {answer!r}"

    async def _wait_for_life(self, deadline: float) -> None:
        """Only heartbeats until one is acknowledged."""
        record = self._heartbeat_record()
        while record is not None and time.monotonic() < deadline:
            if not await self._attempt(record):
                return

    async def _keep_beating(self) -> None:
        while True:
            pause = self._last_record + self._heartbeat - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            else:
                await self.link_test()

    def _heartbeat_record(self) -> bytes | None:
        return self._encoder.heartbeat(
            receiver=self._receiver, line=self._line, sequence=self._sequence
        )
