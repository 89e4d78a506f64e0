"""A silent receiver is told even when the first telling could not be kept."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from lines import running_line

from receiver_bridge.config import NetworkAddress
from receiver_bridge.supervision import SilenceWatch

ANY = NetworkAddress("tcp-listen", "127.0.0.1", 0)


def test_silence_that_did_not_reach_the_disk_is_told_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_line(tmp_path, ANY, "surgard", heartbeat=0.02) as line:
            with sqlite3.connect(tmp_path / "journal.db") as other:
                other.execute(
                    "CREATE TRIGGER full BEFORE INSERT ON signal"
                    " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
                )
            tried, told = asyncio.Event(), asyncio.Event()
            journal = line.intake.journal

            def watched(append, done):  # type: ignore[no-untyped-def]
                def finished(stored: bool) -> None:
                    done(stored)
                    (told if stored else tried).set()

                journal(append, finished)

            line.intake.journal = watched  # type: ignore[method-assign]
            watch = SilenceWatch(line.intake.settings, line.intake, line.journal)
            watch.start()
            await asyncio.wait_for(tried.wait(), 10)
            assert line.signals() == []
            with sqlite3.connect(tmp_path / "journal.db") as other:
                other.execute("DROP TRIGGER full")
            await asyncio.wait_for(told.wait(), 10)
            watch.stop()
            assert line.intake.line.silent
            [signal] = line.signals()
            assert (signal["kind"], signal["code_system"]) == ("receiver_status", "bridge")
            assert (signal["code"], signal["qualifier"]) == ("silent", "new")

    asyncio.run(scenario())
