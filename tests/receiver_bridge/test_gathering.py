"""What one turn of the event loop brings is handed to the journal's writer in one go."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from receiver_bridge.journal.gathering import GatheringQueue, QueueClosed


def test_what_turns_bring_without_a_break_comes_in_one_batch() -> None:
    later: list[Callable[[], None]] = []
    queue: GatheringQueue[int] = GatheringQueue(later.append)
    for number in range(5):
        queue.gather(number)
    later.pop()()
    queue.gather(5)
    later.pop()()
    assert queue.take(0, 100) == ([], True)
    later.pop()()
    assert queue.take(0, 100) == ([0, 1, 2, 3, 4, 5], True)
    assert later == []


def test_a_flood_without_end_is_handed_over_all_the_same() -> None:
    later: list[Callable[[], None]] = []
    queue: GatheringQueue[int] = GatheringQueue(later.append)
    queue.gather(0)
    turns = 0
    while later:
        turns += 1
        queue.gather(turns)
        later.pop()()
    assert turns < 20
    assert queue.take(0, 100) == (list(range(turns + 1)), True)


def test_a_batch_ends_where_it_is_large_enough_and_nothing_is_left_out() -> None:
    queue: GatheringQueue[int] = GatheringQueue()
    for number in range(7):
        queue.put(number)
    assert queue.take(0, 5) == ([0, 1, 2, 3, 4], True)
    assert queue.take(0, 5) == ([5, 6], True)


def test_what_waits_is_counted_until_it_is_taken() -> None:
    queue: GatheringQueue[str] = GatheringQueue()
    queue.gather("a")
    queue.gather("b")
    assert len(queue) == 2
    queue.take(0, 10)
    assert len(queue) == 0


def test_closing_hands_over_what_is_gathered_and_says_that_it_is_the_last() -> None:
    queue: GatheringQueue[str] = GatheringQueue(lambda callback: None)
    queue.gather("last")
    queue.close()
    assert queue.take(1, 10) == (["last"], False)


def test_what_comes_behind_the_end_is_refused_and_never_lost() -> None:
    """From the thread that gathers while another one closes, at whatever moment."""
    for _round in range(200):
        queue: GatheringQueue[int] = GatheringQueue(lambda callback: None)
        closing = threading.Thread(target=queue.close)
        refused = None
        for number in range(100_000):
            if number == 50:
                closing.start()
            try:
                queue.gather(number)
            except QueueClosed:
                refused = number
                break
        closing.join()
        with pytest.raises(QueueClosed):
            queue.put(0)
        assert refused is not None
        taken, more = [], True
        while more:
            batch, more = queue.take(1, 1000)
            taken += batch
        assert taken == list(range(refused))


def test_turns_that_take_long_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("receiver_bridge.journal.gathering.time.monotonic", lambda: clock[0])
    later: list[Callable[[], None]] = []
    queue: GatheringQueue[int] = GatheringQueue(later.append)
    queue.gather(0)
    queue.gather(1)
    clock[0] += 0.1
    later.pop()()
    assert queue.take(0, 100) == ([0, 1], True)
    assert later == []


def test_one_turn_that_brings_very_much_is_handed_over_in_portions() -> None:
    later: list[Callable[[], None]] = []
    queue: GatheringQueue[int] = GatheringQueue(later.append)
    for number in range(20_000):
        queue.gather(number)
    batch, more = queue.take(0, 2000)
    assert (len(batch), more) == (2000, True)
    while later:
        later.pop()()
    while items := queue.take(0, 2000)[0]:
        batch += items
    assert batch == list(range(20_000))
    assert len(queue) == 0
