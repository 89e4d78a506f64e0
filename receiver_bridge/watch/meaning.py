"""What a signal means to whoever must act on it: what kind it is, and how urgent.

Urgency 1 to 3 is an alarm (1: life, 2: intrusion, 3: everything else that somebody must look at
now), 4 a trouble, 5 is for the record. It comes from the groups of the code tables; what no table
knows is an alarm, because nobody can say that it is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..codes import ContactIdCode, SiaCode, contact_id_codes, sia_codes

LEAST_ALARM: Final = 3
LEAST_TO_HANDLE: Final = 4


@dataclass(frozen=True, slots=True)
class Meaning:
    """``kind`` is one of :data:`KINDS`."""

    kind: str
    urgency: int

    @property
    def is_alarm(self) -> bool:
        return self.urgency <= LEAST_ALARM

    @property
    def to_handle(self) -> bool:
        """Whether it stays unhandled until somebody has ticked it."""
        return self.urgency <= LEAST_TO_HANDLE


KINDS: Final[Mapping[str, str]] = {
    "fire": "FIRE",
    "panic": "PANIC",
    "medical": "MEDIC",
    "gas": "GAS",
    "burglary": "BURGL",
    "tamper": "TAMPR",
    "alarm": "ALARM",
    "unknown": "?????",
    "silent": "SILNT",
    "supervisory": "SUPV",
    "trouble": "TROUB",
    "restore": "REST",
    "cancel": "CANCL",
    "open": "OPEN",
    "close": "CLOSE",
    "open_close": "O/C",
    "bypass": "BYPAS",
    "test": "TEST",
    "access": "ACCSS",
    "system": "SYST",
    "handled": "HANDL",
}
"""Kind -> its label of at most five characters in the list."""

_URGENCY: Final = {
    "fire": 1,
    "panic": 1,
    "medical": 1,
    "gas": 1,
    "burglary": 2,
    "silent": 2,
    "tamper": 3,
    "alarm": 3,
    "unknown": 3,
    "supervisory": 4,
    "trouble": 4,
}

_OF_GROUP: Final = {"24h": "alarm", "other": "system"}

_SIA_STATE: Final = {
    "trouble": "trouble",
    "restore": "restore",
    "alarm_restore": "restore",
    "trouble_restore": "restore",
    "cancel": "cancel",
    "open": "open",
    "close": "close",
    "bypass": "bypass",
    "unbypass": "bypass",
    "test": "test",
}
"""What the state of a SIA code says by itself, whatever its group."""

_GAS: Final = re.compile(r"\b(gas|carbon monoxide)\b", re.IGNORECASE)
_TAMPER: Final = re.compile(r"\btamper", re.IGNORECASE)
_DURESS: Final = re.compile(r"\bduress\b", re.IGNORECASE)
_FORCED: Final = re.compile(r"\bforced\b", re.IGNORECASE)
_NO_ALARM: Final = re.compile(r"\bnon-alarm\b", re.IGNORECASE)
_SILENCED: Final = re.compile(r"\bsilenced?$", re.IGNORECASE)
_CID_CANCEL: Final = frozenset({"406", "465", "647"})


def meaning_of(signal: Mapping[str, Any]) -> Meaning:
    """The meaning of a signal in the form of the contract (``Signal.as_dict``)."""
    kind = _kind(signal)
    return Meaning(kind, _URGENCY.get(kind, 5))


def _kind(signal: Mapping[str, Any]) -> str:
    code, system, qualifier = (signal.get(name) for name in ("code", "code_system", "qualifier"))
    if signal.get("kind") == "unparsed":
        return "unknown"
    if system == "bridge":
        return _of_bridge(code, qualifier)
    if code is None:
        return _without_code(signal)
    if system == "sia":
        sia = sia_codes().get(code)
        return _of_sia(sia) if sia else "unknown"
    contact_id = contact_id_codes().get(code)
    if contact_id is None:
        return "restore" if qualifier == "restore" else "unknown"
    return _of_contact_id(contact_id, qualifier)


def _of_bridge(code: str | None, qualifier: str | None) -> str:
    if code == "handled":
        return "handled"
    if code in ("silent", "lost"):
        return "restore" if qualifier == "restore" else "silent"
    return "unknown"


def _without_code(signal: Mapping[str, Any]) -> str:
    """States of the receiver itself, and what a panel says in words only."""
    if signal.get("kind") != "receiver_status":
        return "unknown"
    return {"silent": "silent", "restored": "restore"}.get(str(signal.get("text")), "trouble")


def _of_contact_id(code: ContactIdCode, qualifier: str | None) -> str:
    restored = qualifier == "restore"
    if code.group == "open_close" and code.code not in _CID_CANCEL:
        if restored:
            return "close" if code.name_restore else "open_close"
        return "open" if code.name_new else "open_close"
    if code.group in ("bypass", "test", "access") and not _DURESS.search(code.name):
        return "alarm" if _FORCED.search(code.name) and not restored else code.group
    if restored:
        return "restore"
    if code.code in _CID_CANCEL or _SILENCED.search(code.name):
        return "cancel"
    return _named(code.name, code.group)


def _of_sia(code: SiaCode) -> str:
    if _SILENCED.search(code.name):
        return "cancel"
    by_state = _SIA_STATE.get(code.state)
    if by_state != "restore" and code.group == "access" and _FORCED.search(code.name):
        return "alarm"
    if by_state or _NO_ALARM.search(code.name):
        return by_state or code.group
    if code.state.startswith("alarm") and code.group in ("access", "trouble"):
        return "alarm"
    return _named(code.name, code.group)


def _named(name: str, group: str) -> str:
    """The tables' groups are coarse: gas kills, and tampering and duress are in several."""
    if _DURESS.search(name):
        return "panic"
    if group == "24h" and _GAS.search(name):
        return "gas"
    if _TAMPER.search(name):
        return "burglary" if group == "burglary" else "tamper"
    return "open_close" if group == "open_close" else _OF_GROUP.get(group, group)
