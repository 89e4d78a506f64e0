"""What the bridge keeps in memory of all accounts: little of each, a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from ..config.model import AccountSettings
from .answer import NO_RULES, Account, Answer, Identity, Receiver

_NOTHING: Final[Mapping[str, AccountSettings]] = MappingProxyType({})

Change = tuple[Identity, "float | None"]
"""An account and its polling interval in seconds; None: the account is gone."""


class AccountBook:
    """Written by the thread that asks Odoo, read by the event loop: single look-ups in plain
    dictionaries, which need no lock."""

    def __init__(self) -> None:
        self.receivers: Mapping[str, Receiver] = {}
        self._intervals: dict[str, dict[str, float]] = {}
        self._rules: dict[str, dict[str, AccountSettings]] = {}
        self._named: set[Identity] = set()
        self._shared: dict[float, float] = {}

    def __len__(self) -> int:
        return sum(len(accounts) for accounts in self._intervals.values())

    def knows(self, receiver: str, account: str) -> bool:
        """Whether an account (normalised) is on file for the line of this name."""
        found = self.receivers.get(receiver)
        return found is not None and account in self._intervals.get(found.group, ())

    def rules(self, receiver: str) -> Mapping[str, AccountSettings]:
        """What is said of this line's accounts, by normalised account; the others say nothing."""
        found = self.receivers.get(receiver)
        return self._rules.get(found.group, _NOTHING) if found else _NOTHING

    def intervals(self) -> Iterator[Change]:
        """All there are."""
        for group, accounts in self._intervals.items():
            for account, interval in accounts.items():
                yield (group, account), interval

    def with_key(self) -> int:
        """How many accounts have a key."""
        return sum(
            rules.key is not None for each in self._rules.values() for rules in each.values()
        )

    def with_known_keys(self, page: Answer) -> Answer:
        """The page, with the keys that are known here of accounts whose keys Odoo cannot decrypt:
        what is wrong in Odoo must not cut off panels that are understood."""
        if not any(account.key_unreadable for account in page.accounts):
            return page
        return replace(page, accounts=tuple(map(self._with_known_key, page.accounts)))

    def _with_known_key(self, account: Account) -> Account:
        group, name = account.identity
        known = self._rules.get(group, _NOTHING).get(name)
        if not account.key_unreadable or known is None or known.key is None:
            return account
        return replace(account, rules=replace(account.rules, key=known.key))

    def restore(self, account: Account, named: bool) -> None:
        """Take up an account from the disk; ``named``: by the whole transfer that is under way."""
        self._put(account)
        if named:
            self._named.add(account.identity)

    def clear(self) -> None:
        self.receivers = {}
        self._intervals.clear()
        self._rules.clear()
        self._named.clear()

    def apply(self, page: Answer, whole: bool) -> list[Change]:
        """Take a page over; ``whole``: it belongs to a whole transfer. Gives what has changed of
        the intervals, those of accounts that have gone included."""
        if page.full:
            self._named.clear()
        self.receivers = page.receivers
        changes = [change for gone in page.removed for change in self._drop(gone)]
        for account in page.accounts:
            changes += self._put(account)
            if whole:
                self._named.add(account.identity)
        if whole and not page.more:
            unnamed = [name for name, _interval in self.intervals() if name not in self._named]
            changes += [change for gone in unnamed for change in self._drop(gone)]
            self._named = set()
        return changes

    def _put(self, account: Account) -> list[Change]:
        group, name = account.identity
        intervals = self._intervals.setdefault(group, {})
        before = intervals.get(name)
        # Nearly all have one of a few intervals: one object for each of these.
        intervals[name] = self._shared.setdefault(account.interval, account.interval)
        rules = self._rules.setdefault(group, {})
        if account.rules is NO_RULES:
            rules.pop(name, None)
        else:
            rules[name] = account.rules
        return [] if before == account.interval else [(account.identity, account.interval)]

    def _drop(self, identity: Identity) -> list[Change]:
        group, name = identity
        self._rules.get(group, {}).pop(name, None)
        if self._intervals.get(group, {}).pop(name, None) is None:
            return []
        return [(identity, None)]
