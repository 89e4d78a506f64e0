"""The published code tables (Contact ID, SIA, receivers' own) as values for ``alarm.event.code``.

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

# What Sur-Gard's basic records say: code -> class. Their table names no groups.
_SURGARD_CLASS = {
    **{"A": "burglary", "3": "burglary", "1": "fire", "2": "panic", "7": "medical"},
    **{"B": "bypass", "H": "bypass", "T": "trouble", "0": "test", "6": "other"},
    **{"C": "open_close", "O": "open_close", "F": "open_close", "4": "open_close"},
    **{"5": "open_close", "8": "system", "CALLER": "system"},
}
_SURGARD_MEANING = {"F": "cancel", "C": "report", "4": "report", "O": "report", "5": "report"}

# System -> restore -> what it may end, in systems whose codes do not say it themselves.
_RESTORES = {
    "surgard": {
        **{"R": ("A", "T"), "9": ("1", "2", "3", "6", "7"), "H": ("B",)},
        **{"R16": ("A15",), "R18": ("A17",), "R30": ("A20",)},
    },
    "radionics": {"R": ("A", "T", "SA", "ST"), "H": ("F", "G")},
    "ademco-hs": {"3": ("1",)},
    "mx8000": {
        **{"68": ("67",), "6A": ("69",), "6D": ("6B", "6C"), "72": ("70",), "73": ("71",)},
        **{"78": ("77",), "7A": ("79",), "7D": ("7B",)},
    },
}

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
        name = re.sub(r"[^a-z0-9]", lambda other: f"x{ord(other[0]):02x}", self.code.lower())
        return f"event_code_{self.code_system.replace('-', '_')}_{name}"


def read_tables(folder):
    """All rows of all tables, Contact ID first.

    :param folder: where ``contact_id.csv``, ``sia_codes.csv``, ``surgard.csv`` and
        ``simple_codes.csv`` (other receivers' own codes, by system) are
    """
    folder = Path(folder)
    sia = _read(folder / "sia_codes.csv")
    known = {row["code"] for row in sia}
    return [
        *(_contact_id(row) for row in _read(folder / "contact_id.csv")),
        *(_sia(row, known) for row in sia),
        *(_surgard(row) for row in _read(folder / "surgard.csv")),
        *(_simple(row) for row in _read(folder / "simple_codes.csv")),
    ]


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


def _surgard(row):
    code, restore = row["code"], row["qualifier"] == "restore"
    # What an older receiver says of itself: a letter and two digits.
    itself = "restore" if restore else "alarm"
    event_class = _SURGARD_CLASS.get(code) or ("other" if code in ("R", "9") else "trouble")
    meaning = _SURGARD_MEANING.get(code) or itself
    if row["qualifier"] == "status":
        meaning = "report"
    return _own_row("surgard", row, event_class, meaning, row["number_kind"])


def _simple(row):
    meaning = _SIA_MEANING.get(row["state"], "report")
    event_class = _event_class(row["name"], row["group"], None, row["state"])
    if event_class == "system" and meaning in ("restore", "cancel"):
        # Whatever it ends is no housekeeping, and must not be logged by the rule of that class.
        event_class = "other"
    address_kind = _SIA_ADDRESS.get(row["address_field_meaning"], "other")
    return _own_row(row["system"], row, event_class, meaning, address_kind)


def _own_row(system, row, event_class, meaning, address_kind):
    return TableRow(
        code_system=system,
        code=row["code"],
        name=row["name"],
        name_new="",
        name_restore="",
        event_class=event_class,
        meaning=meaning,
        priority=_priority(row["name"], "", event_class),
        handling=_handling(row["name"], event_class),
        address_kind=address_kind,
        restores=_RESTORES.get(system, {}).get(row["code"], ()),
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
