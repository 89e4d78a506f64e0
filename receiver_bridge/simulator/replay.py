"""Plays the senders' side of a capture against a door and compares what comes back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest

from ..capture import Record
from .links import LinkEnd, LinkError, open_link


@dataclass
class Conversation:
    """What one connection, or the sender of one datagram, said and heard, in order."""

    source: str
    began: datetime
    said: list[tuple[datetime, bytes]] = field(default_factory=list)
    heard: bytes = b""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``differences``: (captured answer, answer now) of those that differ; ``cause`` why the door
    could not be asked at all, or to the end."""

    source: str
    sent: int
    answers: int
    differences: tuple[tuple[bytes, bytes], ...] = ()
    cause: str | None = None


def conversations(records: Iterable[Record]) -> list[Conversation]:
    """The records by connection, in the order of their beginning."""
    found: dict[tuple[int, int], Conversation] = {}
    for record in records:
        if record.mark == "!":
            continue
        talk = found.setdefault(
            record.connection, Conversation(record.text or "unknown", record.time)
        )
        if record.mark == "<":
            talk.said.append((record.time, record.data))
        elif record.mark == ">":
            talk.heard += record.data
    return [talk for talk in found.values() if talk.said]


async def replay(
    talks: list[Conversation],
    door: LinkEnd,
    format: str,
    speed: float,
    timeout: float,
    tell: Callable[[Outcome], None],
) -> int:
    """Play all with their timing, ``speed`` times as fast, 0 as fast as it goes; an answer has
    ``timeout`` seconds. Returns how many conversations did not go as captured."""
    if not talks:
        return 0
    loop = asyncio.get_running_loop()
    first, start = min(talk.began for talk in talks), loop.time()
    worse = 0

    def due(moment: datetime) -> float:
        return start + (moment - first).total_seconds() / speed if speed else start

    async def play(talk: Conversation) -> None:
        nonlocal worse
        outcome = await _play(talk, door, format, due, timeout)
        worse += bool(outcome.differences or outcome.cause)
        tell(outcome)

    tasks: set[asyncio.Task[None]] = set()
    for talk in talks:
        await _sleep_until(due(talk.began))
        task = asyncio.create_task(play(talk))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return worse


async def _play(
    talk: Conversation,
    door: LinkEnd,
    format: str,
    due: Callable[[datetime], float],
    timeout: float,
) -> Outcome:
    link = open_link(door)
    sent, heard, cause = 0, bytearray(), None

    async def listen() -> None:
        with contextlib.suppress(LinkError):
            while len(heard) < len(talk.heard):
                heard.extend(await link.read())

    listening: asyncio.Task[None] | None = None
    try:
        for moment, data in talk.said:
            await _sleep_until(due(moment))
            await link.write(data)
            sent += len(data)
            # A link opens when it is first written to; a broken one is listened to anew.
            if listening is None or listening.done():
                listening = asyncio.create_task(listen())
        if listening is not None:
            await asyncio.wait([listening], timeout=timeout)
    except LinkError as error:
        cause = str(error)
    finally:
        if listening is not None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        await link.close()
    captured = list(answers(format, talk.heard))
    pairs = zip_longest(captured, answers(format, bytes(heard)), fillvalue=b"")
    differences = tuple(
        (before, now) for before, now in pairs if essence(format, before) != essence(format, now)
    )
    return Outcome(talk.source, sent, len(captured), differences, cause)


async def _sleep_until(moment: float) -> None:
    pause = moment - asyncio.get_running_loop().time()
    if pause > 0:
        await asyncio.sleep(pause)


def answers(format: str, data: bytes) -> Iterator[bytes]:
    """The answers one by one where the format has an end for them, else all that was said."""
    if format != "dc09":
        if data:
            yield data
        return
    while data:
        answer, end, data = data.partition(b"\r")
        yield answer + end


def essence(format: str, answer: bytes) -> bytes:
    """What must be the same each time: of DC-09 neither padding and time of an encrypted answer,
    nor the time in a refusal, and so not what is computed over them."""
    if format != "dc09" or b'"' not in answer:
        return answer
    words = answer[answer.index(b'"') :]
    if words.startswith(b'"*'):
        return words.partition(b"[")[0]
    return words.rpartition(b"]")[0]
