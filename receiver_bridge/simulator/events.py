"""What simulated panels say: single events, a mix for load, and short stories for a demo."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ..codecs import Event
from ..codecs.base import Qualifier

_LOAD_MIX: Final[tuple[tuple[str, Qualifier, str], ...]] = (
    ("130", "new", "BA"),
    ("130", "restore", "BR"),
    ("110", "new", "FA"),
    ("301", "new", "AT"),
    ("301", "restore", "AR"),
    ("401", "new", "OP"),
    ("401", "restore", "CL"),
    ("602", "new", "RP"),
)


@dataclass(frozen=True, slots=True)
class Happening:
    """What can happen at a site, in the codes of both systems; ``number`` says what the number
    behind the code counts."""

    code: str
    qualifier: Qualifier
    sia: str
    number: Literal["zone", "user"] = "zone"

    def event(self, system: str, number: int, area: int = 1) -> Event:
        code = self.sia if system == "sia" else self.code
        return make_event(system, code, self.qualifier, str(area), str(number))


HAPPENINGS: Final[dict[str, Happening]] = {
    "burglary": Happening("130", "new", "BA"),
    "burglary restored": Happening("130", "restore", "BR"),
    "hold-up": Happening("122", "new", "HA"),
    "panic": Happening("120", "new", "PA"),
    "panic restored": Happening("120", "restore", "PR"),
    "medical": Happening("100", "new", "MA"),
    "fire": Happening("110", "new", "FA"),
    "fire restored": Happening("110", "restore", "FR"),
    "gas": Happening("151", "new", "GA"),
    "water": Happening("154", "new", "WA"),
    "tamper": Happening("144", "new", "TA"),
    "tamper restored": Happening("144", "restore", "TR"),
    "mains lost": Happening("301", "new", "AT"),
    "mains back": Happening("301", "restore", "AR"),
    "battery low": Happening("302", "new", "YT"),
    "battery restored": Happening("302", "restore", "YR"),
    "telephone line lost": Happening("351", "new", "LT"),
    "telephone line back": Happening("351", "restore", "LR"),
    "disarmed": Happening("401", "new", "OP", "user"),
    "armed": Happening("401", "restore", "CL", "user"),
    "cancelled": Happening("406", "new", "BC", "user"),
    "duress": Happening("121", "new", "HA", "user"),
    "bypassed": Happening("570", "new", "BB"),
    "periodic test": Happening("602", "new", "RP"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One happening of a story, ``after`` so many seconds."""

    after: float
    name: str
    number: int = 0

    @property
    def words(self) -> str:
        return in_words(self.name, self.number)

    def event(self, system: str) -> Event:
        return HAPPENINGS[self.name].event(system, self.number)


def in_words(name: str, number: int) -> str:
    """A happening for a reader: ``burglary, zone 3``."""
    return f"{name}, {HAPPENINGS[name].number} {number}" if number else name


TOLD_SYSTEMS: Final = ("cid", "sia")
"""The code systems in which stories, scenarios and loads are told."""


def make_event(system: str, code: str, qualifier: Qualifier, area: str, number: str) -> Event:
    """An event for the encoders: Contact ID in its fixed widths, the others as given.

    Raises ValueError for a code that the system cannot carry.
    """
    if system == "sia":
        if not re.fullmatch("[A-Z]{2}", code):
            raise ValueError(f"SIA code {code!r}; allowed: two capital letters")
        return Event("sia", code, None, area or None, None, None, number or None)
    if system != "cid":
        return Event(system, code, qualifier, area or None, None, None, number or None)
    if len(code) != 3 or not set(code) <= set("0123456789BCDEF"):
        raise ValueError(f"Contact ID code {code!r}; allowed: three digits")
    if not re.fullmatch("[0-9B-F]{0,2}", area) or not re.fullmatch("[0-9B-F]{0,3}", number):
        raise ValueError("Contact ID has two digits for the area and three for zone or user")
    return Event("cid", code, qualifier, area.zfill(2), None, None, number.zfill(3))


def load_mix(system: str, seed: int) -> Iterator[Event]:
    """Events without end; zone and area count up, so that each differs from the last."""
    dice = random.Random(seed)
    count = 0
    while True:
        code, qualifier, sia = dice.choice(_LOAD_MIX)
        area, number = divmod(count % 99_000, 1000)
        yield make_event(
            system, sia if system == "sia" else code, qualifier, str(area + 1), str(number)
        )
        count += 1


def story(dice: random.Random) -> list[Step]:
    """What might happen at one site on a calm day."""
    tell = dice.choices(
        (_opened_and_closed, _burglary, _mains_failure, _low_battery, _fire, _tamper, _test),
        (30, 14, 12, 10, 4, 6, 24),
    )[0]
    return tell(dice)


def _opened_and_closed(dice: random.Random) -> list[Step]:
    user = dice.randint(1, 9)
    return [Step(0, "disarmed", user), Step(dice.uniform(20, 90), "armed", user)]


def _burglary(dice: random.Random) -> list[Step]:
    zone = dice.randint(1, 8)
    return [Step(0, "burglary", zone), Step(dice.uniform(15, 45), "burglary restored", zone)]


def _mains_failure(dice: random.Random) -> list[Step]:
    return [Step(0, "mains lost"), Step(dice.uniform(20, 90), "mains back")]


def _low_battery(dice: random.Random) -> list[Step]:
    return [Step(0, "battery low"), Step(dice.uniform(30, 90), "battery restored")]


def _fire(dice: random.Random) -> list[Step]:
    zone = dice.randint(1, 8)
    return [Step(0, "fire", zone), Step(dice.uniform(20, 60), "fire restored", zone)]


def _tamper(dice: random.Random) -> list[Step]:
    zone = dice.randint(1, 8)
    return [Step(0, "tamper", zone), Step(dice.uniform(10, 40), "tamper restored", zone)]


def _test(dice: random.Random) -> list[Step]:
    return [Step(0, "periodic test")]
