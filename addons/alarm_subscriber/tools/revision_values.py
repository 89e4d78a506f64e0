"""Values of records as the history keeps them: text of JSON that needs no other table to be read.

A value is ``{"v": raw}``, with ``"t": text`` where the raw value is an id; of a person it is
``{"k": id of the person's key, "c": text sealed with that key}``; of a secret no more than
``{"secret": whether there is one}``.
"""

import base64
import json
import os
from datetime import date, datetime
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class Value(NamedTuple):
    """One value of one field.

    `text` says what an id means; `person` is the ``(model, id)`` of whom it tells, if of a person;
    a `secret` is compared but never kept.
    """

    raw: Any
    text: Any = None
    person: tuple | None = None
    secret: bool = False

    def __bool__(self):
        return self.raw not in (None, False, "", [])


def plain(raw):
    """A raw value as JSON can hold it."""
    if isinstance(raw, datetime):
        return raw.isoformat(sep=" ")
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, bytes):
        return raw.decode("ascii", "replace")
    return raw


def changes(old, new):
    """``(name, old Value, new Value)`` of the fields whose values differ."""
    return [
        (name, old[name], new[name])
        for name in old
        if name in new and old[name].raw != new[name].raw
    ]


def encode(value, keys):
    """What is kept of a Value, ready for JSON.

    :param keys: ``(model, id) -> (id of the key, key)`` of persons
    """
    if value.secret:
        return {"secret": bool(value)}
    kept = {"v": plain(value.raw)}
    if value.text is not None:
        kept["t"] = value.text
    if value.person is None or not value:
        return kept
    key_id, key = keys[value.person]
    return {"k": key_id, "c": seal(key, json.dumps(kept, sort_keys=True))}


def decode(kept, keys):
    """The mapping with "v" that `encode` began with; None when the person's key was destroyed."""
    if "k" not in kept:
        return kept
    key = keys.get(kept["k"])
    text = key and unseal(key, kept["c"])
    return json.loads(text) if text else None


def key_ids(kept):
    """Ids of the keys that a kept value, or a mapping of them, needs."""
    if not isinstance(kept, dict):
        return set()
    if "k" in kept and "c" in kept:
        return {kept["k"]}
    return {kept_id for value in kept.values() for kept_id in key_ids(value)}


def new_key():
    return os.urandom(KEY_BYTES)


def seal(key, text):
    """Text encrypted with AES-256-GCM, as ASCII."""
    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), None)).decode()


def unseal(key, sealed):
    """Text of what `seal` made; None when this is not its key."""
    try:
        data = base64.b64decode(sealed)
        return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], None).decode()
    except (InvalidTag, ValueError):
        return None
