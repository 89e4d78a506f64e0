"""A retry on the link is the same frame after itself, and nothing else."""

from __future__ import annotations

import asyncio
import tracemalloc
from datetime import datetime, timedelta, timezone
from pathlib import Path

from lines import running_line

from receiver_bridge.clock import to_iso
from receiver_bridge.codecs import Event, Frame
from receiver_bridge.codecs.dc09_encoder import encode_sia_dcs
from receiver_bridge.config import NetworkAddress
from receiver_bridge.journal import Append, JournalError, RecentFrame
from receiver_bridge.repeats import RepeatWatch, fingerprint, link_of
from receiver_bridge.session import Session
from receiver_bridge.simulator.events import make_event

ANY = NetworkAddress("tcp-listen", "127.0.0.1", 0)

NOW = datetime(2026, 11, 20, 8, tzinfo=timezone.utc)
TRIP = Event("cid", "130", "new", "01", "005", None, "005")


def dc09(
    sequence: str = "0001", account: str = "1234", raw: bytes = b"a", **values: object
) -> Frame:
    values.setdefault("events", (TRIP,))
    return Frame(
        "dc09",
        "accept",
        "event",
        raw,
        token="ADM-CID",
        sequence=sequence,
        line="0",
        account=account,
        **values,  # type: ignore[arg-type]
    )


def append_of(frame: Frame, peer: str = "p", **values: object) -> Append:
    link, said = link_of("dc-1", peer, frame), fingerprint(frame)
    return Append((), link, said, **values)  # type: ignore[arg-type]


def seen(watch: RepeatWatch, frame: Frame, after: float, peer: str = "192.0.2.1") -> bool:
    """Whether the frame, ``after`` seconds, is a retry; then it is the last one on its line."""
    return watch.take(append_of(frame, peer), 1000.0 + after) is not None


def test_the_same_frame_within_the_window_is_a_retry_even_newly_encrypted() -> None:
    watch = RepeatWatch(60)
    assert not seen(watch, dc09(), 0)
    assert seen(watch, dc09(raw=b"other padding", timestamp=NOW), 5)
    assert not seen(watch, dc09(), 100)


def test_another_sequence_account_peer_or_event_is_none() -> None:
    watch = RepeatWatch(60)
    assert not seen(watch, dc09(), 0)
    assert not seen(watch, dc09(sequence="0002"), 1)
    assert not seen(watch, dc09(account="1235"), 2)
    assert not seen(watch, dc09(), 3, peer="192.0.2.2")
    assert not seen(watch, dc09(sequence="0002", events=(TRIP, TRIP)), 4)


def test_another_panel_in_between_does_not_hide_a_retry() -> None:
    watch = RepeatWatch(60)
    assert not seen(watch, dc09(), 0)
    assert not seen(watch, dc09(account="9999"), 1)
    assert seen(watch, dc09(), 2)


def test_a_receiver_repeats_the_last_record_of_its_line_only() -> None:
    watch = RepeatWatch(16)
    trip = Frame("surgard", "accept", "event", b"trip", account="1", events=(TRIP,))
    other = Frame("surgard", "accept", "unparsed", b"other")
    assert not seen(watch, trip, 0)
    assert not seen(watch, other, 1)
    assert not seen(watch, trip, 2)
    assert seen(watch, trip, 6)


def test_a_copy_that_never_reached_the_disk_is_no_original() -> None:
    watch = RepeatWatch(60)
    failed = append_of(dc09(), error=JournalError("disk full"))
    watch.take(failed, 1000.0)
    assert watch.take(append_of(dc09()), 1000.0) is None


def test_what_came_before_a_frame_that_was_not_kept_is_no_longer_the_last() -> None:
    watch = RepeatWatch(60)
    kept = append_of(dc09())
    watch.take(kept, 1000.0)
    kept.uids = ("e:dc-1:1",)
    watch.settled(kept)
    other = append_of(dc09(sequence="0002"))
    watch.take(other, 1001.0)
    other.error = JournalError("disk full")
    watch.settled(other)
    assert watch.take(append_of(dc09()), 1002.0) is None


def test_a_line_is_remembered_for_the_whole_window_and_not_much_longer() -> None:
    """However often others make the watch forget what is too old."""
    watch = RepeatWatch(60)

    def keep(account: str, after: float) -> None:
        append = append_of(dc09(account=account))
        watch.take(append, 1000.0 + after)
        append.uids = (f"e:dc-1:{after:.0f}",)
        watch.settled(append)

    keep("1234", 59)
    for after in range(60, 118):
        keep(f"{after:04d}", after)
    first = watch.take(append_of(dc09()), 1118.0)
    assert first is not None
    assert first.uids == ("e:dc-1:59",)
    assert not seen(watch, dc09(account="0060"), 121)


def restored(journaled_at: datetime) -> Append | None:
    """What a retry 5 s after the restart repeats; the process began 3 s ago by its steady clock."""
    watch = RepeatWatch(60)
    link, said = link_of("dc-1", "p", dc09()), fingerprint(dc09())
    watch.restore([RecentFrame(link, said, to_iso(journaled_at), ("e:dc-1:7",))], NOW, 3.0)
    return watch.take(append_of(dc09()), 8.0)


def test_frames_before_a_restart_are_known() -> None:
    original = restored(NOW - timedelta(seconds=20))
    assert original is not None
    assert original.uids == ("e:dc-1:7",)


def test_frames_of_long_before_a_restart_or_of_a_clock_since_set_back_are_not() -> None:
    assert restored(NOW - timedelta(seconds=56)) is None
    assert restored(NOW - timedelta(hours=3)) is None
    assert restored(NOW + timedelta(hours=3)) is None


def test_a_copy_that_does_not_reach_the_disk_takes_nothing_from_what_the_next_repeats(
    tmp_path: Path,
) -> None:
    """Acknowledged, the answer lost; sent again while the disk fails; and again."""
    events = [make_event("sia", "BA", None, "1", zone) for zone in ("5", "6")]
    frame = encode_sia_dcs("1234", events, sequence="0001")

    async def scenario() -> None:
        async with running_line(tmp_path, ANY) as line:

            async def send() -> bool:
                answers: asyncio.Queue[bytes] = asyncio.Queue()
                session = Session(line.intake, "x", "192.0.2.1", answers.put_nowait)
                session.receive(frame)
                while not session.idle:
                    await asyncio.sleep(0.01)
                return not answers.empty()

            assert await send()
            (tmp_path / "journal.db").rename(tmp_path / "elsewhere")
            assert not await send()
            (tmp_path / "elsewhere").rename(tmp_path / "journal.db")
            assert await send()
            assert await send()
            signals = line.signals()
            originals = [signal["uid"] for signal in signals[:2]]
            said = [signal["repeat_of"] for signal in signals]
            assert said == [None, None, *originals, *originals]

    asyncio.run(scenario())


def test_what_is_kept_of_a_hundred_thousand_lines_is_small() -> None:
    watch = RepeatWatch(60)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(100_000):
            link, said = f"dc-1 192.0.2.1 None 0 {number:06d}", f"{number:032x}"
            append = Append((), link=link, fingerprint=said)
            watch.take(append, 1000.0 + number / 1e6)
            append.uids = (f"{0:032x}:dc-1:{number + 1}",)
            watch.settled(append)
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert kept / 100_000 < 300
    first = watch.take(Append((), "dc-1 192.0.2.1 None 0 099999", f"{99_999:032x}"), 1001.0)
    assert first is not None
    assert first.uids == (f"{0:032x}:dc-1:100000",)
