"""A retry on the link is the same frame after itself, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from receiver_bridge.clock import to_iso
from receiver_bridge.codecs import Event, Frame
from receiver_bridge.journal import Append, JournalError, RecentFrame
from receiver_bridge.repeats import RepeatWatch, fingerprint, link_of

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


def seen(watch: RepeatWatch, frame: Frame, after: float, peer: str = "192.0.2.1") -> bool:
    """Whether the frame, ``after`` seconds, is a retry; then it is the last one on its line."""
    now = 1000.0 + after
    link, said = link_of("dc-1", peer, frame), fingerprint(frame)
    repeated = watch.repeated(link, said, now) is not None
    watch.remember(link, said, now, Append(()))
    return repeated


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
    link, said = link_of("dc-1", "p", dc09()), fingerprint(dc09())
    failed = Append((), error=JournalError("disk full"))
    watch.remember(link, said, 1000.0, failed)
    assert watch.repeated(link, said, 1000.0) is None


def restored(journaled_at: datetime) -> Append | None:
    """What a retry 5 s after the restart repeats; the process began 3 s ago by its steady clock."""
    watch = RepeatWatch(60)
    link, said = link_of("dc-1", "p", dc09()), fingerprint(dc09())
    watch.restore([RecentFrame(link, said, to_iso(journaled_at), ("e:dc-1:7",))], NOW, 3.0)
    return watch.repeated(link, said, 8.0)


def test_frames_before_a_restart_are_known() -> None:
    original = restored(NOW - timedelta(seconds=20))
    assert original is not None
    assert original.uids == ("e:dc-1:7",)


def test_frames_of_long_before_a_restart_or_of_a_clock_since_set_back_are_not() -> None:
    assert restored(NOW - timedelta(seconds=56)) is None
    assert restored(NOW - timedelta(hours=3)) is None
    assert restored(NOW + timedelta(hours=3)) is None
