"""Scenarios: what happens at each of many subscribers, from a small file.

The file (TOML)::

    title = "A burglary at night"
    spread = "30s"                 # the subscribers begin at random within this time
    link_test = "60s"              # between link tests of a panel; absent: none

    [[step]]
    at = "5s"                      # since the subscriber began: 5s, 10m, 08:30, 1.5h
    say = "burglary"               # what happens; HAPPENINGS in events.py names all
    zone = 3                       # or [1, 8]: one of these, the same for all of this subscriber
    jitter = "2s"                  # optional: so much earlier or later, at random
    chance = 0.5                   # optional: so many of the subscribers only; steps of the same
                                   # chance happen at the same subscribers
    times = 20                     # optional: so often ...
    every = "10s"                  # ... one each so much later

    [[step]]
    at = "20s"
    do = "cut"                     # the line is cut: nothing gets out, the panel keeps it;
                                   # "mend": what it kept goes out, in order

Instead of ``say`` a step may have codes of its own: ``cid = "130"``, ``sia = "BA"`` and
``qualifier = "new"``. ``user = 2`` in place of ``zone`` numbers a user.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, cast

from ..codecs.base import Qualifier
from ..config import ConfigError, Mistake
from ..config.files import read_toml
from ..config.section import Section
from .events import HAPPENINGS, Happening, in_words, make_event

_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)|(\d{1,3}):(\d{2})(?::(\d{2}))?")
_SECONDS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_TIME_ALLOWED: Final = 'a time such as "5s", "10m", "1.5h", "08:30" or "08:30:15"'
_SAY_ALLOWED: Final = ", ".join(f'"{name}"' for name in HAPPENINGS)

Action = Literal["cut", "mend"]


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """``happening`` or ``action``; times in seconds since the subscriber began; ``numbers`` is the
    range that the zone or user is one of."""

    at: float
    words: str = ""
    happening: Happening | None = None
    action: Action | None = None
    numbers: tuple[int, int] = (0, 0)
    jitter: float = 0.0
    chance: float = 1.0
    times: int = 1
    every: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    title: str
    steps: tuple[ScenarioStep, ...]
    spread: float = 0.0
    link_test: float = 0.0


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing at one subscriber, ``at`` seconds since the scenario began."""

    at: float
    words: str
    happening: Happening | None = None
    number: int = 0
    action: Action | None = None


def parse_seconds(text: str) -> float:
    """``5s``, ``10m``, ``1.5h``, ``2d``, ``08:30`` or ``08:30:15`` in seconds; raises ValueError
    saying what is allowed."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(_TIME_ALLOWED)
    if found[1]:
        return float(found[1]) * _SECONDS[found[2]]
    return int(found[3]) * 3600.0 + int(found[4]) * 60.0 + int(found[5] or 0)


def scenario_names() -> list[str]:
    """The scenarios that come with the bridge."""
    folder = files("receiver_bridge.simulator") / "scenarios"
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir())


def find_scenario(name: str) -> Path:
    """The file of a scenario: one that comes with the bridge, or a path. Raises ValueError."""
    if name in scenario_names():
        return Path(str(files("receiver_bridge.simulator") / "scenarios" / f"{name}.toml"))
    path = Path(name)
    if not path.is_file():
        allowed = ", ".join(scenario_names())
        raise ValueError(f"there is no scenario {name!r}; allowed: {allowed}, or a file")
    return path


def load_scenario(path: Path) -> Scenario:
    """The scenario in ``path``; raises ConfigError with every mistake."""
    mistakes: list[Mistake] = []
    try:
        root = Section(path, "", read_toml(path), mistakes)
    except ValueError as error:
        raise ConfigError([Mistake(path, "the file", str(error), "a readable TOML file")]) from None
    scenario = Scenario(
        title=root.text("title", "what this is, for a reader"),
        steps=tuple(_step(section) for section in root.tables("step")),
        spread=_seconds(root, "spread"),
        link_test=_seconds(root, "link_test"),
    )
    root.no_other_keys()
    if mistakes:
        raise ConfigError(mistakes)
    return scenario


def plan(scenario: Scenario, dice: random.Random) -> list[Planned]:
    """What happens at one subscriber, in order."""
    began = dice.uniform(0, scenario.spread)
    chosen: dict[tuple[int, int], int] = {}
    luck: dict[float, float] = {}
    happens: list[Planned] = []
    for step in scenario.steps:
        shift = dice.uniform(-step.jitter, step.jitter)
        number = chosen.setdefault(step.numbers, dice.randint(*step.numbers))
        if luck.setdefault(step.chance, dice.random()) >= step.chance:
            continue
        words = in_words(step.words, number) if step.words in HAPPENINGS else step.words
        for turn in range(step.times):
            at = max(0.0, began + step.at + shift + turn * step.every)
            happens.append(Planned(at, words, step.happening, number, step.action))
    return sorted(happens, key=lambda planned: planned.at)


def _step(section: Section) -> ScenarioStep:
    action, happening, words = None, None, ""
    kinds = [key for key in ("say", "do", "cid", "sia") if section.has(key)]
    if kinds == ["do"]:
        action = cast(Action, section.choice("do", ("cut", "mend")))
        words = {"cut": "the line is cut", "mend": "the line is mended"}[action]
    elif kinds == ["say"]:
        words = section.text("say", _SAY_ALLOWED)
        happening = HAPPENINGS.get(words)
        if happening is None:
            section.wrong("say", repr(words), _SAY_ALLOWED)
    elif kinds and "do" not in kinds and "say" not in kinds:
        happening = _codes(section)
        words = f"{happening.code} {happening.qualifier}"
    else:
        section.wrong("say", " and ".join(kinds) or "nothing", "one of say, do, or cid and sia")
    step = ScenarioStep(
        at=_seconds(section, "at"),
        words=words,
        happening=happening,
        action=action,
        numbers=_numbers(section),
        jitter=_seconds(section, "jitter"),
        chance=section.number("chance", 1.0, 0, 1, "subscribers, as a share"),
        times=int(section.number("times", 1, 1, 100_000, "times")),
        every=_seconds(section, "every"),
    )
    section.no_other_keys()
    return step


def _codes(section: Section) -> Happening:
    cid = section.text("cid", "three digits of Contact ID", "140")
    sia = section.text("sia", "two capital letters of SIA", "UA")
    qualifier = section.choice("qualifier", ("new", "restore", "status"), "new")
    for key, system, code in (("cid", "cid", cid), ("sia", "sia", sia)):
        try:
            make_event(system, code, "new", "1", "0")
        except ValueError as error:
            section.wrong(key, repr(code), str(error))
    number: Literal["zone", "user"] = "user" if section.has("user") else "zone"
    return Happening(cid, cast(Qualifier, qualifier), sia, number)


def _seconds(section: Section, key: str) -> float:
    if not section.has(key):
        return 0.0
    return section.parsed(key, parse_seconds, _TIME_ALLOWED) or 0.0


def _numbers(section: Section) -> tuple[int, int]:
    key = "user" if section.has("user") else "zone"
    allowed = "a number from 0 to 999, or two such numbers: the first and the last"
    value: Any = section.value(key, 0)
    pair: Sequence[Any] = value if isinstance(value, list) else [value, value]
    if len(pair) != 2 or not all(isinstance(number, int) for number in pair):
        section.wrong(key, repr(value), allowed)
        return 0, 0
    if not 0 <= pair[0] <= pair[1] <= 999:
        section.wrong(key, repr(value), allowed)
        return 0, 0
    return pair[0], pair[1]
