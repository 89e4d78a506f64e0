"""What is kept of each supervised account, of its space of numbers and of its line."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from ..journal import Append
from ..lines import Line
from .last_seen import Key
from .listening import Listening
from .rules import MASS_PERIOD, Pace

WAITING: Final = 0
"""It is heard in time, as far as we know; its bucket says when to look."""

SUSPECT: Final = 1
"""It is lost and waits for its turn to be reported."""

TELLING: Final = 2
"""That it is lost is on its way to the disk."""

LOST: Final = 3
"""It is reported as lost."""

RETURNING: Final = 4
"""That it is back is on its way to the disk."""

GONE: Final = 5
"""It is supervised no longer."""

Tell = Callable[[Append, Callable[[bool], None]], None]
"""Appends to the journal; the second argument is told whether it is on disk."""


class Watched:
    """One supervised account. ``seen``: by its line's own clock (:class:`.listening.Listening`);
    ``tick``: the bucket it stands in; ``heard``: false while nobody ever heard it."""

    __slots__ = ("account", "heard", "interval", "line", "scope", "seen", "state", "tick")

    def __init__(self, account: str, scope: Scope, interval: float) -> None:
        self.account = account
        self.scope = scope
        self.interval = interval
        self.line: WatchedLine | None = None
        self.seen = 0.0
        self.state = WAITING
        self.tick = -1
        self.heard = False

    @property
    def key(self) -> Key:
        return self.scope.name, self.account

    @property
    def listening(self) -> Listening:
        """Whose silence counts: the line's on which it was heard last, else of all it may use."""
        return self.line.listening if self.heard and self.line else self.scope.listening


class Scope:
    """A space of accounts and the lines on which they may call."""

    def __init__(self, name: str, group: str | None, now: float) -> None:
        self.name = name
        self.group = group
        self.lines: list[WatchedLine] = []
        self.listening = Listening(now)
        self.watched: dict[str, Watched] = {}

    def look(self, now: float) -> None:
        on = bool(self.lines) and all(line.listening.on for line in self.lines)
        self.listening.look(now, on)


class WatchedLine:
    """One receiver line. ``recent``: account as on the wire -> when it was heard, since the last
    sweep. ``held``: this bridge reports what is lost on it."""

    def __init__(self, line: Line, tell: Tell, scope: Scope, pace: Pace, now: float) -> None:
        self.line = line
        self.tell = tell
        self.scope = scope
        self.pace = pace
        self.listening = Listening(now)
        self.recent: dict[str, float] = {}
        self.held = False
        self.states: Counter[int] = Counter()
        self.queue: deque[Watched] = deque()
        self.newest_next = False
        self.returned: deque[Watched] = deque()
        self.suspected: deque[tuple[float, int]] = deque()
        self.mass = False

    @property
    def name(self) -> str:
        return self.line.name

    def supervised(self) -> int:
        return sum(self.states.values())

    def suspected_lately(self, now: float) -> int:
        while self.suspected and self.suspected[0][0] < now - MASS_PERIOD:
            self.suspected.popleft()
        return sum(number for _at, number in self.suspected)
