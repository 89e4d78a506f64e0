"""What the signals of a test say of the ways they came by, and of supervision. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Path:
    """Figures of one path; ``delay`` None as long as the panel sent no time of its own."""

    first: datetime
    last: datetime
    count: int = 0
    delay: float | None = None
    delivery: float = 0.0
    strength: str = ""
    format: str = ""


def by_path(signals):
    """(panel id, path) -> Path of these signals (`wire.Wired`)."""
    paths = {}
    for wired in signals:
        if not wired.walks:
            continue
        key = (wired.sighting.panel_id, wired.path)
        at = wired.sighting.at
        known = paths.get(key) or Path(at, at)
        paths[key] = merge(
            known,
            Path(at, at, 1, wired.delay, wired.delivery, wired.strength, wired.format),
        )
    return paths


def merge(one, other):
    """Both together, ``other`` being the later one.

    >>> t = datetime(2026, 1, 1)
    >>> merge(Path(t, t, 1, None, 0.5), Path(t, t, 2, 3.0, 0.1)).delay
    3.0
    """
    delays = [delay for delay in (one.delay, other.delay) if delay is not None]
    return Path(
        min(one.first, other.first),
        max(one.last, other.last),
        one.count + other.count,
        max(delays, key=abs, default=None),
        max(one.delivery, other.delivery),
        other.strength or one.strength,
        other.format or one.format,
    )


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of the supervision of a panel. ``interval``: seconds, 0 where it is not polled;
    ``reports``: whether it sends test reports by itself; ``watched``: whether a bridge that serves
    its receivers is at work and is told to miss it."""

    interval: int = 0
    reports: bool = False
    first_heard: datetime | None = None
    lost: datetime | None = None
    back: datetime | None = None
    report: datetime | None = None
    watched: bool = False

    @property
    def required(self):
        return bool(self.interval or self.reports)

    def proof(self, now):
        """``(kind, when)`` of what shows that silence would be noticed, ("", None) for nothing.

        The least is "interval": no loss was reported in that time. Bridges say which panel they
        miss, not which they hear, so this alone does not show that one would be missed; and it is
        worth nothing when no bridge was looking.
        """
        if self.lost and self.back:
            return "silence", self.back
        if self.report:
            return "report", self.report
        if self.watched and self.interval and self.first_heard and not self.lost:
            over = self.first_heard + timedelta(seconds=self.interval)
            if now >= over:
                return "interval", over
        return "", None


def watch(known, signals):
    """What further signals of the panel (`wire.Wired`, oldest first) add."""
    for wired in signals:
        at, role = wired.sighting.at, wired.sighting.role
        if (wired.code_system, wired.code) == ("bridge", "lost"):
            if role == "restore" and known.lost:
                known = replace(known, back=known.back or at)
            elif role == "alarm":
                known = replace(known, lost=known.lost or at)
        elif wired.walks:
            known = replace(known, first_heard=known.first_heard or at)
            if wired.sighting.event_class == "test":
                known = replace(known, report=known.report or at)
    return known
