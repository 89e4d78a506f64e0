"""What holds for each account: the line's own key file first, then what Odoo knows, then the key
file's line for every other account, then the settings of the line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Final

from .codecs.base import AccountRules, RulesLookup
from .config.model import AccountSettings, ReceiverSettings

EVERY_ACCOUNT: Final = "*"

MOST_REMEMBERED: Final = 4096
"""Accounts whose rules a line keeps ready; a stranger may call with any number of accounts."""

_NOTHING_SAID: Final = AccountSettings()


def normal_account(account: str) -> str:
    """Upper case, no leading zeros, at least ``0``: panels differ in how they write an account."""
    return account.upper().lstrip("0") or "0"


class KeyRing:
    """What Odoo says of accounts. Replaced as a whole, so that look-ups need no lock."""

    def __init__(self) -> None:
        self._known: Mapping[str, Mapping[str, AccountSettings]] = {}

    def replace(self, known: Mapping[str, Mapping[str, AccountSettings]]) -> None:
        """``known``: receiver name -> normalised account -> what Odoo says of it."""
        self._known = known

    def lookup(self, line: ReceiverSettings) -> RulesLookup:
        """The rules of one line's accounts. For a single thread, the one that decodes the line."""
        stripped = {normal_account(name): said for name, said in line.accounts.items()}
        current = self._known
        resolve = _resolver(line, stripped, current)

        def rules_for(account: str | None) -> AccountRules:
            nonlocal current, resolve
            known = self._known
            if known is not current:
                current, resolve = known, _resolver(line, stripped, known)
            return resolve(account)

        return rules_for


def _resolver(
    line: ReceiverSettings,
    stripped: Mapping[str, AccountSettings],
    known: Mapping[str, Mapping[str, AccountSettings]],
) -> RulesLookup:
    from_odoo = known.get(line.name, {})
    return lru_cache(MOST_REMEMBERED)(partial(_resolve, line, stripped, from_odoo))


def _resolve(
    line: ReceiverSettings,
    stripped: Mapping[str, AccountSettings],
    from_odoo: Mapping[str, AccountSettings],
    account: str | None,
) -> AccountRules:
    """The first that says something of a matter decides it; what is tolerated adds up."""
    said = [line.accounts.get(EVERY_ACCOUNT, _NOTHING_SAID)]
    if account is not None:
        normal = normal_account(account)
        own = line.accounts.get(account.upper()) or stripped.get(normal, _NOTHING_SAID)
        said = [own, from_odoo.get(normal, _NOTHING_SAID), *said]
    return AccountRules(
        next((item.key for item in said if item.key), None),
        next((item.timestamps for item in said if item.timestamps), line.timestamps),
        line.tolerate.union(*(item.tolerate for item in said)),
        next((item.clear for item in said if item.clear), line.clear),
    )
