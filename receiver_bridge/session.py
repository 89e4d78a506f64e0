"""One stream of bytes from one sender: frames out of it, replies back in the same order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .clock import utc_now
from .codecs.base import Frame, Greets
from .intake import Intake

_logger = logging.getLogger(__name__)

MOST_OPEN_FRAMES = 256
"""So many frames of one sender may wait for the disk before no more is read from it."""

FRAMES_A_TURN = 64
"""So many frames are decoded before the other senders have their turn: what a hostile one sends in
one go may hold a hundred thousand."""


@dataclass(slots=True)
class _Slot:
    reply: bytes | None
    began: float
    settled: bool = False
    stored: bool = False


class Session:
    """``receive`` takes bytes, ``send`` is called with reply bytes, in order; inside an event loop.

    ``on_progress`` is called whenever frames have been settled or decoded.
    """

    def __init__(
        self,
        intake: Intake,
        source: str,
        peer: str,
        send: Callable[[bytes], None],
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._intake = intake
        self._name = intake.settings.name
        self._format = intake.settings.format
        self._source = source
        self._peer = peer
        self._send = send
        self._on_progress = on_progress
        self._decoder = intake.decoder()
        self._slots: deque[_Slot] = deque()
        self._withhold = False
        self._latest = b""
        self._behind = False
        self._ended = False
        self._greet()

    def _greet(self) -> None:
        """Some panels wait for the receiver's first word."""
        if not isinstance(self._decoder, Greets):
            return
        try:
            greeting = self._decoder.greeting()
        except Exception:
            _logger.exception("%s: no greeting for %s", self._name, self._source)
            return
        if greeting:
            self._send(greeting)

    @property
    def full(self) -> bool:
        """Whether reading should pause until there is progress."""
        return self._behind or len(self._slots) >= MOST_OPEN_FRAMES

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the disk, nor to be decoded."""
        return not self._slots and not self._behind

    def receive(self, data: bytes) -> None:
        """Decode what has come and hand every whole frame on, in turn with other senders."""
        self._latest = data
        try:
            self._decoder.receive_data(data)
        except Exception:
            self._decoder_failed()
        if not self._behind:
            self._decode()

    def end(self, at_once: bool = False) -> None:
        """The stream is over: what is left of it is kept as an unparsed frame; ``at_once`` with
        all that is not decoded yet, since no honest datagram holds more than a turn's worth."""
        if self._ended:
            return
        self._ended = True
        if at_once or not self._behind:
            self._take_rest()

    def _decode(self) -> None:
        """A turn's worth of frames; the next turn follows when all others had theirs."""
        try:
            self._behind = self._take_frames()
        except Exception:
            self._behind = False
            self._decoder_failed()
        if self._behind:
            asyncio.get_running_loop().call_soon(self._decode_on)
        elif self._ended:
            self._take_rest()

    def _decode_on(self) -> None:
        self._decode()
        self._on_progress()

    def _take_frames(self) -> bool:
        """Whether there may be more."""
        for _frame in range(FRAMES_A_TURN):
            frame = self._decoder.next_frame(utc_now())
            if not isinstance(frame, Frame):
                return False
            self._take(frame)
        return True

    def _take_rest(self) -> None:
        rest = self._decoder.finish()
        if rest is not None:
            self._take(rest)

    def _decoder_failed(self) -> None:
        """A defect of a decoder must neither stop the line nor lose the bytes that show it."""
        _logger.exception("%s: the decoder failed on bytes from %s", self._name, self._source)
        self._decoder = self._intake.decoder()
        reason = "decoder failure"
        self._take(Frame(self._format, "reject", "unparsed", self._latest, reason=reason))

    def _take(self, frame: Frame) -> None:
        slot = _Slot(frame.reply, time.monotonic())
        self._slots.append(slot)

        def done(stored: bool) -> None:
            slot.settled, slot.stored = True, stored
            self._flush()

        try:
            self._intake.take(frame, self._source, self._peer, done)
        except Exception:
            # Not answered, it comes again; left open, it would keep back all replies behind it.
            _logger.exception("%s: a frame from %s is not taken", self._name, self._source)
            done(False)

    def _flush(self) -> None:
        replies: list[bytes] = []
        while self._slots and self._slots[0].settled:
            slot = self._slots.popleft()
            # Glued records share the reply of the last: it answers for all of them.
            self._withhold = self._withhold or not slot.stored
            if slot.reply is None:
                continue
            if not self._withhold:
                replies.append(slot.reply)
                self._intake.metrics.reply_seconds.observe(time.monotonic() - slot.began)
            self._withhold = False
        if replies:
            self._send(b"".join(replies))
        self._on_progress()
