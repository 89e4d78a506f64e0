"""A calm day at some sites, without end, over the real doors of a bridge.

The demo file (TOML)::

    mean_interval = 8.0                 # seconds from one happening to the next, over all sites
    seed = 7                            # optional: the same day again

    [[door]]
    name = "sg-1"                       # as it is printed
    format = "surgard"
    connect = "pty:///path/of/tty"      # makes the terminal that the bridge opens as serial port;
                                        # or serial://, tcp://, tcp-listen:// to be connected to
    line = "1"                          # one digit: MLR2; three: System III; absent: the usual
    heartbeat = 30
    accounts = ["1001", "1002"]

    [[door]]
    name = "dc-1"
    format = "dc09"
    connect = "tcp://127.0.0.1:9000"    # or udp://…
    system = "sia"                      # or "cid"
    link_test = 60                      # seconds between link tests, 0 for none
    accounts = ["2001", "2002"]
    keys = {"2002" = "00112233445566778899aabbccddeeff"}
    polled = {"2001" = 15}              # accounts with a link test of their own interval
    falls_silent = ["2001"]             # that are now and then away for six link tests
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from ..codecs import encodable_codecs, encoder_of
from ..config import ConfigError, Mistake
from ..config.files import read_toml
from ..config.section import Section
from .events import story
from .links import LINK_FORMS, LinkEnd, open_link, parse_link
from .panel import Dc09Panel
from .receiver import SimulatedReceiver
from .sender import Outcome, SimulatedSender

_FOR_EVER = float("inf")
_MEAN_UNTIL_SILENT = 900.0
_LINK_TESTS_AWAY = 6

Tell = Callable[[str, str, str, Outcome], None]
"""Door, account, words, outcome."""


@dataclass(frozen=True, slots=True)
class DemoDoor:
    name: str
    format: str
    door: LinkEnd
    accounts: tuple[str, ...]
    system: Literal["cid", "sia"] = "cid"
    line: str | None = None
    heartbeat: float = 30.0
    link_test: float = 60.0
    keys: dict[str, bytes] = field(default_factory=dict, repr=False)
    polled: dict[str, float] = field(default_factory=dict)
    falls_silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Demo:
    doors: tuple[DemoDoor, ...]
    mean_interval: float = 8.0
    seed: int | None = None


def load_demo(path: Path) -> Demo:
    """The demo in ``path``; raises ConfigError with every mistake."""
    mistakes: list[Mistake] = []
    try:
        root = Section(path, "", read_toml(path), mistakes)
    except ValueError as error:
        raise ConfigError([Mistake(path, "the file", str(error), "a readable TOML file")]) from None
    interval = root.number("mean_interval", 8.0, 0.01, 86400, "seconds")
    seed = int(root.number("seed", 0, 0, 2**31, "any kind")) if root.has("seed") else None
    doors = [_door(section) for section in root.tables("door")]
    root.no_other_keys()
    if mistakes:
        raise ConfigError(mistakes)
    return Demo(tuple(door for door in doors if door), interval, seed)


def _door(section: Section) -> DemoDoor | None:
    door = section.parsed("connect", parse_link, f"the address of a door: {LINK_FORMS}")
    accounts = tuple(section.texts("accounts", "a list of accounts as text"))
    if not accounts:
        section.wrong("accounts", "none", "one account or more")
    made = DemoDoor(
        name=section.text("name", "how the door is called"),
        format=section.choice("format", [codec.name for codec in encodable_codecs()]),
        door=cast(LinkEnd, door),
        accounts=accounts,
        system=cast(Literal["cid", "sia"], section.choice("system", ("cid", "sia"), "cid")),
        line=section.text("line", "the line as on the wire") if section.has("line") else None,
        heartbeat=section.number("heartbeat", 30.0, 0, 3600, "seconds"),
        link_test=section.number("link_test", 60.0, 0, 86400, "seconds"),
        keys=_keys(section),
        polled=_polled(section),
        falls_silent=tuple(section.texts("falls_silent", "a list of accounts as text")),
    )
    for key, named in (("polled", made.polled), ("falls_silent", made.falls_silent)):
        for account in named:
            if made.format != "dc09" or account not in accounts:
                section.wrong(key, account, "accounts of this door, where it speaks dc09")
    section.no_other_keys()
    return made if door else None


def _keys(section: Section) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    table = section.table("keys", required=False)
    for account in table.names() if table else ():
        assert table is not None
        allowed = "an AES key of 32, 48 or 64 hexadecimal digits"
        key = table.parsed(account, bytes.fromhex, allowed)
        if key is not None and len(key) not in (16, 24, 32):
            table.wrong(account, f"a key of {len(key)} bytes", allowed)
        keys[account] = key or b""
    return keys


def _polled(section: Section) -> dict[str, float]:
    table = section.table("polled", required=False)
    if table is None:
        return {}
    return {
        account: table.number(account, 0.0, 0.01, 86400, "seconds between its link tests")
        for account in table.names()
    }


async def run_demo(demo: Demo, tell: Tell) -> None:
    """Let things happen until cancelled; ``tell`` hears of every event and every lost link test."""
    dice = random.Random(demo.seed)
    sites: list[tuple[DemoDoor, str, SimulatedSender]] = []
    tasks: set[asyncio.Task[None]] = set()
    for door in demo.doors:
        if door.format != "dc09":
            receiver = SimulatedReceiver(
                open_link(door.door),
                encoder_of(door.format),
                line=door.line,
                heartbeat=door.heartbeat,
                patience=_FOR_EVER,
            )
            receiver.start_heartbeat()
            sites += [(door, account, receiver) for account in door.accounts]
            continue
        for account in door.accounts:
            link = open_link(door.door)
            panel = Dc09Panel(account, link, door.keys.get(account), patience=_FOR_EVER)
            sites.append((door, account, panel))
            interval = door.polled.get(account, door.link_test)
            if interval:
                silences = dice if account in door.falls_silent else None
                tasks.add(
                    asyncio.create_task(_link_tests(panel, interval, dice.random(), silences))
                )
    try:
        while True:
            door, account, sender = dice.choice(sites)
            task = asyncio.create_task(
                _tell_story(door, account, sender, random.Random(dice.random()), tell)
            )
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            # A story has two events on the way, so twice the pause keeps the wanted pace.
            await asyncio.sleep(dice.expovariate(1 / (2 * demo.mean_interval)))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(sender.close() for _door, _account, sender in sites))


async def _tell_story(
    door: DemoDoor, account: str, sender: SimulatedSender, dice: random.Random, tell: Tell
) -> None:
    for step in story(dice):
        await asyncio.sleep(step.after)
        outcome = await sender.send(account, step.event(door.system))
        tell(door.name, account, step.words, outcome)


async def _link_tests(
    panel: Dc09Panel, interval: float, phase: float, silences: random.Random | None
) -> None:
    """Poll for ever; with ``silences`` the network at the site fails now and then."""
    await asyncio.sleep(phase * interval)
    until_silent = silences.expovariate(1 / _MEAN_UNTIL_SILENT) if silences else _FOR_EVER
    while True:
        await panel.link_test()
        until_silent -= interval
        if silences and until_silent < 0:
            await panel.hang_up()
            await asyncio.sleep(_LINK_TESTS_AWAY * interval)
            until_silent = silences.expovariate(1 / _MEAN_UNTIL_SILENT)
        await asyncio.sleep(interval)
