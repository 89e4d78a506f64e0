"""Who is told of a commit and fails at it takes the answer from nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from receiver_bridge.journal import Append, SqliteJournal
from receiver_bridge.signal import Draft

DRAFT = Draft("sg-1", "surgard", "event", "x", "2026-11-20T08:00:00.000000Z")


def test_a_line_that_fails_when_it_is_told_keeps_no_answer_from_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[int] = []
    all_told = threading.Event()

    def done(number: int) -> None:
        told.append(number)
        if number == 9:
            all_told.set()
        if number % 2:
            raise OSError("gone meanwhile")

    # All in one commit: what is gathered is handed over in one go.
    later: list[Callable[[], None]] = []
    journal = SqliteJournal(tmp_path / "j.db", call_soon=later.append)
    for number in range(10):
        journal.append(Append((DRAFT,), done=lambda append, number=number: done(number)))
    while later:
        later.pop()()
    assert all_told.wait(10)
    assert told == list(range(10))
    assert "gone meanwhile" in caplog.text
    journal.close()
