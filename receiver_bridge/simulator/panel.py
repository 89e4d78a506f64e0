"""A panel that speaks SIA DC-09."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from ..clock import utc_now
from ..codecs import AccountRules, DecodeOptions, Event, Frame, get_codec
from ..codecs.dc09_encoder import encode_adm_cid, encode_null, encode_sia_dcs
from .links import Link, LinkError
from .sender import Outcome

_LINK_TEST_SEQUENCE = "0000"


class Dc09Panel:
    """One account on one link. ``timeout`` is the wait for an answer to one attempt, ``patience``
    the time after which a signal is given up, both in seconds.

    With a ``key`` everything is encrypted. A NAK sets the panel's clock, as in real ones.
    """

    def __init__(
        self,
        account: str,
        link: Link,
        key: bytes | None = None,
        timeout: float = 5.0,
        patience: float = 30.0,
    ) -> None:
        self._account = account
        self._link = link
        self._key = key
        self._timeout = timeout
        self._patience = patience
        self._sequence = 0
        self._clock_offset = timedelta(0)
        self._turn = asyncio.Lock()
        rules = AccountRules(key, "ignore")
        self._decoder = get_codec("dc09").decoder(DecodeOptions(lambda account: rules))

    async def send(self, account: str, event: Event) -> Outcome:
        """``account`` must be this panel's own."""
        if account != self._account:
            raise ValueError(f"panel {self._account} cannot send for account {account}")
        async with self._turn:
            self._sequence = self._sequence % 9999 + 1
            return await self._until_acknowledged(event, f"{self._sequence:04d}")

    async def link_test(self) -> bool:
        """One NULL frame, tried once; whether it was acknowledged."""
        async with self._turn:
            try:
                answer = await self._exchange(self._encode(None, ""), _LINK_TEST_SEQUENCE)
            except (LinkError, asyncio.TimeoutError):
                return False
            return answer == "ACK"

    async def close(self) -> None:
        await self._link.close()

    async def _until_acknowledged(self, event: Event, sequence: str) -> Outcome:
        started = time.monotonic()
        attempts, cause, raw = 0, "", b""
        while time.monotonic() - started < self._patience:
            attempts += 1
            began = time.monotonic()
            raw = self._encode(event, sequence)
            try:
                answer = await self._exchange(raw, sequence)
                if answer == "ACK":
                    seconds = time.monotonic() - started
                    return Outcome(self._account, event, True, attempts, seconds, raw.hex())
                cause = f"answered {answer}"
            except asyncio.TimeoutError:
                cause = f"no answer in {self._timeout:g} s"
            except LinkError as error:
                cause = str(error)
                # A panel does not hammer: its next attempt comes when its time-out has run off.
                await asyncio.sleep(max(0.0, began + min(self._timeout, 1.0) - time.monotonic()))
        seconds = time.monotonic() - started
        return Outcome(self._account, event, False, attempts, seconds, raw.hex(), cause)

    def _encode(self, event: Event | None, sequence: str) -> bytes:
        timestamp = utc_now() + self._clock_offset if self._key else None
        if event is None:
            return encode_null(self._account, timestamp=timestamp, key=self._key)
        if event.code_system == "sia":
            return encode_sia_dcs(
                self._account, [event], sequence=sequence, timestamp=timestamp, key=self._key
            )
        return encode_adm_cid(
            self._account, event, sequence=sequence, timestamp=timestamp, key=self._key
        )

    async def _exchange(self, raw: bytes, sequence: str) -> str:
        """Send and wait for the answer to this very frame: ACK, NAK or DUH."""
        return await asyncio.wait_for(self._write_and_read(raw, sequence), self._timeout)

    async def _write_and_read(self, raw: bytes, sequence: str) -> str:
        await self._link.write(raw)
        while True:
            self._decoder.receive_data(await self._link.read())
            while isinstance(frame := self._decoder.next_frame(None), Frame):
                if frame.kind != "reply" or frame.token is None:
                    continue
                if frame.token == "NAK" and frame.timestamp is not None:
                    self._clock_offset = frame.timestamp - utc_now()
                    return "NAK"
                if frame.sequence == sequence:
                    return frame.token
