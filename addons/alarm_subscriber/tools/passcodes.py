"""Passcodes: one slow hash a try, whatever the number of codes it is compared with.

A code is stored as HMAC(scrypt(HMAC(pepper, word), salt), nonce). The salt is the same for all
codes of a subscriber, so that a try costs one slow hash; the nonce differs, so that equal words
look different. The pepper is not in the database: a copy of it is not enough to guess words.
"""

import hashlib
import hmac
import unicodedata

MINIMUM = 3

# 16 MB and some 50 ms on a processor of 2020.
COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


def normalise(word):
    """The word as it is compared: without blanks and case, full-width letters as narrow ones.

    :param word: text as typed; None is no word
    """
    word = word or ""
    # What is left without a blank may combine into another letter: until nothing changes.
    while True:
        folded = "".join(unicodedata.normalize("NFKC", word).casefold().split())
        if folded == word:
            return word
        word = folded


def stretch(word, pepper, salt):
    """Slow hash of a normalised word.

    :param pepper: bytes from outside the database
    :param salt: bytes, the same for all codes a try is compared with
    """
    peppered = hmac.new(pepper, word.encode(), hashlib.sha256).digest()
    return hashlib.scrypt(peppered, salt=salt, **COST)


def seal(stretched, nonce):
    """What is stored of a stretched word, as hexadecimal digits."""
    return hmac.new(stretched, nonce, hashlib.sha256).hexdigest()


def matches(stretched, nonce, digest):
    """Whether the stretched word is the one sealed as `digest`; takes the same time in any case."""
    return hmac.compare_digest(seal(stretched, nonce), digest)


def pepper_id(pepper):
    """By which name the database knows a pepper; tells nothing about it."""
    return hashlib.sha256(b"pepper-id:" + pepper).hexdigest()[:16]
