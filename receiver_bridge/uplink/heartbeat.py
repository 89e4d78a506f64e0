"""Every ten seconds Odoo hears that the bridge lives, on a connection of its own.

The text of ``alarm.receiver.heartbeat``::

    {"bridge": "hq-1", "version": "0.1.0", "epoch": "…32 hex…", "now": "2026-…Z", "dead": 0,
     "backlog": {"sg-1": 3}, "journal": "ok" | "failing",
     "conditions": [{"code": "disk_low", "detail": "for a person"}],
     "receivers": [{"name": "sg-1", "format": "surgard", "state": "online" | "silent" | "down",
                    "detail": "why it is down" | null, "last_frame_at": "2026-…Z" | null,
                    "forwarded": 1200, "last_seq": 1203, "sending": true}]}

``backlog`` holds the receivers that have one; ``forwarded`` counts from the start of the process.
``last_seq`` is the number of the receiver's newest signal in ``epoch``, 0 before the first, null
while the journal cannot say what waits: Odoo misses what is neither waiting nor there.
``sending`` is false while another bridge sends the receiver's signals.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from .. import __version__
from ..clock import to_iso, utc_now
from ..conditions import Conditions
from ..journal import Journal, JournalError
from ..lines import Line
from ..metrics import Metrics
from ..timekeeping import ClockWatch
from .periodic import Periodic
from .transport import Transport, UplinkError

_logger = logging.getLogger(__name__)

INTERVAL = 10.0


class Heartbeat(Periodic):
    def __init__(
        self,
        bridge: str,
        lines: Sequence[Line],
        journal: Journal,
        transport: Transport,
        metrics: Metrics,
        on_success: Callable[[], None] = lambda: None,
        conditions: Conditions | None = None,
    ) -> None:
        super().__init__("heartbeat", INTERVAL)
        self._conditions = conditions or Conditions()
        self._clock = ClockWatch(self._conditions)
        self._bridge = bridge
        self._lines = lines
        self._journal = journal
        self._transport = transport
        self._metrics = metrics
        self._on_success = on_success
        self.failing: str | None = None
        """Why the last heartbeat failed; None while all is well."""
        self.failing_since: datetime | None = None
        self._heard_at = float("-inf")

    def status(self) -> dict[str, Any]:
        """What is sent, as above."""
        backlog, dead, healthy = {}, 0, self._journal.healthy
        # Before the backlog is counted: what comes meanwhile would be claimed as handed over.
        epoch, lines = self._journal.epoch, list(self._lines)
        last_seqs: list[int | None] = [line.last_seq(epoch) for line in lines]
        try:
            backlog = self._journal.reader.pending_counts()
            dead = sum(self._journal.reader.dead_counts().values())
        except JournalError as error:
            healthy, last_seqs = False, [None] * len(lines)
            _logger.error("heartbeat: %s", error)
        for line in lines:
            self._metrics.backlog.labels(line.name).set(backlog.get(line.name, 0))
            self._metrics.line_online.labels(line.name).set(line.state == "online")
        self._clock.look()
        conditions = self._conditions.current()
        return {
            "bridge": self._bridge,
            "version": __version__,
            "epoch": epoch,
            "now": to_iso(utc_now()),
            "backlog": backlog,
            "dead": dead,
            "journal": "ok" if healthy else "failing",
            "conditions": [condition.as_dict() for condition in conditions],
            "receivers": [
                {
                    "name": line.name,
                    "format": line.format,
                    "state": line.state,
                    "detail": line.detail,
                    "last_frame_at": to_iso(line.last_frame_at) if line.last_frame_at else None,
                    "forwarded": line.forwarded,
                    "last_seq": last_seq,
                    "sending": self._journal.holds(line.name),
                }
                for line, last_seq in zip(lines, last_seqs, strict=True)
            ],
        }

    @property
    def heard(self) -> bool:
        """Whether Odoo has answered to the last heartbeat that was due."""
        return self.failing is None and time.monotonic() - self._heard_at < INTERVAL + 2

    def once(self) -> None:
        try:
            self._transport.call("heartbeat", ("status", json.dumps(self.status())))
        except UplinkError as error:
            self._metrics.uplink_failures.labels("heartbeat").inc()
            if self.failing is None:
                _logger.error("Odoo does not hear the bridge: %s", error)
                self.failing_since = utc_now()
            self.failing = str(error)
        else:
            if self.failing is not None:
                _logger.warning("Odoo hears the bridge again")
            self.failing = self.failing_since = None
            self._heard_at = time.monotonic()
            self._on_success()
