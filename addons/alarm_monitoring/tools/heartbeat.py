"""The JSON text that ``alarm.receiver.heartbeat`` takes, read into plain frozen values.

A heartbeat is never refused for what it says too little of: only the bridge's name is required.
Members that are not known are ignored, so that a newer bridge works with an older Odoo.
"""

from dataclasses import dataclass
from datetime import datetime

from .batch import MAX_BRIDGE, BatchError, parse_object, parse_time
from .text import storable

_STATES = ("online", "silent", "down")
_MAX_COUNT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ReceiverStatus:
    """``state``: online, silent (connected, nothing heard in time), down or unknown."""

    name: str
    state: str
    detail: str | None
    last_seen_at: datetime | None
    backlog: int


@dataclass(frozen=True, slots=True)
class Status:
    bridge: str
    at: datetime | None
    version: str
    backlog: int
    dead: int
    journal_failing: bool
    receivers: tuple[ReceiverStatus, ...]


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
        backlog=min(sum(_count(value) for value in backlog.values()), _MAX_COUNT),
        dead=_count(data.get("dead")),
        journal_failing=data.get("journal") == "failing",
        receivers=tuple(_receivers(receivers if isinstance(receivers, list) else (), backlog)),
    )


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
            backlog=_count(backlog.get(name)),
        )


def _text(value):
    return storable(value) if isinstance(value, str) else None


def _count(value):
    counts = isinstance(value, int) and not isinstance(value, bool)
    return max(0, min(value, _MAX_COUNT)) if counts else 0


def _time(value):
    try:
        return parse_time(value) if isinstance(value, str) else None
    except ValueError:
        return None
