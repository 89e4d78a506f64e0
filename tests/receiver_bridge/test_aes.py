"""The cipher of DC-09, with contexts that are kept."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from receiver_bridge.codecs.aes import MOST_KEPT, decrypt, encrypt, forget_keys, strip_pad

keys = st.sampled_from([16, 24, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size))
texts = st.integers(1, 6).flatmap(lambda n: st.binary(min_size=16 * n, max_size=16 * n))


def fresh(key: bytes, ciphertext: bytes) -> bytes:
    """By a cipher that nobody has used, with the zero vector of the standard."""
    decryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
    return decryptor.update(ciphertext) + decryptor.finalize()


@given(st.lists(keys, min_size=1, max_size=3), st.lists(texts, min_size=1, max_size=8))
def test_a_kept_context_deciphers_every_message_like_a_fresh_one(own, messages):
    for message in messages:
        for key in own:
            assert decrypt(key, message) == fresh(key, message)


@pytest.mark.parametrize("size", [1, 15, 17, 33])
def test_what_is_no_whole_block_is_refused_and_spoils_nothing(size):
    key, message = bytes(range(16)), bytes(32)
    with pytest.raises(ValueError, match=f"{size} bytes are no whole blocks of 16"):
        decrypt(key, bytes(size))
    assert decrypt(key, message) == fresh(key, message)


def test_a_key_that_was_let_go_is_set_up_again():
    key, message = b"k" * 16, bytes(range(48))
    before = decrypt(key, message)
    for number in range(MOST_KEPT + 1):
        decrypt(number.to_bytes(16, "big"), message)
    assert decrypt(key, message) == before
    forget_keys()
    assert decrypt(key, message) == before


@given(keys, st.binary(max_size=80), st.sampled_from(["2013", "2026"]))
def test_what_is_enciphered_is_deciphered(key, data, style):
    text = data.replace(b"|", b"").replace(b"]", b"") + b"]_08:00:00,11-20-2026"
    plain = decrypt(key, encrypt(key, text, style)).decode("latin-1")
    assert strip_pad(plain) == text.decode("latin-1")


def test_equal_messages_are_not_equal_on_the_wire():
    assert encrypt(bytes(16), b"]") != encrypt(bytes(16), b"]")
