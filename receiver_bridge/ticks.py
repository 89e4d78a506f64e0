"""What was ticked as handled at the bridge's own display becomes signals for Odoo."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from .clock import to_iso, utc_now
from .journal import Append, Journal, JournalError, Tick
from .signal import Draft
from .uplink import Periodic

_logger = logging.getLogger(__name__)

INTERVAL = 1.0
TIME_TO_UNDO = 5.0
"""Seconds in which a tick can be taken back also while Odoo takes signals."""

_AT_ONCE = 200


class TickTaker(Periodic):
    """Looks into the journal for ticks whose signals Odoo has, and journals a signal ``handled``
    for each: once, because the journal marks the tick as taken in the same transaction.

    ``on_taken`` is told of a receiver for whose signals somebody must care, before they are
    journaled; ``on_journaled`` of the signal's uid, when it is on disk.
    """

    def __init__(
        self,
        journal: Journal,
        on_taken: Callable[[str], None],
        on_journaled: Callable[[str, str], None],
    ) -> None:
        super().__init__("ticks", INTERVAL)
        self._journal = journal
        self._on_taken = on_taken
        self._on_journaled = on_journaled

    def once(self) -> None:
        before = to_iso(utc_now() - timedelta(seconds=TIME_TO_UNDO))
        try:
            ticks = self._journal.reader.ticks_to_take(before, _AT_ONCE)
        except JournalError as error:
            _logger.error("ticks wait in the journal: %s", error)
            return
        for tick in ticks:
            self._on_taken(tick.receiver)
            append = Append((handled(tick),), done=self._done(tick), tick=tick.number)
            self._journal.append(append)

    def _done(self, tick: Tick) -> Callable[[Append], None]:
        def done(append: Append) -> None:
            if append.error is not None:
                _logger.error("a tick waits in the journal: %s", append.error)
            elif append.signals:
                _logger.info("%s: %s was handled by %s", tick.receiver, tick.uid, tick.by)
                self._on_journaled(tick.receiver, append.signals[-1].uid)

        return done


def handled(tick: Tick) -> Draft:
    """The signal that tells Odoo of a tick; ``extended`` says which signal, by whom and when."""
    return Draft(
        receiver=tick.receiver,
        format="bridge",
        kind="handled",
        source="watch",
        received_at=tick.at,
        account=tick.account,
        code_system="bridge",
        code="handled",
        text=tick.note or None,
        extended=(("uid", tick.uid), ("by", tick.by), ("at", tick.at)),
    )
