"""Which polled accounts are heard and which are lost, of one bridge; no threads, no waiting.

Hearing an account costs one assignment; all else happens in sweeps a few times a second, whose cost
depends on what was heard and what is due, not on how many accounts there are: each account stands
in one bucket, the second in which it would count as lost, and is looked at then; if it has been
heard meanwhile it moves on to a later bucket.

A centre must neither be flooded nor left blind when a network fails with all panels behind it:
- accounts of a line that is itself down or silent are not reported while that lasts: the line is;
- reports of one line are paced (a burst, then so many a minute), the longest silent and the newest
  in turn: whose line is cut later must not wait behind all those whose network has failed; who is
  heard again before his turn has come is not reported at all;
- many of a line's accounts within a minute are a condition of their own, told at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from ..clock import to_iso, utc_now
from ..conditions import Conditions
from ..config import SupervisionSettings
from ..directory import Change, Identity
from ..journal import Append
from ..keys import normal_account
from ..lines import Line
from ..metrics import Metrics
from ..signal import Draft
from .last_seen import Batch, Key, Seen, group_scope, receiver_scope
from .rules import Pace, carried_silence, deadline, is_mass, silence_limit
from .watched import (
    GONE,
    LOST,
    RETURNING,
    SUSPECT,
    TELLING,
    WAITING,
    Scope,
    Tell,
    Watched,
    WatchedLine,
)

MASS_LOSS: Final = "accounts_lost"
MEMORY: Final = "lost "
"""How the names begin under which the journal remembers what has been reported as lost; the
receiver group and the account follow."""


_LOOK_AGAIN: Final = 10.0
_RETURNS_A_SWEEP: Final = 20
_QUEUE_A_SWEEP: Final = 2000
_VISITS_A_SWEEP: Final = 1500
_MOST_STRANGERS: Final = 20_000
_MOST_KEPT: Final = 200_000
_OTHERS_CLOCK: Final = 1.0


class AccountWatch:
    """For one thread, the event loop's. ``knows``: whether an account (normalised) is on file for
    a line. ``holds``: whether this bridge is the one that reports on a line. ``shared``: other
    bridges hear the same accounts, and tell the shared store at most ``lag`` seconds later.
    """

    def __init__(
        self,
        lines: Iterable[tuple[Line, Tell]],
        settings: SupervisionSettings,
        metrics: Metrics,
        conditions: Conditions,
        now: float,
        knows: Callable[[str, str], bool] = lambda receiver, account: False,
        holds: Callable[[str], bool] = lambda receiver: True,
        shared: bool = False,
        lag: float = 0.0,
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._conditions = conditions
        self._knows = knows
        self._holds = holds
        self._shared = shared
        self._lag = lag
        self._now = now
        self._tick = int(now)
        self._scopes: dict[str, Scope] = {}
        self._lines: dict[str, WatchedLine] = {}
        self._buckets: dict[int, list[Watched]] = {}
        self._open: deque[tuple[int, list[Watched]]] = deque()
        self._batch: dict[Key, tuple[str, float]] = {}
        self._strangers: set[Key] = set()
        self._orphans: set[Identity] = set()
        self._complete = False
        self._groups: Mapping[str, str] = {}
        for line, tell in lines:
            self.add_line(line, tell, now)

    # --- the lines there are

    def add_line(self, line: Line, tell: Tell, now: float) -> None:
        """A line is there, or is another object than before: what is known of a name stays."""
        known = self._lines.get(line.name)
        if known is not None:
            known.line, known.tell = line, tell
            return
        group = self._groups.get(line.name)
        scope = self._scope_of(line.name, group)
        pace = Pace(self._settings.burst, self._settings.per_minute)
        self._lines[line.name] = watched = WatchedLine(line, tell, scope, pace, now)
        scope.lines.append(watched)
        self._place(scope)

    def remove_line(self, receiver: str) -> None:
        """A line is no more; its accounts may still call on the others of its group."""
        line = self._lines.pop(receiver, None)
        if line is not None:
            line.scope.lines.remove(line)
            self._place(line.scope)

    def adjust(self, settings: SupervisionSettings) -> None:
        """Go on with other settings."""
        self._settings = settings
        for line in self._lines.values():
            line.pace = Pace(settings.burst, settings.per_minute)

    def heard(self, receiver: str, account: str, now: float) -> None:
        """A good frame of an account (as on the wire) has come on a line."""
        line = self._lines.get(receiver)
        if line is not None:
            line.recent[account] = now

    # --- what is known of accounts

    def set_groups(self, groups: Mapping[str, str]) -> None:
        """``groups``: receiver -> receiver group; within one group an account is one panel,
        whichever line it calls on."""
        self._groups = groups
        moved: set[Scope] = set()
        for line in self._lines.values():
            scope = self._scope_of(line.name, groups.get(line.name))
            if scope is not line.scope:
                moved |= {scope, line.scope}
                line.scope.lines.remove(line)
                scope.lines.append(line)
                line.scope = scope
        for scope in moved:
            self._place(scope)

    def change(self, changes: Iterable[Change], complete: bool) -> None:
        """Take up intervals as they are in Odoo. ``complete``: all accounts are known by now."""
        self._complete = complete
        for (group, account), interval in changes:
            scope = self._scope(group_scope(group), group)
            item = scope.watched.get(account)
            if not interval:
                if item is not None:
                    self._drop(item)
            elif item is None:
                self._add(scope, account, interval)
            elif item.interval != interval:
                item.interval = interval
                if item.state in (WAITING, SUSPECT):
                    self._wait(item)

    def restore_lost(self, names: Iterable[str]) -> None:
        """Take up what the journal remembers as reported."""
        for identity in filter(None, map(_identity, names)):
            item = self._find(identity)
            if item is None:
                self._orphans.add(identity)
            elif item.state in (WAITING, SUSPECT):
                self._set(item, LOST)

    def restore_seen(
        self,
        rows: Callable[[str], Iterator[tuple[str, Seen]]],
        listened: Mapping[str, tuple[float, float]],
    ) -> None:
        """Take up what was heard before a start; ``rows`` gives a scope's accounts."""
        grace = self._settings.grace
        for scope in self._scopes.values():
            if not scope.watched:
                continue
            for account, seen in rows(scope.name):
                item = scope.watched.get(account)
                if item is None or item.heard:
                    continue
                line = self._lines.get(seen.receiver)
                if line is not None and line.scope is scope:
                    self._put_on(item, line)
                    item.heard = True
                silence = carried_silence(
                    seen.age, listened.get(seen.receiver), item.interval, grace
                )
                item.seen = self._now - item.listening.missed - silence
                if item.state == WAITING:
                    self._wait(item)

    # --- a few times a second

    def sweep(self, now: float) -> list[Watched]:
        """Take up what was heard, look at what is due, report what is lost and what is back.

        Gives the accounts that other bridges may have heard: to be asked for in the shared store
        and handed to :meth:`checked`.
        """
        self._now = now
        for line in self._lines.values():
            line.listening.look(now, line.line.state == "online")
            if line.held and not self._holds(line.name):
                line.held = False
            self._take_heard(line)
        for scope in self._scopes.values():
            scope.look(now)
        due = self._due()
        if not self._shared:
            self.suspect(due)
        for line in self._lines.values():
            self._tell_returned(line)
            self._tell_lost(line)
            self._measure(line)
        self._tell_orphans()
        self._say_mass()
        return due if self._shared else []

    def unheld(self) -> list[str]:
        """Lines that this bridge has come to speak for, and does not yet: see :meth:`take_over`."""
        return [
            line.name for line in self._lines.values() if not line.held and self._holds(line.name)
        ]

    def take_over(self, receivers: Iterable[str], names: Iterable[str]) -> None:
        """From now on this bridge reports on these lines; ``names``: what the journal remembers of
        what others have reported."""
        lost = set(filter(None, map(_identity, names)))
        self._orphans = {identity for identity in lost if self._find(identity) is None}
        for receiver in receivers:
            line = self._lines[receiver]
            line.held = True
            line.listening.begin_anew(self._now)
            for item in line.scope.watched.values():
                if item.line is not line:
                    continue
                group = line.scope.group
                reported = group is not None and (group, item.account) in lost
                if reported and item.state in (WAITING, SUSPECT):
                    self._set(item, LOST)
                elif not reported and item.state == LOST:
                    self._wait(item)

    def suspect(self, items: Iterable[Watched]) -> None:
        """These are lost, whoever is asked; they are reported when it is their turn."""
        for item in items:
            if item.state == GONE or item.line is None:
                continue
            self._set(item, SUSPECT)
            item.line.queue.append(item)
            suspected = item.line.suspected
            if suspected and suspected[-1][0] == self._now:
                suspected[-1] = (self._now, suspected[-1][1] + 1)
            else:
                suspected.append((self._now, 1))

    def checked(self, items: Sequence[Watched], found: Mapping[Key, Seen] | None) -> None:
        """What the shared store said of these; None: it did not answer, so nothing is certain."""
        certain = []
        for item in items:
            if item.state != WAITING or item.tick != -1:
                continue
            if found is None:
                self._put(item, self._now + _LOOK_AGAIN)
                continue
            self._heard_elsewhere(item, found.get(item.key))
            if self._deadline(item) > self._now:
                self._wait(item)
            else:
                certain.append(item)
        self.suspect(certain)

    def lost(self) -> list[Watched]:
        """Accounts reported as lost on lines that this bridge speaks for."""
        if not any(line.held and line.states[LOST] for line in self._lines.values()):
            return []
        return [
            item
            for scope in self._scopes.values()
            for item in scope.watched.values()
            if item.state == LOST and item.line is not None and item.line.held
        ]

    def lost_checked(self, items: Sequence[Watched], found: Mapping[Key, Seen]) -> None:
        """Who of the lost has been heard by another bridge is back."""
        for item in items:
            if item.state == LOST and self._heard_elsewhere(item, found.get(item.key)):
                assert item.line is not None
                item.line.returned.append(item)

    # --- for the disk

    @property
    def waiting(self) -> int:
        """How many accounts the next batch has so far."""
        return len(self._batch)

    def take_batch(self, now: float) -> Batch:
        """What was heard since the last time, for the store."""
        heard, self._batch = self._batch, {}
        seen = {key: Seen(receiver, now - at) for key, (receiver, at) in heard.items()}
        for line in self._lines.values():
            if line.line.heard is not None and line.line.last_frame_at is not None:
                age = max(0.0, now - line.line.heard)
                seen[receiver_scope(line.name), ""] = Seen(line.name, age)
        listening = tuple(line.name for line in self._lines.values() if line.listening.on)
        return Batch(seen, listening, self._settings.grace)

    def put_back(self, batch: Batch, taken: float) -> None:
        """It could not be written (its ages are as of ``taken``): the next batch has it too."""
        for key, seen in batch.seen.items():
            if len(self._batch) >= _MOST_KEPT:
                break
            self._batch.setdefault(key, (seen.receiver, taken - seen.age))

    # --- inside

    def _scope(self, name: str, group: str | None) -> Scope:
        scope = self._scopes.get(name)
        if scope is None:
            scope = self._scopes[name] = Scope(name, group, self._now)
        return scope

    def _scope_of(self, receiver: str, group: str | None) -> Scope:
        name = receiver_scope(receiver) if group is None else group_scope(group)
        return self._scope(name, group)

    def _place(self, scope: Scope) -> None:
        """The scope has other lines than before: nobody stays on one that is none of them."""
        for item in scope.watched.values():
            if item.line is None or item.line not in scope.lines:
                self._put_on(item, scope.lines[0] if scope.lines else None)
                item.heard = False
            if item.state in (WAITING, SUSPECT):
                self._wait(item)

    def _find(self, identity: Identity) -> Watched | None:
        group, account = identity
        scope = self._scopes.get(group_scope(group))
        return scope.watched.get(account) if scope else None

    def _add(self, scope: Scope, account: str, interval: float) -> None:
        item = scope.watched[account] = Watched(account, scope, interval)
        self._put_on(item, scope.lines[0] if scope.lines else None)
        item.seen = self._now - item.listening.missed
        identity = (scope.group or "", account)
        if identity in self._orphans:
            self._orphans.discard(identity)
            self._set(item, LOST)
        else:
            self._wait(item)

    def _drop(self, item: Watched) -> None:
        del item.scope.watched[item.account]
        if item.state == LOST:
            self._orphans.add((item.scope.group or "", item.account))
        self._put_on(item, None)
        item.state, item.tick = GONE, -1

    def _put_on(self, item: Watched, line: WatchedLine | None) -> None:
        if item.line is line:
            return
        if item.line is not None:
            item.line.states[item.state] -= 1
        if line is not None:
            line.states[item.state] += 1
        item.line = line

    def _set(self, item: Watched, state: int) -> None:
        if item.line is not None:
            item.line.states[item.state] -= 1
            item.line.states[state] += 1
        item.state = state

    def _wait(self, item: Watched) -> None:
        """Put it into the bucket of the second in which it would be lost."""
        if item.state != WAITING:
            self._set(item, WAITING)
        if item.line is None:
            item.tick = -1
            return
        self._put(item, self._deadline(item))

    def _deadline(self, item: Watched) -> float:
        listening = item.listening
        seen = item.seen + listening.missed + self._lag
        return deadline(seen, item.interval, listening.since, self._settings.grace)

    def _put(self, item: Watched, at: float) -> None:
        item.tick = max(int(at), self._tick) + 1
        bucket = self._buckets.get(item.tick)
        if bucket is None:
            self._buckets[item.tick] = [item]
        else:
            bucket.append(item)

    def _take_heard(self, line: WatchedLine) -> None:
        if not line.recent:
            return
        recent, line.recent = line.recent, {}
        scope, missed, batch = line.scope, line.listening.missed, self._batch
        for raw, at in recent.items():
            account = normal_account(raw)
            item = scope.watched.get(account)
            if item is None:
                if not self._is_welcome(line.name, (scope.name, account)):
                    continue
            else:
                if item.line is not line:
                    self._put_on(item, line)
                item.heard = True
                item.seen = at - missed
                if item.state == SUSPECT:
                    self._wait(item)
                elif item.state == LOST:
                    line.returned.append(item)
            batch[scope.name, account] = (line.name, at)

    def _is_welcome(self, receiver: str, key: Key) -> bool:
        """Accounts without supervision are kept too, but of those that nobody knows so many only:
        a stranger may call with any number."""
        if key in self._strangers or self._knows(receiver, key[1]):
            return True
        if len(self._strangers) >= _MOST_STRANGERS:
            return False
        self._strangers.add(key)
        return True

    def _due(self) -> list[Watched]:
        """Whose time has run out; the others of their buckets move on. After a start all accounts
        stand in one bucket: the loop that acknowledges must not wait for all of them."""
        last, self._tick = self._tick, int(self._now)
        for tick in range(last + 1, self._tick + 1):
            bucket = self._buckets.pop(tick, None)
            if bucket is not None:
                self._open.append((tick, bucket))
        found: list[Watched] = []
        left = _VISITS_A_SWEEP
        while self._open and left > 0:
            tick, bucket = self._open[0]
            visited = bucket[-left:]
            del bucket[-left:]
            left -= len(visited)
            if not bucket:
                self._open.popleft()
            found += [item for item in visited if self._visit(item, tick)]
        return found

    def _visit(self, item: Watched, tick: int) -> bool:
        """Whether this account's time has run out; else it is put where it belongs."""
        if item.tick != tick or item.state != WAITING or item.line is None:
            return False
        at = self._deadline(item)
        if at > self._now:
            self._put(item, at)
        elif not item.listening.on or not item.line.held:
            self._put(item, self._now + _LOOK_AGAIN)
        else:
            item.tick = -1
            return True
        return False

    def _tell_lost(self, line: WatchedLine) -> None:
        for _item in range(min(len(line.queue), _QUEUE_A_SWEEP)):
            item = line.queue.pop() if line.newest_next else line.queue.popleft()
            if item.state != SUSPECT or item.line is not line:
                continue
            if not line.held or not item.listening.on or self._deadline(item) > self._now:
                self._wait(item)
            elif line.pace.allows(self._now):
                line.newest_next = not line.newest_next
                self._tell_one_lost(line, item)
            elif line.newest_next:
                line.queue.append(item)
                return
            else:
                line.queue.appendleft(item)
                return

    def _tell_one_lost(self, line: WatchedLine, item: Watched) -> None:
        self._set(item, TELLING)
        at_that_time = item.seen
        group = item.scope.group or ""

        def done(stored: bool) -> None:
            if item.state == GONE:
                if stored:
                    self._orphans.add((group, item.account))
                return
            back = item.seen != at_that_time
            if stored:
                self._set(item, LOST)
                if back and item.line is not None:
                    item.line.returned.append(item)
            elif back or item.line is None:
                self._wait(item)
            else:
                self._set(item, SUSPECT)
                item.line.queue.append(item)

        text = f"not heard for more than {silence_limit(item.interval):g} s"
        self._tell(line, (group, item.account), "new", text, done)

    def _tell_returned(self, line: WatchedLine) -> None:
        if not line.held:
            # Whoever holds the line finds out by the shared store; we, once we have taken it over.
            if not self._holds(line.name):
                line.returned.clear()
            return
        for _item in range(min(len(line.returned), _RETURNS_A_SWEEP)):
            item = line.returned.popleft()
            if item.state == LOST:
                self._tell_one_returned(line, item)

    def _tell_one_returned(self, line: WatchedLine, item: Watched) -> None:
        self._set(item, RETURNING)
        identity = (item.scope.group or "", item.account)

        def done(stored: bool) -> None:
            if item.state == GONE:
                if not stored:
                    self._orphans.add(identity)
            elif stored:
                self._wait(item)
            else:
                self._set(item, LOST)
                line.returned.append(item)

        self._tell(line, identity, "restore", "heard again", done)

    def _tell_orphans(self) -> None:
        """What is reported as lost and is supervised no longer would stay lost for ever."""
        if not self._complete:
            return
        for identity in list(islice(self._orphans, _RETURNS_A_SWEEP)):
            scope = self._scopes.get(group_scope(identity[0]))
            line = next((line for line in scope.lines if line.held), None) if scope else None
            if line is None:
                continue
            self._orphans.discard(identity)

            def done(stored: bool, identity: Identity = identity) -> None:
                if not stored:
                    self._orphans.add(identity)

            self._tell(line, identity, "restore", "no longer supervised", done)

    def _tell(
        self,
        line: WatchedLine,
        identity: Identity,
        qualifier: str,
        text: str,
        done: Callable[[bool], None],
    ) -> None:
        now = to_iso(utc_now())
        draft = Draft(
            receiver=line.name,
            format=line.line.format,
            kind="supervision",
            source=line.line.address,
            received_at=now,
            account=identity[1],
            code_system="bridge",
            code="lost",
            qualifier=qualifier,
            text=text,
        )
        memory = (f"{MEMORY}{identity[0]} {identity[1]}", now if qualifier == "new" else None)
        line.tell(Append((draft,), remember=(memory,)), done)

    def _heard_elsewhere(self, item: Watched, seen: Seen | None) -> bool:
        """Whether another bridge has heard it later than we have; then it is taken over."""
        line = self._lines.get(seen.receiver) if seen is not None else None
        if seen is None or line is None or line.scope is not item.scope:
            return False
        at = self._now - seen.age
        if at - line.listening.missed <= item.seen + _OTHERS_CLOCK:
            return False
        self._put_on(item, line)
        item.heard, item.seen = True, at - line.listening.missed
        return True

    def _measure(self, line: WatchedLine) -> None:
        self._metrics.supervised.labels(line.name).set(line.supervised())
        self._metrics.lost.labels(line.name).set(line.states[LOST] + line.states[RETURNING])
        self._metrics.lost_untold.labels(line.name).set(line.states[SUSPECT] + line.states[TELLING])

    def _say_mass(self) -> None:
        said = []
        for line in self._lines.values():
            lately, supervised = line.suspected_lately(self._now), line.supervised()
            waiting = line.states[SUSPECT]
            mass = is_mass(lately, supervised, self._settings.mass_share)
            line.mass = mass or (line.mass and waiting > 0)
            if line.mass:
                lost = waiting + line.states[TELLING] + line.states[LOST]
                said.append(
                    f"{line.name}: {lost} of {supervised} supervised accounts are not heard any"
                    f" more, {waiting} of them still to be reported one by one"
                )
        if said:
            self._conditions.set(MASS_LOSS, "; ".join(said))
        else:
            self._conditions.clear(MASS_LOSS)


def _identity(name: str) -> Identity | None:
    """Receiver group and account of a remembered name; a group's name may hold blanks."""
    group, blank, account = name.removeprefix(MEMORY).rpartition(" ")
    return (group, account) if blank else None
