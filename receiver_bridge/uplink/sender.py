"""Delivery: the oldest signals first, at once when idle, in batches while a call is under way."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..backoff import Backoff
from ..journal import Journal, JournalError, LeaseLost, Pending
from ..metrics import Metrics
from .transport import Transport, UplinkError

_logger = logging.getLogger(__name__)

LARGEST_BATCH = 200
_PROBED = LARGEST_BATCH // 2
"""So many rejected signals are sent once more, together with as many that lie further behind."""
_LOOK_AGAIN = 5.0
"""Seconds after which the journal is looked into unasked: another process may have revived rows."""
_STAND_BY = 0.1
"""Seconds after which a sender looks again whether it may send; that costs a look at a clock."""
_STUCK_AFTER = 15.0
"""Seconds without an answer of Odoo after which another bridge is to try: longer than a heartbeat,
so that whoever is heard by Odoo then has been heard meanwhile."""
_JOURNAL_PAUSE = 1.0
"""Seconds at most between attempts while the journal cannot be read: a take-over waits for it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Odoo says of one batch; ``rejected`` is uid -> reason."""

    stored: int
    duplicates: int
    rejected: Mapping[str, str]


class AllRejected(UplinkError):
    """Odoo takes none of a batch: that is no matter of one signal, but of the whole."""


class Sender(threading.Thread):
    """Delivers one receiver's signals in order. Whatever fails as a whole is retried for ever; a
    signal is set aside only when Odoo rejects it while others pass.

    Where bridges share a journal, it sends only under the receiver's lease: it looks at the lease
    in the last moment before a call, and settles under the same one.
    """

    def __init__(
        self,
        bridge: str,
        receiver: str,
        journal: Journal,
        transport: Transport,
        metrics: Metrics,
        on_delivered: Callable[[int], None] = lambda number: None,
    ) -> None:
        super().__init__(name=f"sender {receiver}", daemon=True)
        self._bridge = bridge
        self._receiver = receiver
        self._journal = journal
        self._transport = transport
        self._metrics = metrics
        self._on_delivered = on_delivered
        metrics.lease.labels(receiver).set_function(lambda: journal.holds(receiver))
        self._wake = threading.Event()
        self._stop_asked = threading.Event()
        self._trying_since: float | None = None
        self._looked_until = 0
        self.failing: str | None = None
        """Why the last attempt failed; None while all is well."""

    @property
    def stuck(self) -> bool:
        """Whether the oldest signals have not got through to Odoo for so long that another bridge
        should try."""
        since = self._trying_since
        return since is not None and time.monotonic() - since > _STUCK_AFTER

    def notify(self) -> None:
        """The journal holds something new."""
        self._wake.set()

    def stop(self) -> None:
        """End after the call under way; what is not confirmed by then stays pending."""
        self._stop_asked.set()
        self._wake.set()

    def run(self) -> None:
        backoff, journal_backoff = Backoff(0.2, 30.0), Backoff(0.1, _JOURNAL_PAUSE)
        while not self._stop_asked.is_set():
            self._wake.clear()
            token = self._journal.lease(self._receiver)
            if token is None:
                self.failing = self._trying_since = None
                backoff.reset()
                self._stop_asked.wait(_STAND_BY)
                continue
            try:
                delivered = self._deliver_batch(token)
            except LeaseLost as error:
                _logger.warning("%s", error)
                continue
            except JournalError as error:
                pause = journal_backoff.pause()
                self._complain(error, pause)
                self._stop_asked.wait(pause)
                continue
            except AllRejected as error:
                pause = backoff.pause()
                self._complain(error, pause)
                # The next signal may pass, and must not wait for those that do not.
                self._wake.wait(pause)
                continue
            except Exception as error:
                # Even a defect of ours must not end delivery while the bridge acknowledges.
                if not isinstance(error, UplinkError):
                    _logger.exception("%s: delivery failed", self._receiver)
                pause = backoff.pause()
                self._complain(error, pause)
                self._stop_asked.wait(pause)
                continue
            if self.failing is not None:
                _logger.warning("%s: Odoo takes signals again", self._receiver)
                self.failing = None
            backoff.reset()
            journal_backoff.reset()
            if not delivered:
                self._wake.wait(_LOOK_AGAIN)
        self._transport.close()

    def _deliver_batch(self, token: int) -> int:
        batch = self._journal.reader.pending(self._receiver, LARGEST_BATCH)
        if not batch:
            return 0
        try:
            self._send(batch, token)
        except AllRejected:
            if len(batch) < LARGEST_BATCH:
                # What comes next will be sent along.
                raise
            return self._send_with_later(batch, token)
        self._looked_until = 0
        return len(batch)

    def _send_with_later(self, rejected: Sequence[Pending], token: int) -> int:
        """Signals that fill a batch and are rejected to the last have none beside them that could
        pass and so show that they alone are at fault: that is looked for further behind, at each
        attempt in the next ones. Right after these were sent, so that an Odoo that takes signals
        again gets them in order."""
        self._looked_until = max(self._looked_until, rejected[-1].position)
        later = self._journal.reader.pending(
            self._receiver, LARGEST_BATCH - _PROBED, self._looked_until
        )
        if not later:
            raise AllRejected(
                f"ingest: Odoo rejects {len(rejected)} signals and all others that wait"
            )
        batch = [*rejected[:_PROBED], *later]
        try:
            self._send(batch, token)
        except AllRejected:
            self._looked_until = later[-1].position
            raise
        return len(batch)

    def _send(self, batch: Sequence[Pending], token: int) -> None:
        """Send and settle. Raises AllRejected, and whatever a call or the journal raises."""
        bodies = ",".join(pending.body for pending in batch)
        text = f'{{"bridge":{json.dumps(self._bridge)},"signals":[{bodies}]}}'
        self._trying_since = self._trying_since or time.monotonic()
        said = self._transport.call("ingest", ("batch", text), lambda: self._check(token))
        answer = read_answer(said, batch)
        self._trying_since = None
        if len(answer.rejected) == len(batch):
            reason = answer.rejected[batch[0].uid]
            raise AllRejected(f"ingest: Odoo rejects all {len(batch)} signals sent: {reason}")
        delivered = [pending for pending in batch if pending.uid not in answer.rejected]
        self._journal.settle(delivered, answer.rejected, token)
        self._metrics.delivered.labels(self._receiver).inc(len(delivered))
        self._on_delivered(len(delivered))
        for uid, reason in answer.rejected.items():
            self._metrics.dead.labels(self._receiver).inc()
            _logger.error("%s: Odoo rejects signal %s: %s", self._receiver, uid, reason)

    def _check(self, token: int) -> None:
        """This process may have stood still since it read the batch."""
        if self._journal.lease(self._receiver) != token:
            raise LeaseLost(f"{self._receiver}: the lease is over; nothing has been sent")

    def _complain(self, error: Exception, pause: float) -> None:
        self.failing = str(error)
        self._metrics.uplink_failures.labels("ingest").inc()
        _logger.error(
            "%s: signals wait in the journal: %s; next try in %.1f s", self._receiver, error, pause
        )


def read_answer(answer: Any, batch: Sequence[Pending]) -> Answer:
    """The answer to a batch; raises UplinkError unless it accounts for every signal of it."""
    if not isinstance(answer, dict):
        raise UplinkError(f"ingest: the answer is no object: {str(answer)[:100]!r}")
    stored, duplicates = _count(answer, "stored"), _count(answer, "duplicates")
    entries = answer.get("rejected")
    if not isinstance(entries, list):
        raise UplinkError("ingest: the answer has no list of rejected signals")
    known = {pending.uid for pending in batch}
    rejected: dict[str, str] = {}
    for entry in entries:
        uid = entry.get("uid") if isinstance(entry, dict) else None
        if uid not in known:
            raise UplinkError(f"ingest: the answer rejects what was not sent: {str(entry)[:100]!r}")
        reason = str(entry.get("reason") or "no reason given")
        # A lone surrogate, which JSON can spell, would fail the journal's whole transaction.
        rejected[uid] = reason.encode("utf-8", "replace").decode("utf-8")
    if stored + duplicates + len(rejected) != len(batch):
        raise UplinkError(
            f"ingest: the answer accounts for {stored} stored, {duplicates} duplicates and"
            f" {len(rejected)} rejected of {len(batch)} signals"
        )
    return Answer(stored, duplicates, rejected)


def _count(answer: dict[str, Any], name: str) -> int:
    value = answer.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UplinkError(f"ingest: the answer has no number of {name} signals")
    return value
