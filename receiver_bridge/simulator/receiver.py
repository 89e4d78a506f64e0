"""A Sur-Gard receiver: master of its line, one record at a time, heartbeats in between.

Source: Sur-Gard automation output. A record that is not answered within 4 s is sent three times
more; then the receiver sends only heartbeats until one is acknowledged, and goes on where it was.
"""

from __future__ import annotations

import asyncio
import time

from ..codecs import Event
from ..codecs.surgard_encoder import ACK, NAK, encode_contact_id, encode_heartbeat, encode_sia
from .links import Link, LinkError
from .sender import Outcome

_ATTEMPTS = 4


class SurgardReceiver:
    """``line``: one digit for MLR2, three for System III. Times in seconds; ``patience`` is after
    how long a record is given up, which real receivers never do while their buffer lasts."""

    def __init__(
        self,
        link: Link,
        receiver: str = "01",
        line: str = "1",
        heartbeat: float = 30.0,
        timeout: float = 4.0,
        patience: float = 60.0,
    ) -> None:
        self._link = link
        self._receiver = receiver
        self._line = line
        self._heartbeat = heartbeat
        self._timeout = timeout
        self._patience = patience
        self._turn = asyncio.Lock()
        self._last_record = time.monotonic()
        self._beat: asyncio.Task[None] | None = None

    def start_heartbeat(self) -> None:
        """Send heartbeats while there is nothing else to send."""
        if self._heartbeat and self._beat is None:
            self._beat = asyncio.create_task(self._keep_beating())

    async def send(self, account: str, event: Event) -> Outcome:
        record = self._encode(account, event)
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

    async def close(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)
        await self._link.close()

    def _encode(self, account: str, event: Event) -> bytes:
        if event.code_system == "sia":
            line = self._line.zfill(3)
            return encode_sia(account, [event], receiver=self._receiver, line=line)
        return encode_contact_id(account, event, receiver=self._receiver, line=self._line)

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
        answer = await self._link.read()
        if answer == ACK:
            return ""
        return "answered NAK" if answer == NAK else f"answered {answer!r}"

    async def _wait_for_life(self, deadline: float) -> None:
        """Only heartbeats until one is acknowledged."""
        while time.monotonic() < deadline:
            if not await self._attempt(self._heartbeat_record()):
                return

    async def _keep_beating(self) -> None:
        while True:
            pause = self._last_record + self._heartbeat - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
                continue
            async with self._turn:
                await self._attempt(self._heartbeat_record())

    def _heartbeat_record(self) -> bytes:
        line = "000" if len(self._line) > 1 else self._line
        return encode_heartbeat(receiver=self._receiver, line=line)
