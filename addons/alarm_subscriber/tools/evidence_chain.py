"""Chains of evidence: rows that vouch for one another with a key that is not in the database.

Each row carries an HMAC over its own content and the HMAC of the row before it. Whoever may
change the database but does not have the key can neither change, insert, remove nor reorder
rows unnoticed; that the newest rows of a chain are missing shows against heads that were
written down elsewhere (`seal_file.py`).
"""

import hashlib
import hmac
import json
from datetime import datetime
from typing import NamedTuple

# What a chain begins with in place of the row before.
ORIGIN = ""

# In place of a row's content, which is never this, where the end of a chain is signed.
_END = b"end"

# Id of no key: the row was written while there was no key file.
UNSIGNED = ""


class ChainKey(NamedTuple):
    """Which chain: of which ledger (a model), whose (a record's id), and which strand of it.

    Those who write about one thing under different locks write strands of their own, so that
    none of them ever waits for another.
    """

    ledger: str
    chain: int
    strand: int = 0


class Link(NamedTuple):
    """One row as it is stored. `content` is what `canonical` made of it."""

    seq: int
    key_id: str
    mac: str
    content: bytes


class Head(NamedTuple):
    """Where a chain ended when somebody looked; `mac` may be shortened to its beginning."""

    seq: int
    mac: str


class Break(NamedTuple):
    """The first thing that is wrong with a chain. `kind` is one of KINDS."""

    key: ChainKey
    seq: int
    kind: str

    KINDS = (
        "missing",  # a row between others is gone, or the first ones are
        "changed",  # the row is not what was signed
        "forged",  # signed with no key of the file
        "unsigned",  # written while there was no key file, or by somebody without it
        "doubled",  # two rows have one place
        "cut",  # the newest rows are gone
        "unheaded",  # rows, but nothing that says where the chain ends
        "rewritten",  # not the row that was there when the chain was sealed
        "absent",  # there should be a chain, and there is none
    )


class Keyring:
    """The signing keys: the first one signs, all of them verify.

    :param keys: bytes, newest first; none at all makes rows that are only hashed
    """

    def __init__(self, keys=()):
        self._keys = {hashlib.sha256(b"key id:" + key).hexdigest()[:12]: key for key in keys}
        self.key_id = next(iter(self._keys), UNSIGNED)

    def sign(self, key, seq, previous, content):
        """HMAC of the row at place `seq`, as hexadecimal text."""
        return self._mac(self.key_id, key, seq, previous, content)

    def judge(self, key, link, previous):
        """What is wrong with the signature of a link: a kind of Break, or None."""
        if link.key_id == UNSIGNED:
            return "unsigned"
        if link.key_id not in self._keys:
            return "forged"
        mac = self._mac(link.key_id, key, link.seq, previous, link.content)
        return None if hmac.compare_digest(mac, link.mac or "") else "changed"

    def sign_end(self, key, head):
        """Signature of the row `head` being the last one of its chain, as text. Nobody can make
        that of a former end out of the rows that are left."""
        return f"{self.key_id}:{self._mac(self.key_id, key, *head, _END)}"

    def is_end(self, key, head, signature):
        """Whether `sign_end` has signed this."""
        key_id, _colon, mac = (signature or "").partition(":")
        if key_id not in self._keys:
            return False
        return hmac.compare_digest(mac, self._mac(key_id, key, *head, _END))

    def _mac(self, key_id, key, seq, previous, content):
        place = json.dumps([*key, seq, previous], separators=(",", ":")).encode()
        secret = self._keys.get(key_id)
        if secret is None:
            return hashlib.sha256(place + content).hexdigest()
        return hmac.new(secret, place + content, hashlib.sha256).hexdigest()


def canonical(values):
    """The one way to write a row's values as bytes, whatever the database made of them.

    :param values: column name -> None, bool, int, text or naive UTC datetime. None is left out,
        so that a column added later leaves the signatures of former rows as they were.
    """
    return json.dumps(
        {
            name: value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
            for name, value in values.items()
            if value is not None
        },
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


def extend(keyring, key, head, contents):
    """Links that continue the chain `key` behind `head`.

    :param head: Head of the chain; ``Head(0, ORIGIN)`` of a new one
    :param contents: bytes of the new rows, in order
    """
    seq, mac = head
    links = []
    for content in contents:
        seq += 1
        mac = keyring.sign(key, seq, mac, content)
        links.append(Link(seq, keyring.key_id, mac, content))
    return links


def first_break(keyring, key, links, head=None, sealed=()):
    """The first thing wrong with a chain, or None.

    :param links: all rows of the chain by place
    :param head: Head that the database keeps; None when it has none
    :param sealed: Heads that were written down outside the database
    """
    expected, previous = 1, ORIGIN
    places = {}
    for link in links:
        if link.seq != expected:
            return (
                Break(key, expected, "missing")
                if link.seq > expected
                else Break(key, link.seq, "doubled")
            )
        kind = keyring.judge(key, link, previous)
        if kind:
            return Break(key, link.seq, kind)
        places[link.seq] = previous = link.mac
        expected += 1
    last = expected - 1
    for seal in sorted(sealed):
        if seal.seq > last:
            return Break(key, last + 1, "cut")
        if not places[seal.seq].startswith(seal.mac):
            return Break(key, seal.seq, "rewritten")
    if head is None:
        return Break(key, last, "unheaded") if last else None
    if head.seq > last:
        return Break(key, last + 1, "cut")
    if head.seq < last or not hmac.compare_digest(head.mac, previous):
        return Break(key, last, "unheaded")
    return None
