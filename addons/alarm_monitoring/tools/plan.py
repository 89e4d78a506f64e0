"""From verdicts and what is open to what has to be written. Pure, one pass, in order of arrival."""

from dataclasses import dataclass, field
from datetime import timedelta

from .runaway import take


@dataclass(frozen=True, slots=True)
class Item:
    """One signal to be decided: its facts and the verdict on them."""

    facts: object
    verdict: object


@dataclass(frozen=True, slots=True)
class Trace:
    """What a signal that raised an incident left there, for its restore to be recognised."""

    panel_id: int
    address: str
    code_id: int
    event_class: str


@dataclass(slots=True, eq=False)
class Matter:
    """An incident (``id``), or one to be made (``id`` 0). ``closed``: it has been dealt with.

    ``waiting``: it is not shown yet, because all that it has may wait ``delay`` seconds.
    ``unrestored``: what of its traces no restore has ended; kept for what waits only.
    ``knocks``: ``(class, panel id, address)`` -> when it was last heard of.
    """

    key: str
    id: int = 0
    closed: bool = False
    first: Item | None = None
    priority: str = "5"
    traces: set = field(default_factory=set)
    waiting: bool = False
    delay: int = 0
    completed: bool = False
    unrestored: set = field(default_factory=set)
    knocks: dict = field(default_factory=dict)
    two_knock: bool = False
    runaway: bool = False

    @property
    def is_open(self):
        """Whether it is an open incident or has just been made."""
        return not self.closed and not self.completed and bool(self.id or self.first)

    @property
    def has_risen(self):
        """Whether a later signal was more urgent than the one that made the matter."""
        return self.first is not None and self.priority < self.first.verdict.priority


@dataclass(slots=True, eq=False)
class Flood:
    """One source of signals and the matter that its flood has become; None while it is none."""

    bucket: object = None
    matter: Matter | None = None


@dataclass(frozen=True, slots=True)
class Link:
    matter: Matter
    item: Item
    role: str
    priority: str


@dataclass(slots=True)
class Plan:
    new: list = field(default_factory=list)
    links: list = field(default_factory=list)
    decisions: dict = field(default_factory=dict)  # signal id -> decision
    raised: list = field(default_factory=list)  # existing matters whose priority rises
    notes: list = field(default_factory=list)  # (matter, kind, item): what the rules found
    shown: list = field(default_factory=list)  # existing matters that wait no longer
    completed: list = field(default_factory=list)  # matters that ended by themselves
    floods: dict = field(default_factory=dict)  # source -> Flood, as it is afterwards
    unrestored: dict = field(default_factory=dict)  # (panel, address, code id) -> (item, matter)
    restored: list = field(default_factory=list)  # items that end what is unrestored


# The link's role -> what the signal's decision says.
_DECISION = {
    "alarm": "incident",
    "restore": "restored",
    "cancel": "cancelled",
    "repeat": "repeat",
    "flood": "runaway",
}


def source_of(item):
    """What a flood comes from: one code of one place of a panel."""
    return item.facts.panel_id, item.facts.address, item.verdict.code_id


def make_plan(items, open_matters, originals, floods=None):
    """Decide all items.

    :param items: in order of arrival; only verdicts that are pending
    :param open_matters: key -> Matter of every open incident the items may join
    :param originals: uid -> Matter (closed or not) or None, for the uids that items repeat:
        None when the original is known and made no incident; absent when it is not known
    :param floods: source -> Flood of what the sources of the items have sent before
    """
    plan = Plan()
    matters = dict(open_matters)
    originals = dict(originals)
    floods = dict(floods or {})
    for item in items:
        role, matter = _place(item, matters, originals)
        if role == "restore":
            _restore(plan, item)
        if matter is None:
            plan.decisions[item.facts.signal_id] = (
                "log_repeat"
                if role == "repeat"
                else "log_test"
                if item.verdict.on_test
                else "log_restore"
            )
            originals[item.facts.uid] = None
            continue
        if role == "alarm":
            role, matter = _flood(plan, item, matter, floods)
        if role == "alarm" and not matter.is_open:
            matter.first = item
            matter.delay = item.verdict.delay
            matter.waiting = matter.delay > 0
            matters[matter.key] = matter
            plan.new.append(matter)
        priority = _rise(plan, matter, item) if role == "alarm" else item.verdict.priority
        plan.links.append(Link(matter, item, role, priority))
        plan.decisions[item.facts.signal_id] = _DECISION[role]
        originals[item.facts.uid] = matter
        if matter.waiting and role in ("restore", "cancel") and _ended(item, matter, role):
            matter.completed, matter.waiting = True, False
            plan.completed.append(matter)
            del matters[matter.key]
    return plan


def _flood(plan, item, matter, floods):
    """``(role, matter)`` of an alarm after its source was asked whether it is a flood.

    What is one already joins the incident that it has become, also when somebody has dealt with
    that a short time ago. The first signal beyond the limit is an alarm still, and says so.
    """
    rule = item.verdict.runaway
    if not rule or not item.facts.panel_id:
        return "alarm", matter
    source = source_of(item)
    flood = floods.setdefault(source, Flood())
    flood.bucket = take(flood.bucket, item.facts.received_at, rule.rate, rule.burst)
    plan.floods[source] = flood
    if not flood.bucket.flooding:
        flood.matter = None
        return "alarm", matter
    if flood.matter is not None and (flood.matter is matter or not matter.is_open):
        if flood.matter.is_open or flood.matter.closed:
            return "flood", flood.matter
    flood.matter = matter
    matter.runaway = True
    plan.notes.append((matter, "runaway", item))
    return "alarm", matter


def _restore(plan, item):
    """What is unrestored no longer."""
    facts, verdict = item.facts, item.verdict
    plan.restored.append(item)
    for source, (other, _matter) in list(plan.unrestored.items()):
        if source[:2] == (facts.panel_id, facts.address) and (
            other.verdict.event_class == verdict.event_class or source[2] in verdict.restores
        ):
            del plan.unrestored[source]


def _ended(item, matter, role):
    """Whether nothing is left of what waits to be shown."""
    if role == "restore":
        matter.unrestored -= {trace for trace in matter.unrestored if _matches(item, trace)}
    return role == "cancel" or not matter.unrestored


def _place(item, matters, originals):
    """``(role, matter)``; matter None: nothing open that the signal belongs to."""
    verdict, facts = item.verdict, item.facts
    role = verdict.role
    if role.startswith("repeat_"):
        original = originals.get(facts.repeat_of)
        if facts.repeat_of in originals and not (original and original.closed):
            return "repeat", original
        # The record it repeats never arrived: then this is the only copy there is. Or somebody has
        # dealt with it meanwhile: who says the same again after that may well mean it.
        role = role.removeprefix("repeat_")
    matter = matters.get(verdict.key)
    if role == "alarm":
        return role, matter or Matter(verdict.key)
    if matter and (role == "cancel" or _ends(item, matter)):
        return role, matter
    return role, None


def _ends(item, matter):
    """Whether a restore belongs to something that the open incident holds."""
    return any(_matches(item, trace) for trace in matter.traces)


def _matches(item, trace):
    """The same place with the same class, or the very code that is restored at the same place."""
    facts, verdict = item.facts, item.verdict
    return (
        trace.panel_id == facts.panel_id
        and trace.address == facts.address
        and (trace.event_class == verdict.event_class or trace.code_id in verdict.restores)
    )


def _rise(plan, matter, item):
    """Count an alarm in its matter; the priority with which it does."""
    facts, verdict = item.facts, item.verdict
    trace = Trace(facts.panel_id, facts.address, verdict.code_id, verdict.event_class)
    matter.traces.add(trace)
    matter.unrestored.add(trace)
    if verdict.restorable:
        plan.unrestored.setdefault(source_of(item), (item, matter))
    priority = verdict.priority
    if _knocks_twice(matter, item):
        priority = min(priority, verdict.two_knock.priority or "1")
        matter.two_knock = True
        plan.notes.append((matter, "two_knock", item))
    if priority < matter.priority:
        matter.priority = priority
        if matter.id and matter not in plan.raised:
            plan.raised.append(matter)
    if matter.waiting and (not verdict.delay or matter.two_knock):
        matter.waiting = False
        if matter.id:
            plan.shown.append(matter)
    return priority


def _knocks_twice(matter, item):
    """Whether, with this alarm, enough different places were heard of within the time."""
    facts, rule = item.facts, item.verdict.two_knock
    if not rule or not facts.address or not facts.received_at:
        return False
    event_class = item.verdict.event_class
    place = (event_class, facts.panel_id, facts.address)
    matter.knocks[place] = max(facts.received_at, matter.knocks.get(place, facts.received_at))
    if matter.two_knock:
        return False
    since = facts.received_at - timedelta(seconds=rule.seconds)
    heard = [at for (klass, *_where), at in matter.knocks.items() if klass == event_class]
    return sum(at >= since for at in heard) >= rule.count
