"""What was typed once in Odoo and the bridge must know: keys, intervals, sources, the directory.

``alarm.receiver.configuration(since)`` is asked at the start and every minute; ``since`` is the
``version`` of the last answer, empty at first. :mod:`receiver_bridge.directory.answer` has the
answer's shape. What was said last is kept on disk (:mod:`receiver_bridge.directory`), so that
encrypted panels are understood and polled ones supervised after a restart while Odoo is down.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..conditions import Conditions
from ..directory import (
    AccountBook,
    Answer,
    AnswerError,
    Change,
    ConfigurationStore,
    Identity,
    StoreError,
    Transfer,
    read_answer,
)
from ..keys import KeyRing
from ..metrics import Metrics
from ..sources import AllowedSources
from .periodic import Periodic
from .transport import Transport, UplinkError

_logger = logging.getLogger(__name__)

STALE = "configuration_stale"
UNREADABLE = "keys_unreadable"
UNFIT = "configuration_unfit"
_WHOLE_AGAIN = 3600.0
"""Seconds after which keys that Odoo could not decrypt are asked for again, with all the rest."""

_MOST_PAGES = 10_000
"""Of one round; an Odoo that never comes to an end is asked again in a minute."""


class OdooConfiguration(Periodic):
    """Keeps ``book``, ``keys`` and ``sources`` as Odoo has them.

    ``stale_after``: seconds without an answer after which the condition ``configuration_stale``
    holds. ``on_change`` is told, in the thread of this, after each page: what has changed of the
    accounts' intervals, and whether all accounts are known by now. ``refresh``: seconds from one
    question to the next.
    """

    def __init__(
        self,
        store: ConfigurationStore,
        book: AccountBook,
        keys: KeyRing,
        sources: AllowedSources,
        transport: Transport,
        metrics: Metrics,
        conditions: Conditions,
        stale_after: float = 3600.0,
        on_change: Callable[[Sequence[Change], bool], None] = lambda changes, complete: None,
        refresh: float = 60.0,
    ) -> None:
        super().__init__("configuration", refresh)
        self._store = store
        self._book = book
        self._keys = keys
        self._sources = sources
        self._transport = transport
        self._metrics = metrics
        self._conditions = conditions
        self._stale_after = stale_after
        self._on_change = on_change
        self._transfer = Transfer()
        self._stored = Transfer()
        self._new_secret: str | None = None
        self._failing = False
        self._unreadable: set[Identity] = set()
        self._whole_at = 0.0
        self._answered = time.monotonic()
        metrics.configuration_age.set_function(lambda: time.monotonic() - self._answered)

    @property
    def complete(self) -> bool:
        """Whether an account that is not in the book is unknown to Odoo too."""
        return self._transfer.complete

    def use_secret(self, secret: str) -> None:
        """The API key is another now: what is on disk is sealed under it, whether or not Odoo
        answers. May be called from any thread."""
        self._new_secret = secret
        self.hurry()

    def load_cache(self) -> None:
        """Take up what Odoo said last; a cache that cannot be read is said and fetched anew."""
        self._transfer = self._stored = self._store.load(self._book)
        self._look_at_file()
        if self._book.receivers:
            self._publish()
            self._say("from the disk")

    def once(self) -> None:
        secret, self._new_secret = self._new_secret, None
        if secret is not None and not self._store.change_secret(secret):
            self._stored = Transfer()
            if not self._book.receivers:
                # As at a start: this may be the key that the file on disk waits for.
                self.load_cache()
                self._on_change(list(self._book.intervals()), self.complete)
        try:
            changed = self._fetch()
        except UplinkError as error:
            self._metrics.uplink_failures.labels("configuration").inc()
            log = _logger.debug if self._failing else _logger.error
            log("the configuration stays as it was: %s", error)
            self._failing = True
            self._look_at_age()
            return
        self._failing = False
        if changed:
            self._say("from Odoo")

    def _fetch(self) -> bool:
        """All pages that there are; whether they said anything new. Raises UplinkError."""
        if self._stored != self._transfer:
            # What did not reach the disk is asked for again, and written this time. A whole
            # transfer begins anew: of a part of it nobody could tell any more who was not named.
            if self._stored.open:
                self._stored = replace(self._stored, version="")
            self._transfer = self._stored
        if self._transfer.unreadable and time.monotonic() >= self._whole_at:
            self._whole_at = time.monotonic() + _WHOLE_AGAIN
            self._transfer = self._stored = replace(self._stored, version="")
        changed = False
        for _page in range(_MOST_PAGES):
            more, new = self._fetch_page()
            changed = changed or new
            if not more or self._stop_asked.is_set():
                break
        return changed

    def _fetch_page(self) -> tuple[bool, bool]:
        """One page: whether there is more, and whether it says anything new."""
        answer = self._transport.call("configuration", ("since", self._transfer.version))
        try:
            page = self._book.with_known_keys(read_answer(answer))
        except AnswerError as error:
            raise UplinkError(f"configuration: {error}") from None
        self._answered = time.monotonic()
        self._conditions.clear(STALE)
        before, after = self._transfer, self._transfer.after(page)
        if after == before and not page.accounts and not page.removed:
            if page.receivers == self._book.receivers:
                # Were there more, it would be asked for by another version.
                return False, False
        changes = self._book.apply(page, page.full or before.open)
        # Only now: who asks meanwhile must not find all known that are not in the book yet.
        self._transfer = after
        self._publish()
        self._look_at_keys(page)
        try:
            if before == self._stored:
                self._store.write(page, after)
                self._stored = after
                self._look_at_file()
        except StoreError as error:
            _logger.error("the configuration is not on disk, it is asked for again: %s", error)
            if error.lost:
                self._stored = Transfer()
        self._on_change(changes, self.complete)
        return page.more, True

    def _look_at_file(self) -> None:
        if self._store.unfit:
            self._conditions.set(
                UNFIT,
                f"{self._store.unfit}; it stays until it is opened by the API key that it was"
                " written with, or all has been fetched with this one. Until then accounts, keys"
                " and contacts are not known: see that key_file of [odoo] holds the right key",
            )
        else:
            self._conditions.clear(UNFIT)

    def _look_at_keys(self, page: Answer) -> None:
        """Say whose keys Odoo cannot decrypt, for as long as that is so."""
        if page.full:
            self._unreadable.clear()
        if not self._unreadable and self._transfer.unreadable:
            self._whole_at = time.monotonic() + _WHOLE_AGAIN
        self._unreadable.difference_update(page.removed)
        for account in page.accounts:
            if account.key_unreadable:
                self._unreadable.add(account.identity)
            else:
                self._unreadable.discard(account.identity)
        if self._unreadable:
            named = ", ".join(
                f"{account} of {group}" for group, account in sorted(self._unreadable)[:10]
            )
            self._conditions.set(
                UNREADABLE,
                f"Odoo cannot decrypt the keys of {len(self._unreadable)} accounts; those known"
                f" here stay: {named}",
            )
        elif not page.more:
            self._conditions.clear(UNREADABLE)

    def _publish(self) -> None:
        """Hand the rules of all accounts and the allowed sources to those who ask for them."""
        receivers = self._book.receivers
        # Another object each time: by that those who keep rules ready know that they have changed.
        self._keys.replace({name: self._book.rules(name) for name in receivers})
        self._sources.replace({name: item.networks for name, item in receivers.items()})
        self._metrics.accounts.set(len(self._book))

    def _say(self, whence: str) -> None:
        _logger.info(
            "configuration %s: %d accounts, %d with a key",
            whence,
            len(self._book),
            self._book.with_key(),
        )

    def _look_at_age(self) -> None:
        age = time.monotonic() - self._answered
        if age >= self._stale_after:
            self._conditions.set(
                STALE,
                f"Odoo has not said for {age / 3600:.1f} h what has changed: accounts, keys and"
                " contacts stand as they were",
            )
