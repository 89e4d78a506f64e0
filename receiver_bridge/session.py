"""One stream of bytes from one sender: frames out of it, replies back in the same order."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .clock import Stamp, stamp
from .codecs.base import Frame
from .intake import Intake
from .turns import Pace, Turns

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

    ``on_progress`` is called whenever frames have been settled or decoded. ``turns`` says when
    this one is served among all others, ``pace`` how much its address has spent of its rate.
    """

    def __init__(
        self,
        intake: Intake,
        source: str,
        peer: str,
        send: Callable[[bytes], None],
        on_progress: Callable[[], None] = lambda: None,
        turns: Turns | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._intake = intake
        self._name = intake.settings.name
        self._format = intake.settings.format
        self._source = source
        self._peer = peer
        self._said = {"receiver": self._name, "peer": source}
        self._send = send
        self._on_progress = on_progress
        self._turns = turns or Turns()
        self._pace = pace or self._turns.pace(self._name, peer)
        self._tap = intake.capture.tap(source)
        self._begun: float | None = None
        self._served = time.monotonic()
        self._decoder = intake.decoder()
        self._slots: deque[_Slot] = deque()
        self._withhold = False
        self._latest = b""
        self._behind = False
        self._ended = False
        self._greet()

    def _greet(self) -> None:
        """Some panels wait for the receiver's first word."""
        # isinstance with a protocol takes longer than all else at a connection.
        greet = getattr(self._decoder, "greeting", None)
        if greet is None:
            return
        try:
            greeting = greet()
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

    def receive(self, data: bytes, at_once: bool = False) -> None:
        """Decode what has come and hand every whole frame on, in turn with other senders;
        ``at_once`` for a datagram, which has been let in or not before it comes here."""
        self._latest = data
        self._tap.record("<", data)
        now = stamp()
        if self._begun is None:
            self._begun = now.clock
        try:
            self._decoder.receive_data(data)
        except Exception:
            self._decoder_failed()
        # Asked before this is charged, or one large read would have to wait for itself.
        free = self._pace.free
        self._pace.spend(0, len(data), now.clock)
        if self._behind:
            return
        if free or at_once:
            self._decode(now)
        else:
            self._served = now.clock
            self._wait()

    def gives_up(self, timeout: float) -> bool:
        """Whether a frame was begun ``timeout`` seconds ago and is still not whole. What there is
        of it is then kept as an unparsed frame. Time in which we did not listen counts not."""
        if self._begun is None or self._ended:
            return False
        now = time.monotonic()
        if self.full:
            self._begun = now
        if now - self._begun < timeout:
            return False
        self._begun = None
        try:
            rest = self._decoder.finish()
        except Exception:
            self._decoder_failed()
            return True
        if rest is None:
            return False
        self._take(rest, stamp())
        self._decoder = self._intake.decoder()
        return True

    def end(self, at_once: bool = False) -> None:
        """The stream is over: what is left of it is kept as an unparsed frame; ``at_once`` with
        all that is not decoded yet, since no honest datagram holds more than a turn's worth."""
        if self._ended:
            return
        self._ended = True
        self._tap.record("-")
        if at_once or not self._behind:
            self._take_rest()

    def abandon(self) -> None:
        """The sender is gone and takes no answer any more. What of him is not decoded yet is kept
        unread in one piece: whoever sends and hangs up must not hold up those who stay."""
        self.end()
        if self._behind:
            self._behind = False
            self._take_rest()

    def starves(self, timeout: float) -> bool:
        """Whether what has come waits for its turn so long that nobody can want the answer any
        more: others of the same address take all that it may send."""
        return self._behind and time.monotonic() - self._served >= timeout

    def _decode(self, now: Stamp) -> None:
        """A turn's worth of frames; the next turn follows when all others had theirs."""
        self._served = now.clock
        try:
            more = self._take_frames(now)
        except Exception:
            more = False
            self._decoder_failed()
        if more or self._pace.debt:
            self._wait()
        else:
            self._behind = False
            if self._ended:
                self._take_rest()

    def _wait(self) -> None:
        self._behind = True
        if self._pace.debt:
            self._intake.metrics.waits.labels(self._name).inc()
        self._turns.wait(self._pace, self._decode_on)

    def _decode_on(self) -> None:
        if self._behind:
            self._decode(stamp())
            self._on_progress()

    def _take_frames(self, now: Stamp) -> bool:
        """Whether there may be more."""
        for number in range(FRAMES_A_TURN):
            frame = self._decoder.next_frame(now.time)
            if not isinstance(frame, Frame):
                self._pace.spend(number, 0, now.clock)
                return False
            self._begun = now.clock
            self._take(frame, now)
        self._pace.spend(FRAMES_A_TURN, 0, now.clock)
        return True

    def _take_rest(self) -> None:
        try:
            rest = self._decoder.finish()
            if rest is not None:
                now = stamp()
                self._pace.spend(1, 0, now.clock)
                self._take(rest, now)
        except Exception:
            self._decoder_failed()

    def _decoder_failed(self) -> None:
        """A defect of a decoder must neither stop the line nor lose the bytes that show it."""
        _logger.exception(
            "%s: the decoder failed on bytes from %s", self._name, self._source, extra=self._said
        )
        self._decoder = self._intake.decoder()
        reason = "decoder failure"
        self._take(Frame(self._format, "reject", "unparsed", self._latest, reason=reason), stamp())

    def _take(self, frame: Frame, now: Stamp) -> None:
        slot = _Slot(frame.reply, now.clock)
        self._slots.append(slot)

        def done(stored: bool) -> None:
            slot.settled, slot.stored = True, stored
            self._flush()

        try:
            self._intake.take(frame, self._source, self._peer, now, done)
        except Exception:
            # Not answered, it comes again; left open, it would keep back all replies behind it.
            _logger.exception(
                "%s: a frame from %s is not taken", self._name, self._source, extra=self._said
            )
            done(False)

    def _flush(self) -> None:
        answer = b""
        clock = time.monotonic()
        while self._slots and self._slots[0].settled:
            slot = self._slots.popleft()
            # Glued records share the reply of the last: it answers for all of them.
            self._withhold = self._withhold or not slot.stored
            if slot.reply is None:
                continue
            if not self._withhold:
                answer += slot.reply
                self._intake.metrics.reply_seconds.observe(clock - slot.began)
            self._withhold = False
        if answer:
            self._tap.record(">", answer)
            self._send(answer)
        self._on_progress()
