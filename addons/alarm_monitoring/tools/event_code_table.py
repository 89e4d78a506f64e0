"""The published code tables (Contact ID and SIA) as values for ``alarm.event.code``.

The CSV files are the bridge's: one source for both programs. Their ``group`` is coarser and in
places odder than what a dispatcher needs, so class, meaning and priority are derived here, where
every exception can be read and tested.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

CLASSES = (
    "fire",
    "panic",
    "medical",
    "burglary",
    "tamper",
    "trouble",
    "supervisory",
    "open_close",
    "bypass",
    "test",
    "system",
    "access",
    "other",
)

# Default priority of each class, 1 is the most urgent.
CLASS_PRIORITY = {
    "fire": "1",
    "panic": "1",
    "medical": "1",
    "burglary": "2",
    "tamper": "3",
    "other": "3",
    "supervisory": "4",
    "trouble": "4",
    "access": "5",
    "bypass": "5",
    "open_close": "5",
    "system": "5",
    "test": "5",
}

# Gas and carbon monoxide kill; the tables file them under "24 hour non-burglary".
_LIFE_SAFETY = re.compile(r"\b(gas|carbon monoxide)\b", re.IGNORECASE)
_TAMPER = re.compile(r"\btamper", re.IGNORECASE)
_DURESS = re.compile(r"\bduress\b", re.IGNORECASE)
_SILENCED = re.compile(r"\bsilenced?$", re.IGNORECASE)
_DOOR_ATTACKED = re.compile(r"\bforced\b", re.IGNORECASE)

# What the table's "other" holds besides codes that a panel's owner defines: housekeeping.
_HOUSEKEEPING_CLASSES = {
    "Event Log",
    "Scheduling",
    "Remote Configuration",
    "Misc",
    "Legacy Reserved",
    "",
}

_SIA_MEANING = {
    "alarm": "alarm",
    "alarm_unverified": "alarm",
    "trouble": "alarm",
    "restore": "restore",
    "alarm_restore": "restore",
    "trouble_restore": "restore",
    "unbypass": "restore",
    "cancel": "cancel",
}

_SIA_ADDRESS = {"zone": "zone", "point": "zone", "user": "user", "area": "area"}

_CID_MEANING = {"406": "cancel", "647": "cancel"}

# Second letter of a SIA restore -> second letters of what it may end, same first letter.
_SIA_RESTORES = {"H": "AGV", "R": "ATGVS", "J": "T", "U": "B", "Q": "W", "V": "SZ"}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One code: values of ``alarm.event.code`` by field name, without the id."""

    code_system: str
    code: str
    name: str
    name_new: str
    name_restore: str
    event_class: str
    meaning: str
    priority: str
    handling: str
    address_kind: str
    restores: tuple[str, ...]

    @property
    def xml_id(self):
        return f"event_code_{self.code_system}_{self.code.lower()}"


def read_tables(folder):
    """All rows of both tables, Contact ID first.

    :param folder: where ``contact_id.csv`` and ``sia_codes.csv`` are
    """
    folder = Path(folder)
    rows = [_contact_id(row) for row in _read(folder / "contact_id.csv")]
    sia = _read(folder / "sia_codes.csv")
    known = {row["code"] for row in sia}
    return rows + [_sia(row, known) for row in sia]


def _read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _contact_id(row):
    event_class = _event_class(row["name"], row["group"], row["dc05_class"])
    meaning = _CID_MEANING.get(row["code"]) or (
        "cancel" if _SILENCED.search(row["name"]) else "alarm"
    )
    return TableRow(
        code_system="cid",
        code=row["code"],
        name=row["name"],
        name_new=row["name_q1"],
        name_restore=row["name_q3"],
        event_class=event_class,
        meaning=meaning,
        priority=_priority(row["name"], row["group"], event_class),
        handling=_handling(row["name"], event_class),
        address_kind=row["ccc_kind"],
        restores=(),
    )


def _sia(row, known):
    event_class = _event_class(row["name"], row["group"], None, row["state"])
    meaning = _SIA_MEANING.get(row["state"], "report")
    if _SILENCED.search(row["name"]):
        meaning = "cancel"
    return TableRow(
        code_system="sia",
        code=row["code"],
        name=row["name"],
        name_new="",
        name_restore="",
        event_class=event_class,
        meaning=meaning,
        priority=_priority(row["name"], row["group"], event_class),
        handling=_handling(row["name"], event_class),
        address_kind=_SIA_ADDRESS.get(row["address_field_meaning"], "other"),
        restores=_restored(row["code"], known) if meaning == "restore" else (),
    )


def _event_class(name, group, dc05_class, state=None):
    if _DURESS.search(name):
        return "panic"
    if _TAMPER.search(name) and group not in ("bypass", "test"):
        return "tamper"
    if group == "24h":
        return "other"
    if group == "other":
        housekeeping = state is not None or dc05_class in _HOUSEKEEPING_CLASSES
        return "system" if housekeeping else "other"
    return group


def _priority(name, group, event_class):
    if group == "24h" and _LIFE_SAFETY.search(name):
        return "1"
    if event_class == "tamper" and group == "burglary":
        return "2"
    if event_class == "access" and _DOOR_ATTACKED.search(name):
        return "3"
    return CLASS_PRIORITY[event_class]


def _handling(name, event_class):
    """``incident`` where the code asks for more than the rule of its class."""
    return "incident" if event_class == "access" and _DOOR_ATTACKED.search(name) else "class"


def _restored(code, known):
    ended = _SIA_RESTORES.get(code[1], "")
    return tuple(code[0] + letter for letter in ended if code[0] + letter in known)
