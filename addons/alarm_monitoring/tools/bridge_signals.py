"""What a bridge says in its own name, as signals of the code system ``bridge``."""

import json
from dataclasses import dataclass

SYSTEM = "bridge"

# Before it had codes, a bridge reported a silent line by the text of a signal without one.
_BY_TEXT = {"silent": "new", "restored": "restore"}


def coded(kind, code_system, code, qualifier, text):
    """``(code_system, code, qualifier)`` of a signal, also of the form that had only a text.

    >>> coded("receiver_status", None, None, None, "restored")
    ('bridge', 'silent', 'restore')
    """
    if kind == "receiver_status" and not code and text in _BY_TEXT:
        return SYSTEM, "silent", _BY_TEXT[text]
    return code_system or "", code or "", qualifier or ""


def is_tick(code_system, code):
    """Whether the signal says that a dispatcher handled another one at the bridge's own display."""
    return (code_system, code) == (SYSTEM, "handled")


@dataclass(frozen=True, slots=True)
class Tick:
    """``uid`` of the signal that was handled, ``by`` whom and ``at`` what time (ISO 8601, UTC); ""
    where the bridge did not say."""

    uid: str
    by: str
    at: str


def tick_of(extended):
    """The tick that a signal's extended data (a JSON list of pairs, or nothing) describe."""
    values = dict(json.loads(extended)) if extended else {}
    return Tick(values.get("uid", ""), values.get("by", ""), values.get("at", ""))
