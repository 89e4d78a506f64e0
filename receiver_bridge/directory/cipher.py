"""What of the configuration lies on disk, lies there under a key that does not.

Both keys come from Odoo's API key by HKDF (RFC 5869) with the file's own random salt: a stolen disk
or backup of the state folder tells neither a phone number, nor a panel's key, nor which account an
entry is of. Whoever has the API key's file too has everything, as he could ask Odoo itself.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"receiver-bridge configuration 1"


class Unreadable(Exception):
    """Sealed under another key, or damaged."""


class OtherKey(Unreadable):
    """Nothing of a file opens: most likely it is whole, and the key is not that of before."""


class Vault:
    """Seals values (AES-256-GCM) and hides names (HMAC-SHA-256)."""

    def __init__(self, secret: str, salt: bytes) -> None:
        """``secret`` is Odoo's API key: 160 random bits, so that HKDF needs no slow hash before."""
        derived = HKDF(SHA256(), 64, salt, _PURPOSE).derive(secret.encode())
        self._cipher = AESGCM(derived[:32])
        self._name_key = derived[32:]

    def hide(self, *names: str) -> bytes:
        """16 bytes that stand for these names; the same for the same names."""
        said = "\0".join(names).encode("utf-8", "surrogatepass")
        return hmac.digest(self._name_key, said, "sha256")[:16]

    def seal(self, place: bytes, value: bytes) -> bytes:
        """``value`` sealed; it opens only at the same ``place``, so that nobody can swap two."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value, place)

    def open(self, place: bytes, sealed: bytes) -> bytes:
        """Raises Unreadable."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
        except (InvalidTag, ValueError, TypeError):
            raise Unreadable("sealed under another API key, or damaged") from None
