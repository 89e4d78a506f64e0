"""The encryption of Osborne-Hoffman: 3DES in ECB mode under a key that the receiver hands out at
the beginning of each connection, hidden by a mask that all know. It keeps out nobody who has read
this far; the protocol has no better before its version 4.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

__all__ = ["KEY_SIZE", "OhCipher", "mask"]

KEY_SIZE: Final = 24

_MASK: Final = bytes.fromhex("552D6A05234939A84529D3E994C2B58845A3508A44AA6954")


def mask(key: bytes) -> bytes:
    """A key scrambled, or a scrambled key as it was."""
    return bytes(byte ^ other for byte, other in zip(key, _MASK, strict=True))


class OhCipher:
    """``key``: 24 bytes; None makes one."""

    block: Final = 8

    def __init__(self, key: bytes | None = None) -> None:
        key = key or _with_parity(os.urandom(KEY_SIZE))
        self.scrambled: Final = mask(key)
        # TripleDES itself comes with cryptography's own warning; the protocol leaves no choice.
        self._cipher = Cipher(TripleDES(key), modes.ECB())  # noqa: S305

    def decrypt(self, data: bytes) -> bytes:
        """Plaintext of the same length; ``data``: whole blocks."""
        decryptor = self._cipher.decryptor()
        return decryptor.update(data) + decryptor.finalize()

    def encrypt(self, text: bytes) -> bytes:
        """Ciphertext of ``text`` filled with NUL, at least one, up to whole blocks."""
        encryptor = self._cipher.encryptor()
        filled = text + bytes(self.block - len(text) % self.block)
        return encryptor.update(filled) + encryptor.finalize()


def _with_parity(key: bytes) -> bytes:
    """Each byte with an odd number of ones, as DES keys have."""
    return bytes(byte & 0xFE | (byte >> 1).bit_count() % 2 ^ 1 for byte in key)
