"""From a decoded frame to the journal, and back to the sender once it is on disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache, partial

from .capture import Capture
from .clock import Stamp, to_iso
from .codecs.base import Codec, DecodeOptions, Decoder, Frame, RulesLookup
from .codes import dc09_payloads, in_words
from .config import ReceiverSettings
from .journal import Append, Journal, JournalError
from .limiter import NoiseLimiter
from .lines import Line
from .logs import signal_logger
from .metrics import Metrics
from .repeats import RepeatWatch, fingerprint, link_of
from .signal import Draft, Signal
from .strangers import UnknownAccounts

_logger = logging.getLogger(__name__)

_OF_PANELS = frozenset({"event", "heartbeat", "link_test"})
"""Kinds of frames whose account is a panel's; a receiver's own records name none, or 0000."""

_NOT_JOURNALED = frozenset({"heartbeat", "link_test", "reply"})


class Intake:
    """One receiver line: decides what of a frame is journaled and when its reply may go out.

    ``admits`` says whether a host may come in; ``on_heard`` is told of every good frame, with the
    account when a panel's is in it, and the time by ``time.monotonic``. ``knows`` says whether an
    account is to be refused as unknown where the line is set so. ``not_before``: a clock of the
    process before which what is read now cannot have come in.
    """

    def __init__(
        self,
        settings: ReceiverSettings,
        codec: Codec,
        rules_for: RulesLookup,
        journal: Journal,
        metrics: Metrics,
        line: Line,
        admits: Callable[[str], bool] = lambda host: True,
        on_heard: Callable[[str | None, float], None] = lambda account, now: None,
        knows: Callable[[str], bool] = lambda account: True,
        not_before: Callable[[], float | None] = lambda: None,
    ) -> None:
        self.settings = settings
        self.admits = admits
        self.metrics = metrics
        self.line = line
        self.capture = Capture(settings.name, settings.format, metrics)
        self.capture.configure(settings.capture)
        self.repeats = RepeatWatch(settings.repeat_window)
        self._codec = codec
        self._journal = journal
        self._on_heard = on_heard
        self._not_before = not_before
        self._limiter = NoiseLimiter(settings.name)
        # Looking a counter up by its labels costs more than counting.
        self._counted = cache(partial(metrics.frames.labels, settings.name))
        self._journaled = metrics.journaled.labels(settings.name)
        self.connections = metrics.connections.labels(settings.name)
        self.opened = metrics.opened.labels(settings.name)
        self.closings = NoiseLimiter(settings.name, what="closed connections")
        self._strangers = UnknownAccounts(settings, knows)
        self._options = DecodeOptions(rules_for, settings.max_frame, settings.options)

    def adjust(self, settings: ReceiverSettings) -> None:
        """Take over what may change while the door is open: limits, time-outs, capture."""
        self.settings = settings
        self.capture.configure(settings.capture)

    def decoder(self) -> Decoder:
        return self._codec.decoder(self._options)

    def take(
        self,
        frame: Frame,
        source: str,
        peer: str,
        now: Stamp,
        done: Callable[[bool], None],
    ) -> None:
        """Deal with one frame from ``source`` (full address) of ``peer`` (address without port),
        which has come ``now``.

        ``done(True)`` is called once the frame's reply may go out: at once when there is nothing
        to keep, else when it is on disk; ``done(False)`` when the journal failed.
        """
        name = self.settings.name
        self._counted(frame.kind, frame.verdict).count += 1
        if frame.verdict == "accept":
            self.line.last_frame_at = now.time
            account = frame.account if frame.kind in _OF_PANELS else None
            if account is not None and self._strangers.refuses(account):
                self._refuse(frame, account, source, peer, now, done)
                return
            self._on_heard(account, now.clock)
            if frame.kind in _NOT_JOURNALED:
                # While nothing can be kept, nobody may believe that we are there: a receiver, or a
                # panel with a second way, then turns to somebody else.
                done(self._journal.healthy)
                return
            drafts = self._drafts(frame, source, now)
            append = self._with_repeat(frame, peer, drafts, now.clock)
        else:
            if not self._limiter.allows(peer):
                self.metrics.suppressed.labels(name).inc()
                done(True)
                return
            append = Append((self._unparsed(frame, source, now),))
        self.journal(append, done)

    def _refuse(
        self,
        frame: Frame,
        account: str,
        source: str,
        peer: str,
        now: Stamp,
        done: Callable[[bool], None],
    ) -> None:
        """No reply; Odoo hears of it once an hour, so that nothing is dropped in silence."""
        self._on_heard(None, now.clock)
        self.metrics.unknown_accounts.labels(self.settings.name).inc()
        if self._strangers.is_news(account, peer):
            self.journal(Append((self._unparsed(frame, source, now, "unknown account"),)))
        done(False)

    def journal(self, append: Append, done: Callable[[bool], None] = lambda stored: None) -> None:
        """Append and report; ``done`` tells whether it is on disk."""

        def finished(append: Append) -> None:
            if append.error is not None:
                self._shout(append.error)
            else:
                self._count(append)
            if append.link is not None:
                self.repeats.settled(append)
            done(append.error is None)

        append.done = finished
        self._journal.append(append)

    def _with_repeat(
        self, frame: Frame, peer: str, drafts: tuple[Draft, ...], clock: float
    ) -> Append:
        if self.settings.exclusive:
            # One line, whichever bridge has it: from each of them it has another name.
            peer = "line"
        link, said = link_of(self.settings.name, peer, frame), fingerprint(frame)
        if self._journal.finds_repeats:
            return Append(
                drafts,
                link=link,
                fingerprint=said,
                repeat_window=self.settings.repeat_window,
                not_before=self._not_before(),
            )
        append = Append(drafts, link, said)
        append.repeats = self.repeats.take(append, clock)
        if append.repeats is not None:
            self.metrics.repeats.labels(self.settings.name).inc()
        return append

    def _drafts(self, frame: Frame, source: str, now: Stamp) -> tuple[Draft, ...]:
        occurred_at = self._occurred_at(frame)
        of_frame = (
            self.settings.name,
            frame.format,
            frame.kind,
            source,
            now.text,
            to_iso(occurred_at) if occurred_at else None,
            frame.receiver,
            frame.line,
            frame.account,
        )
        raw = frame.raw.hex()
        if not frame.events:
            return (Draft(*of_frame, text=_remark(frame), extended=frame.extended, raw_hex=raw),)
        # An event's fields are a draft's, in the same order.
        return tuple([Draft(*of_frame, *event, raw, frame.extended) for event in frame.events])

    def _unparsed(self, frame: Frame, source: str, now: Stamp, reason: str | None = None) -> Draft:
        return Draft(
            receiver=self.settings.name,
            format=frame.format,
            kind="unparsed",
            source=source,
            received_at=now.text,
            wire_receiver=frame.receiver,
            line=frame.line,
            account=frame.account,
            text=reason or frame.reason,
            raw_hex=frame.raw.hex(),
        )

    def _occurred_at(self, frame: Frame) -> datetime | None:
        """The panel's own time of the event (DC-09 block H), else the frame's time stamp where it
        has been checked; an unchecked one is often local time and would lie."""
        for identifier, value in frame.extended:
            if identifier == "H":
                try:
                    moment = datetime.strptime(value.lstrip("_"), "%H:%M:%S,%m-%d-%Y")
                except ValueError:
                    continue
                return moment.replace(tzinfo=timezone.utc)
        return frame.timestamp if frame.timestamp_checked else None

    def _count(self, append: Append) -> None:
        if self._journal.finds_repeats and append.signals and append.signals[0].repeat_of:
            self.metrics.repeats.labels(self.settings.name).inc()
        if append.signals:
            self.line.newest = append.signals[-1].uid
            self._journaled.count += len(append.signals)
        if signal_logger.isEnabledFor(logging.INFO):
            for signal in append.signals:
                said = {"receiver": self.settings.name, "uid": signal.uid}
                signal_logger.info(
                    "%s", describe(signal), extra={**said, "signal": signal.as_dict()}
                )

    def _shout(self, error: JournalError) -> None:
        self.metrics.journal_failures.labels(self.settings.name).inc()
        name = self.settings.name
        _logger.critical(
            "%s: a frame is not acknowledged: %s", name, error, extra={"receiver": name}
        )


def _remark(frame: Frame) -> str | None:
    """What a person reads beside a frame that was taken and not understood."""
    if frame.reason != "token" or frame.token is None:
        return frame.reason
    return f"{frame.reason} {frame.token}: {dc09_payloads().get(frame.token, 'not decoded')}"


def describe(signal: Signal) -> str:
    """One readable line: receiver, account, code, qualifier, area, zone or user, and the text."""
    draft = signal.draft
    words = [draft.receiver, draft.account or "-"]
    if draft.code is None:
        words.append(draft.kind)
    else:
        name = in_words(draft.code_system, draft.code, draft.qualifier)
        words += [f"{draft.code_system} {draft.code}", name or draft.qualifier or ""]
    words += [
        f"{name} {value}" for name in ("area", "zone", "user") if (value := getattr(draft, name))
    ]
    words += [repr(draft.text)] if draft.text else []
    words += ["(repeat)"] if signal.repeat_of else []
    return " ".join(word for word in words if word)
