"""Signals that a person makes up to try what the centre does. Pure.

What tells them from those of a panel is their uid: a bridge cannot hand one over (`batch.py`), and
nobody can change it. It is not of the form that streams are counted by, so that no signal is ever
missed for it.
"""

import uuid

PREFIX = "injected:"
BRIDGE = "injector"
FORMAT = "injected"
MARK = "TEST"


def is_injected(uid):
    """
    >>> is_injected(new_uid()), is_injected("e1:sg-1:7")
    (True, False)
    """
    return uid.startswith(PREFIX)


def new_uid():
    return f"{PREFIX}{uuid.uuid4().hex}"


def receiver_name(group_code):
    """The receiver that injected signals of a receiver group come from.

    >>> receiver_name("PSTN")
    'injector-PSTN'
    """
    return f"{BRIDGE}-{group_code}"


def prepare_element(uid, at, *, login, receiver, account, code_system, code, qualifier, zone, text):
    """An element as `batch.py` reads it.

    :param at: naive UTC
    :param zone: number as the wire has it, "" for none
    """
    moment = f"{at.isoformat(timespec='microseconds')}Z"
    text = " ".join(filter(None, (MARK, text)))
    return {
        "uid": uid,
        "receiver": receiver,
        "format": FORMAT,
        "kind": "event",
        "source": f"injected by {login}",
        "received_at": moment,
        "journaled_at": moment,
        "account": account,
        "code_system": code_system,
        "code": code,
        "qualifier": qualifier or None,
        "zone": zone or None,
        "address": zone or None,
        "text": text,
        "raw_hex": text.encode().hex(),
    }
