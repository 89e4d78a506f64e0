"""Plays a scenario at many subscribers at once, over the real doors of a bridge."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..codecs import Event
from .scenario import Planned, Scenario, plan
from .sender import Outcome, SimulatedSender

_HANG_UP_AFTER = 30.0
"""Seconds of silence ahead for which a panel does not keep its connection."""

Tell = Callable[[str, str, Outcome], None]
"""Account, words, outcome."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: ``speed`` 60 makes a minute of the scenario a second, link tests included."""

    accounts: Sequence[str]
    system: str = "cid"
    speed: float = 1.0
    seed: int = 1


async def play(
    scenario: Scenario,
    cast: Cast,
    sender_of: Callable[[str], SimulatedSender],
    tell: Tell = lambda account, words, outcome: None,
) -> list[Outcome]:
    """All that happens, in the order in which it was acknowledged or given up."""
    outcomes: list[Outcome] = []
    began = time.monotonic()

    def told(account: str, words: str, outcome: Outcome) -> None:
        outcomes.append(outcome)
        tell(account, words, outcome)

    sites = [
        _Site(account, sender_of(account), scenario, cast, began, told) for account in cast.accounts
    ]
    await asyncio.gather(*(site.live() for site in sites))
    return outcomes


class _Site:
    """One subscriber. While its line is cut, what happens waits in the panel."""

    def __init__(
        self,
        account: str,
        sender: SimulatedSender,
        scenario: Scenario,
        cast: Cast,
        began: float,
        tell: Tell,
    ) -> None:
        self._account = account
        self._sender = sender
        self._cast = cast
        self._began = began
        self._tell = tell
        self._link_test = scenario.link_test / cast.speed
        self._planned = plan(scenario, random.Random(f"{cast.seed} {account}"))
        self._kept: list[tuple[str, Event]] = []
        self._cut = False

    async def live(self) -> None:
        testing = asyncio.create_task(self._test_link()) if self._link_test else None
        try:
            for planned in self._planned:
                await self._wait_until(planned.at)
                await self._happen(planned)
            await self._mend()
        finally:
            if testing is not None:
                testing.cancel()
                await asyncio.gather(testing, return_exceptions=True)

    async def _wait_until(self, at: float) -> None:
        pause = self._began + at / self._cast.speed - time.monotonic()
        if pause > _HANG_UP_AFTER:
            await self._sender.hang_up()
        await asyncio.sleep(max(0.0, pause))

    async def _happen(self, planned: Planned) -> None:
        if planned.action == "cut":
            self._cut = True
            await self._sender.hang_up()
        elif planned.action == "mend":
            await self._mend()
        elif planned.happening is not None:
            event = planned.happening.event(self._cast.system, planned.number)
            if self._cut:
                self._kept.append((planned.words, event))
            else:
                await self._send(planned.words, event)

    async def _mend(self) -> None:
        self._cut = False
        kept, self._kept = self._kept, []
        for words, event in kept:
            await self._send(words, event)

    async def _send(self, words: str, event: Event) -> None:
        self._tell(self._account, words, await self._sender.send(self._account, event))

    async def _test_link(self) -> None:
        phase = random.Random(f"{self._cast.seed} {self._account} link test").random()
        await asyncio.sleep(phase * self._link_test)
        while True:
            if not self._cut:
                await self._sender.link_test()
            await asyncio.sleep(self._link_test)
