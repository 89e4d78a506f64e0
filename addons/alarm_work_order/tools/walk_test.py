"""What the signals of a walk test say: which line of the matrix is ticked, and what is not as it
was drawn. Pure: everything known arrives in the arguments.

A line stands for one zone (or a whole panel) and the event that is expected of it. It is passed
when that event was seen and, where one is expected, its restore, too. Whoever tests may say which
line comes next; then whatever else arrives instead is a mistake in the wiring or the programming.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

# Detector type -> classes of events that it may report; the first one is what a line names.
EXPECTED = {
    "contact": ("burglary",),
    "motion": ("burglary",),
    "glass_break": ("burglary",),
    "vibration": ("burglary",),
    "beam": ("burglary",),
    "video": ("burglary",),
    "hold_up": ("panic",),
    "medical": ("medical",),
    "smoke": ("fire",),
    "heat": ("fire",),
    "manual_call_point": ("fire",),
    "gas": ("fire", "other", "supervisory"),
    "water": ("other", "fire", "supervisory"),
    "tamper": ("tamper", "burglary"),
}

# What is pressed, not opened, is often not taken back by the panel.
WITHOUT_RESTORE = frozenset({"hold_up", "medical", "video"})

# Classes of which any sign of life is what is expected, not an alarm.
REPORTS = frozenset({"test", "open_close", "access", "bypass", "system"})

# So long after its alarm a line may wait for its restore before it is called missing.
RESTORE_GRACE = timedelta(minutes=2)

# So long what is announced as next is waited for.
AWAITED_FOR = timedelta(minutes=5)

STATES = ("pending", "seen", "restored", "missing_restore", "wrong", "waived")
KINDS = (
    "unknown_zone",
    "unexpected_zone",
    "wrong_number",
    "wrong_area",
    "wrong_event",
    "unknown_code",
    "missing_restore",
)


def expected_classes(detector_type):
    """Classes of events that a detector may report; empty where any will do.

    >>> expected_classes("motion")
    ('burglary',)
    """
    return EXPECTED.get(detector_type, ())


def restores(detector_type):
    """Whether the end of an event of such a detector is reported as well."""
    return detector_type not in WITHOUT_RESTORE


def passed(state, restore_expected):
    """Whether nothing more is awaited of a line in this state.

    >>> passed("seen", True), passed("seen", False), passed("waived", True)
    (False, True, True)
    """
    return state in ("restored", "waived") or (state == "seen" and not restore_expected)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the matrix. ``zone_id`` is 0 for a line that is of the panel as a whole;
    ``classes`` empty where any event will do; ``area_key`` "" where the area says nothing."""

    id: int
    panel_id: int
    zone_id: int = 0
    area_key: str = ""
    classes: tuple = ()
    restore_expected: bool = True
    state: str = "pending"
    seen_at: datetime | None = None

    @property
    def passed(self):
        return passed(self.state, self.restore_expected)

    def accepts(self, event_class):
        return not self.classes or event_class in self.classes


@dataclass(frozen=True, slots=True)
class Sighting:
    """A stored signal as a walk test sees it; ids are 0 where nothing was found.

    ``role``: "alarm", "restore" or "report"; ``address``: number of the zone as sent, as a key;
    ``known``: whether its code is in the tables.
    """

    id: int
    panel_id: int
    zone_id: int = 0
    address: str = ""
    area_key: str = ""
    event_class: str = ""
    role: str = "alarm"
    known: bool = True
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """The line that is said to come next, and since when."""

    line_id: int = 0
    since: datetime | None = None

    def at(self, moment):
        """Id of the line that is awaited at a moment, 0 for none."""
        if not self.line_id or not self.since or not moment:
            return 0
        return self.line_id if self.since <= moment <= self.since + AWAITED_FOR else 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: what, which signal said it, and of which line."""

    kind: str
    sighting: Sighting | None
    line_id: int = 0


@dataclass(slots=True)
class Walked:
    """What a batch of signals came to.

    ``lines``: id -> Line of those that have changed; ``alarms`` and ``ends``: line id -> the
    Sighting that was its event, and its restore; ``healed``: ids of lines whose earlier findings
    are settled by what came now; ``findings``: new ones that stand, ``settled``: new ones that a
    later signal of the batch has settled; ``awaited``: what is still awaited afterwards.
    """

    lines: dict = field(default_factory=dict)
    alarms: dict = field(default_factory=dict)
    ends: dict = field(default_factory=dict)
    findings: list = field(default_factory=list)
    settled: list = field(default_factory=list)
    healed: set = field(default_factory=set)
    awaited: Awaited = Awaited()


def walk(lines, sightings, awaited=None):
    """Tick the lines that these signals are of.

    :param lines: all lines of one order
    :param sightings: its signals, oldest first
    :param awaited: what is said to come next
    :return: Walked
    """
    now = {line.id: line for line in lines}
    result = Walked(awaited=awaited or Awaited())
    for sighting in sightings:
        _step(now, sighting, result)
    result.lines = {line.id: now[line.id] for line in lines if now[line.id] != line}
    return result


def overdue(lines, moment):
    """Lines whose restore has not come in time, as they are from then on."""
    return [
        replace(line, state="missing_restore")
        for line in lines
        if line.state == "seen"
        and line.restore_expected
        and line.seen_at
        and moment - line.seen_at >= RESTORE_GRACE
    ]


def _step(now, sighting, result):
    on_panel = [line for line in now.values() if line.panel_id == sighting.panel_id]
    if not sighting.known:
        result.findings.append(Finding("unknown_code", sighting, _line_of(on_panel, sighting)))
        return
    whole = [line for line in on_panel if not line.zone_id and line.accepts(sighting.event_class)]
    if sighting.role == "report" or sighting.event_class in REPORTS:
        for line in whole:
            if sighting.event_class in line.classes:
                _tick(now, line, sighting, result)
        return
    if not sighting.zone_id:
        _without_zone(now, whole, sighting, result)
        return
    mine = [line for line in on_panel if line.zone_id == sighting.zone_id]
    if not mine:
        # A trouble of any zone is none of the test's business.
        if sighting.role == "alarm" and sighting.event_class != "trouble":
            awaited = result.awaited.at(sighting.at)
            kind = "wrong_number" if awaited in now else "unexpected_zone"
            _blame(now, kind, sighting, awaited, result)
        return
    if sighting.role == "restore":
        _restore(now, mine, sighting, result)
    else:
        _alarm(now, mine, sighting, result)


def _line_of(lines, sighting):
    return next((line.id for line in lines if line.zone_id and line.zone_id == sighting.zone_id), 0)


def _without_zone(now, whole, sighting, result):
    """Of the panel as a whole, or of a number that is not on file."""
    if whole and whole[0].classes:
        for line in whole:
            _tick(now, line, sighting, result)
    elif (
        sighting.address not in ("", "0")
        and sighting.role == "alarm"
        and sighting.event_class != "trouble"
    ):
        awaited = result.awaited.at(sighting.at)
        kind = "wrong_number" if awaited in now else "unknown_zone"
        _blame(now, kind, sighting, awaited, result)


def _alarm(now, mine, sighting, result):
    line = next((line for line in mine if line.accepts(sighting.event_class)), None)
    awaited = result.awaited.at(sighting.at)
    if awaited in now and awaited not in {one.id for one in mine}:
        _blame(now, "wrong_number", sighting, awaited, result)
        return
    if not line:
        # A zone may report its tamper or its trouble besides: nothing is wrong with that.
        if sighting.event_class not in ("tamper", "trouble", "supervisory"):
            _blame(now, "wrong_event", sighting, mine[0].id, result)
        return
    if line.area_key and sighting.area_key and sighting.area_key != line.area_key:
        _blame(now, "wrong_area", sighting, line.id, result)
        return
    _tick(now, line, sighting, result)


def _restore(now, mine, sighting, result):
    for line in mine:
        if (
            line.accepts(sighting.event_class)
            and line.restore_expected
            and line.state in ("seen", "missing_restore")
            and _not_before(sighting.at, line.seen_at)
        ):
            now[line.id] = replace(line, state="restored")
            result.ends[line.id] = sighting
            _heal(line.id, result)


def _tick(now, line, sighting, result):
    if result.awaited.line_id == line.id:
        result.awaited = Awaited()
    if sighting.role == "restore" and sighting.event_class not in REPORTS:
        _restore(now, [line], sighting, result)
        return
    if line.passed and line.state != "waived":
        return
    if line.state == "seen":
        # Once more, while its restore is awaited: the first one counts.
        return
    now[line.id] = replace(line, state="seen", seen_at=sighting.at)
    # What is missing is not there yet: its restore.
    if line.state != "missing_restore":
        _heal(line.id, result)
    result.alarms[line.id] = sighting
    result.ends.pop(line.id, None)


def _heal(line_id, result):
    """The right signal has come: what was found of the line before is settled."""
    result.healed.add(line_id)
    result.settled += [finding for finding in result.findings if finding.line_id == line_id]
    result.findings = [finding for finding in result.findings if finding.line_id != line_id]


def _blame(now, kind, sighting, line_id, result):
    """A finding; the line that it is of is wrong, unless it has passed before."""
    line = now.get(line_id)
    if line:
        if not line.passed:
            now[line_id] = replace(line, state="wrong")
            result.healed.discard(line_id)
        if result.awaited.line_id == line_id:
            result.awaited = Awaited()
    result.findings.append(Finding(kind, sighting, line.id if line else 0))


def _not_before(moment, other):
    return not moment or not other or moment >= other
