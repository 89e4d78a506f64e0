"""Many signals, at a rate or as fast as they are acknowledged, and the account of all of them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..codecs import Event
from .sender import Outcome, SimulatedSender


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """``count`` signals in all, or for ``duration`` seconds; ``rate`` a second over all accounts,
    0 for as fast as each account's last signal is acknowledged."""

    accounts: tuple[str, ...]
    events: Iterator[Event]
    count: int | None = 1
    duration: float | None = None
    rate: float = 0.0


async def run_load(
    plan: LoadPlan,
    sender_of: Callable[[str], SimulatedSender],
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Send as planned, accounts in turn; every outcome, in the order in which they came."""
    outcomes: list[Outcome] = []
    started = time.monotonic()
    numbers = _numbers(plan, started)

    async def work(account: str) -> None:
        sender = sender_of(account)
        # The lanes share one counter: who is free takes the next signal.
        for number in numbers:
            if plan.rate:
                await asyncio.sleep(max(0.0, started + number / plan.rate - time.monotonic()))
            outcome = await sender.send(account, next(plan.events))
            outcomes.append(outcome)
            on_outcome(outcome)

    await asyncio.gather(*(work(account) for account in plan.accounts))
    return outcomes


def _numbers(plan: LoadPlan, started: float) -> Iterator[int]:
    number = 0
    while plan.count is None or number < plan.count:
        if plan.duration is not None and time.monotonic() - started >= plan.duration:
            return
        yield number
        number += 1


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """What ``--report`` writes: ``sent``, ``acked``, ``attempts``, and every signal with the last
    attempt's bytes as ``raw_hex``."""
    return {
        "sent": len(outcomes),
        "acked": sum(outcome.acknowledged for outcome in outcomes),
        "attempts": sum(outcome.attempts for outcome in outcomes),
        "signals": [asdict(outcome) for outcome in outcomes],
    }


def write_report(path: Path, outcomes: list[Outcome]) -> None:
    path.write_text(json.dumps(summary(outcomes), indent=1) + "\n", encoding="utf-8")
