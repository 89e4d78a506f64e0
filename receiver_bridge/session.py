"""One stream of bytes from one sender: frames out of it, replies back in the same order."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .clock import utc_now
from .codecs.base import Frame
from .intake import Intake

_logger = logging.getLogger(__name__)

MOST_OPEN_FRAMES = 256
"""So many frames of one sender may wait for the disk before no more is read from it."""


@dataclass(slots=True)
class _Slot:
    reply: bytes | None
    began: float
    settled: bool = False
    stored: bool = False


class Session:
    """Sans-IO: ``receive`` takes bytes, ``send`` is called with reply bytes, in order.

    ``on_progress`` is called whenever frames have been settled.
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

    @property
    def full(self) -> bool:
        """Whether reading should pause until there is progress."""
        return len(self._slots) >= MOST_OPEN_FRAMES

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the disk."""
        return not self._slots

    def receive(self, data: bytes) -> None:
        """Decode what has come and hand every whole frame on."""
        try:
            self._decoder.receive_data(data)
            while isinstance(frame := self._decoder.next_frame(utc_now()), Frame):
                self._take(frame)
        except Exception:
            # A defect of a decoder must neither stop the line nor lose the bytes that show it.
            _logger.exception("%s: the decoder failed on bytes from %s", self._name, self._source)
            self._decoder = self._intake.decoder()
            self._take(Frame(self._format, "reject", "unparsed", data, reason="decoder failure"))

    def end(self) -> None:
        """The stream is over: what is left of it is kept as an unparsed frame."""
        rest = self._decoder.finish()
        if rest is not None:
            self._take(rest)

    def _take(self, frame: Frame) -> None:
        slot = _Slot(frame.reply, time.monotonic())
        self._slots.append(slot)

        def done(stored: bool) -> None:
            slot.settled, slot.stored = True, stored
            self._flush()

        self._intake.take(frame, self._source, self._peer, done)

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
