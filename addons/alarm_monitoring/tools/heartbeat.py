"""The JSON text that ``alarm.receiver.heartbeat`` takes, read into plain frozen values.

A heartbeat is never refused for what it says too little of: only the bridge's name is required.
Members that are not known are ignored, so that a newer bridge works with an older Odoo.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from .batch import MAX_BRIDGE, BatchError, parse_object, parse_time
from .text import storable

MAX_CODE = 60

_STATES = ("online", "silent", "down")
_MAX_COUNT = 2**31 - 1
_MAX_SEQ = 10**18 - 1


@dataclass(frozen=True, slots=True)
class ReceiverStatus:
    """``state``: online, silent (connected, nothing heard in time), down or unknown. ``sending``:
    this bridge hands over what the receiver brings in; ``last_seq``: number of the last signal of
    the epoch, 0 when there is none or the bridge does not say."""

    name: str
    state: str
    detail: str | None
    last_seen_at: datetime | None
    sending: bool
    backlog: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong with the bridge, for as long as its heartbeats say so."""

    code: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """``receivers`` is None when the bridge says nothing of them: that is not having none."""

    bridge: str
    at: datetime | None
    version: str
    epoch: str
    backlog: int
    dead: int
    conditions: tuple[Condition, ...]
    receivers: tuple[ReceiverStatus, ...] | None


def parse_status(text):
    """Read the argument of ``heartbeat``: as in ``receiver_bridge.uplink.heartbeat``.

    :raises BatchError: no JSON object, or no name of the bridge
    """
    data = parse_object(text)
    bridge = data.get("bridge")
    if not isinstance(bridge, str) or not 0 < len(bridge) <= MAX_BRIDGE:
        raise BatchError(f"“bridge” must be the name of the bridge, 1 to {MAX_BRIDGE} characters.")
    backlog = data.get("backlog")
    backlog = backlog if isinstance(backlog, dict) else {}
    receivers = data.get("receivers")
    return Status(
        bridge=storable(bridge),
        at=_time(data.get("now")),
        version=_text(data.get("version")) or "",
        epoch=(_text(data.get("epoch")) or "")[:MAX_CODE],
        backlog=min(sum(_count(value) for value in backlog.values()), _MAX_COUNT),
        dead=_count(data.get("dead")),
        conditions=tuple(_conditions(data)),
        receivers=tuple(_receivers(receivers, backlog)) if isinstance(receivers, list) else None,
    )


def _conditions(data):
    said = data.get("conditions")
    named = {}
    for element in said if isinstance(said, list) else ():
        if isinstance(element, dict) and isinstance(element.get("code"), str):
            # Blanks and colons would not survive where the code is kept beside other words.
            code = re.sub(r"[\s:]+", "_", storable(element["code"]).strip())[:MAX_CODE]
            named.setdefault(code, Condition(code, _text(element.get("detail"))))
    if data.get("journal") == "failing":
        named.setdefault("journal_failing", Condition("journal_failing", None))
    named.pop("", None)
    return named.values()


def _receivers(elements, backlog):
    named = {}
    for element in elements:
        if isinstance(element, dict) and isinstance(element.get("name"), str):
            named[element["name"]] = element
    for name, element in named.items():
        state = element.get("state")
        yield ReceiverStatus(
            name=storable(name),
            state=state if state in _STATES else "unknown",
            detail=_text(element.get("detail")),
            last_seen_at=_time(element.get("last_frame_at")),
            # A bridge that knows of no other hands over itself.
            sending=element.get("sending") is not False,
            backlog=_count(backlog.get(name)),
            last_seq=_count(element.get("last_seq"), _MAX_SEQ),
        )


def _text(value):
    return storable(value) if isinstance(value, str) else None


def _count(value, limit=_MAX_COUNT):
    counts = isinstance(value, int) and not isinstance(value, bool)
    return max(0, min(value, limit)) if counts else 0


def _time(value):
    try:
        return parse_time(value) if isinstance(value, str) else None
    except ValueError:
        return None
