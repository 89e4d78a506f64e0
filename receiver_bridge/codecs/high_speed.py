"""Ademco high speed: a panel's nine channels, each with one digit that says how it is.

1 alarm, 2 opening, 3 restore, 4 closing, 5 normal, 6 outstanding (as SpanDSP
gives them). Receivers print the digits as two groups of four and one.
"""

from __future__ import annotations

from typing import Final

from receiver_bridge.codecs.base import Event

__all__ = ["SYSTEM", "channel_events", "channel_reports"]

SYSTEM: Final = "ademco-hs"
NORMAL: Final = "5"
"""What a channel reports that has nothing to report."""


def channel_events(reports: str) -> tuple[Event, ...]:
    """The events of the channels; one without a channel where all are normal."""
    told = [(number, code) for number, code in enumerate(reports, start=1) if code != NORMAL]
    if not told:
        return (Event(SYSTEM, NORMAL),)
    return tuple(
        Event(SYSTEM, code, zone=str(number), address=str(number)) for number, code in told
    )


def channel_reports(event: Event) -> str:
    """``NNNN NNNN N`` with one channel's code, all others normal."""
    channel = int(event.address or "1")
    if not 1 <= channel <= 9:
        raise ValueError(f"Ademco high speed channel {channel}; allowed: 1 to 9")
    codes = "".join(event.code if number == channel else NORMAL for number in range(1, 10))
    return f"{codes[:4]} {codes[4:8]} {codes[8]}"
