"""What changes between two configurations, and what cannot change while the bridge runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from .config import Config, Mistake, ReceiverSettings

_ADJUSTABLE: Final = (
    "allow",
    "max_connections",
    "max_connections_per_address",
    "idle_timeout",
    "frame_timeout",
    "dead_peer_timeout",
    "frames_per_second",
    "bytes_per_second",
    "tls",
    "capture",
)
"""What an open door takes over without closing a connection."""


@dataclass(frozen=True, slots=True)
class Change:
    """Receivers by what is done with them; those that are in none stay untouched."""

    added: tuple[ReceiverSettings, ...]
    reopened: tuple[ReceiverSettings, ...]
    adjusted: tuple[ReceiverSettings, ...]
    removed: tuple[str, ...]

    def __str__(self) -> str:
        parts = (
            ("added", [item.name for item in self.added]),
            ("opened anew", [item.name for item in self.reopened]),
            ("adjusted", [item.name for item in self.adjusted]),
            ("removed", list(self.removed)),
        )
        said = "; ".join(f"{what} {', '.join(names)}" for what, names in parts if names)
        return said or "every receiver as before"


def compare(old: Config, new: Config) -> Change:
    """What has to be done with each receiver."""
    before = {item.name: item for item in old.receivers}
    changed = [item for item in new.receivers if before.get(item.name, item) != item]
    adjusted = [item for item in changed if _only_adjusted(before[item.name], item)]
    return Change(
        added=tuple(item for item in new.receivers if item.name not in before),
        reopened=tuple(item for item in changed if item not in adjusted),
        adjusted=tuple(adjusted),
        removed=tuple(name for name in before if name not in {r.name for r in new.receivers}),
    )


def fixed_while_running(path: Path, old: Config, new: Config) -> list[Mistake]:
    """A mistake for each value that only a restart can change. ``path`` is the file's."""
    fixed: tuple[tuple[str, Any, Any], ...] = (
        ("name", old.name, new.name),
        ("journal", old.journal, new.journal),
        ("state_dir", old.state_dir, new.state_dir),
        (
            "supervision.write_interval",
            old.supervision.write_interval,
            new.supervision.write_interval,
        ),
    )
    return [
        Mistake(path, key, f"a change to {after!r}", f"{before!r} until the bridge is restarted")
        for key, before, after in fixed
        if before != after
    ]


def _only_adjusted(before: ReceiverSettings, after: ReceiverSettings) -> bool:
    # Between encrypted and not, nobody may stay on as before.
    if (before.tls is None) != (after.tls is None):
        return False
    return replace(before, **{name: getattr(after, name) for name in _ADJUSTABLE}) == after
