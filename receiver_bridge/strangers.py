"""Accounts that nobody knows: refused where a line is set so, and reported without flooding."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from .config import ReceiverSettings
from .keys import normal_account
from .limiter import NoiseLimiter

_logger = logging.getLogger(__name__)

REPORT_EVERY: Final = 3600.0
_MOST_ACCOUNTS: Final = 10_000


class UnknownAccounts:
    """One line's view. ``knows`` must say yes while not all accounts are known: to refuse a panel
    because Odoo has not answered yet would lose its signals."""

    def __init__(self, settings: ReceiverSettings, knows: Callable[[str], bool]) -> None:
        self._name = settings.name
        self._refuse = settings.unknown_accounts == "refuse"
        self._knows = knows
        self._limiter = NoiseLimiter(settings.name, what="frames of unknown accounts")
        self._reported: OrderedDict[str, float] = OrderedDict()

    def refuses(self, account: str) -> bool:
        """Whether frames of this account (as on the wire) are not acknowledged."""
        return self._refuse and not self._knows(normal_account(account))

    def is_news(self, account: str, peer: str) -> bool:
        """Whether this refusal is to be reported: once an hour for each account, and not more of
        one source than its share; inside the event loop."""
        now, name = asyncio.get_running_loop().time(), normal_account(account)
        last = self._reported.get(name)
        if last is not None and now - last < REPORT_EVERY:
            return False
        if not self._limiter.allows(peer):
            return False
        self._reported[name] = now
        self._reported.move_to_end(name)
        if len(self._reported) > _MOST_ACCOUNTS:
            self._reported.popitem(last=False)
        _logger.warning("%s: account %s from %s is refused: unknown", self._name, account, peer)
        return True
