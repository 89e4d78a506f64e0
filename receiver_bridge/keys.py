"""Who has which AES key: the line's own key file first, then what Odoo knows."""

from __future__ import annotations

from collections.abc import Mapping

from .codecs.base import KeyLookup

EVERY_ACCOUNT = "*"


def normal_account(account: str) -> str:
    """Upper case, no leading zeros, at least ``0``: panels differ in how they write an account."""
    return account.upper().lstrip("0") or "0"


class KeyRing:
    """Keys that came from Odoo. Replaced as a whole, so that look-ups need no lock."""

    def __init__(self) -> None:
        self._keys: Mapping[str, Mapping[str, bytes]] = {}

    def replace(self, keys: Mapping[str, Mapping[str, bytes]]) -> None:
        """``keys``: receiver name -> normalised account -> AES key."""
        self._keys = keys

    def lookup(self, receiver: str, own: Mapping[str, bytes]) -> KeyLookup:
        """The look-up of one line; ``own`` are the keys of its key file, exact before stripped."""
        stripped = {normal_account(account): key for account, key in own.items()}
        fallback = own.get(EVERY_ACCOUNT)

        def key_for(account: str | None) -> bytes | None:
            if account is None:
                return fallback
            exact = own.get(account.upper())
            if exact is not None:
                return exact
            normal = normal_account(account)
            from_odoo = self._keys.get(receiver, {}).get(normal)
            return stripped.get(normal) or from_odoo or fallback

        return key_for
