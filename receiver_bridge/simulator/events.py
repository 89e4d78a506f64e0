"""What simulated panels say: single events, a mix for load, and short stories for a demo."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

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
class Step:
    """One event of a story, ``after`` so many seconds; ``words`` say it to a reader."""

    after: float
    words: str
    code: str
    qualifier: Qualifier
    sia: str
    number: int

    def event(self, system: str) -> Event:
        code = self.sia if system == "sia" else self.code
        return make_event(system, code, self.qualifier, "1", str(self.number))


def make_event(system: str, code: str, qualifier: Qualifier, area: str, number: str) -> Event:
    """An event for the encoders: Contact ID in its fixed widths, SIA as given.

    Raises ValueError for a code that the system cannot carry.
    """
    if system == "sia":
        if not re.fullmatch("[A-Z]{2}", code):
            raise ValueError(f"SIA code {code!r}; allowed: two capital letters")
        return Event("sia", code, None, area or None, None, None, number or None)
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
    return [
        Step(0, f"disarmed by user {user}", "401", "new", "OP", user),
        Step(dice.uniform(20, 90), f"armed by user {user}", "401", "restore", "CL", user),
    ]


def _burglary(dice: random.Random) -> list[Step]:
    zone = dice.randint(1, 8)
    return [
        Step(0, f"burglary alarm, zone {zone}", "130", "new", "BA", zone),
        Step(dice.uniform(15, 45), f"burglary restored, zone {zone}", "130", "restore", "BR", zone),
    ]


def _mains_failure(dice: random.Random) -> list[Step]:
    return [
        Step(0, "mains power lost", "301", "new", "AT", 0),
        Step(dice.uniform(20, 90), "mains power back", "301", "restore", "AR", 0),
    ]


def _low_battery(dice: random.Random) -> list[Step]:
    return [
        Step(0, "battery low", "302", "new", "YT", 0),
        Step(dice.uniform(30, 90), "battery restored", "302", "restore", "YR", 0),
    ]


def _fire(dice: random.Random) -> list[Step]:
    zone = dice.randint(1, 8)
    return [
        Step(0, f"fire alarm, zone {zone}", "110", "new", "FA", zone),
        Step(
            dice.uniform(20, 60), f"fire alarm restored, zone {zone}", "110", "restore", "FR", zone
        ),
    ]


def _tamper(dice: random.Random) -> list[Step]:
    zone = dice.randint(1, 8)
    return [
        Step(0, f"tamper, zone {zone}", "144", "new", "TA", zone),
        Step(dice.uniform(10, 40), f"tamper restored, zone {zone}", "144", "restore", "TR", zone),
    ]


def _test(dice: random.Random) -> list[Step]:
    return [Step(0, "periodic test report", "602", "new", "RP", 0)]
