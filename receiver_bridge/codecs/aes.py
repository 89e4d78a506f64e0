"""The encryption of DC-09: AES in CBC mode, zero initial vector, padded in front.

The pad stands before the data, not behind it, and is random, so that equal messages differ although
the initial vector never does. Editions up to 2013: 1 to 16 bytes, then ``|``. Edition 2026: 16 to
31 bytes, and no ``|`` when the data is empty.

Setting a cipher up takes longer than deciphering a message. The contexts of the keys in use are
therefore kept, a bounded number of them at about a kilobyte each; those of a hundred thousand
panels would be too many. A context is not for two threads at once: frames are decoded in one.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Final, Literal

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

__all__ = [
    "BLOCK",
    "KEY_SIZES",
    "MOST_KEPT",
    "PadStyle",
    "decrypt",
    "encrypt",
    "forget_keys",
    "strip_pad",
]

PadStyle = Literal["2013", "2026", "pkcs7"]
"""``pkcs7`` adds to the 2013 pad what some panels leave behind the timestamp; for simulation."""

BLOCK: Final = 16
KEY_SIZES: Final = (16, 24, 32)

MOST_KEPT: Final = 2048
"""Keys whose context is kept; the one that was not used for longest goes first."""

_ZERO_BLOCK: Final = bytes(BLOCK)
_ZERO_VECTOR: Final = modes.CBC(_ZERO_BLOCK)

# The pad may hold any byte but | [ ]; letters cannot upset a panel that reads it as text.
_PAD_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" * 4


@lru_cache(MOST_KEPT)
def _decryptor(key: bytes) -> CipherContext:
    return Cipher(algorithms.AES(key), _ZERO_VECTOR).decryptor()


def forget_keys() -> None:
    """Let go of all contexts."""
    _decryptor.cache_clear()


def decrypt(key: bytes, ciphertext: bytes) -> bytes:
    """Plaintext of the same length, pad included. ``ciphertext``: whole blocks of 16 bytes.

    Raises ValueError where the key or the text has a length AES does not have.
    """
    if len(ciphertext) % BLOCK:
        raise ValueError(f"{len(ciphertext)} bytes are no whole blocks of {BLOCK}")
    # In CBC each block is chained to the ciphertext before it. The context goes on where the last
    # message ended, so a block of zeros in front is to this one what the zero vector is to a first.
    return _decryptor(key).update(_ZERO_BLOCK + ciphertext)[BLOCK:]


def strip_pad(text: str) -> str:
    """What follows the pad: ``data]…``, by a rule that fits all editions: a ``|`` before the first
    ``]`` ends the pad, otherwise the data is empty."""
    bar = text.find("|")
    bracket = text.find("]")
    return text[bar + 1 :] if 0 <= bar < bracket else text[max(bracket, 0) :]


def encrypt(key: bytes, text: bytes, style: PadStyle = "2013") -> bytes:
    """Ciphertext of ``text`` (``data]…_timestamp``) with a random pad in front."""
    bar = b"" if style == "2026" and text.startswith(b"]") else b"|"
    region = bar + text
    if style == "pkcs7":
        tail = 1 + os.urandom(1)[0] % BLOCK
        region += bytes([tail]) * tail
    size = BLOCK - len(region) % BLOCK
    if style == "2026" and size < BLOCK:
        size += BLOCK
    pad = os.urandom(size).translate(_PAD_LETTERS)
    encryptor = Cipher(algorithms.AES(key), _ZERO_VECTOR).encryptor()
    return encryptor.update(pad + region) + encryptor.finalize()
