"""From verdicts and what is open to what has to be written. Pure, one pass, in order of arrival."""

from dataclasses import dataclass, field


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
    """An incident (``id``), or one to be made (``id`` 0). ``closed``: it has been dealt with."""

    key: str
    id: int = 0
    closed: bool = False
    first: Item | None = None
    priority: str = "5"
    traces: set = field(default_factory=set)

    @property
    def has_risen(self):
        """Whether a later signal was more urgent than the one that made the matter."""
        return self.first is not None and self.priority < self.first.verdict.priority


@dataclass(frozen=True, slots=True)
class Link:
    matter: Matter
    item: Item
    role: str


@dataclass(slots=True)
class Plan:
    new: list = field(default_factory=list)
    links: list = field(default_factory=list)
    decisions: dict = field(default_factory=dict)  # signal id -> decision
    raised: list = field(default_factory=list)  # existing matters whose priority rises


# The link's role -> what the signal's decision says.
_DECISION = {"alarm": "incident", "restore": "restored", "cancel": "cancelled", "repeat": "repeat"}


def make_plan(items, open_matters, originals):
    """Decide all items.

    :param items: in order of arrival; only verdicts that are pending
    :param open_matters: key -> Matter of every open incident the items may join
    :param originals: uid -> Matter (closed or not) or None, for the uids that items repeat:
        None when the original is known and made no incident; absent when it is not known
    """
    plan = Plan()
    matters = dict(open_matters)
    originals = dict(originals)
    for item in items:
        role, matter = _place(item, matters, originals)
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
        if matter.id == 0 and matter.first is None:
            matter.first = item
            matters[matter.key] = matter
            plan.new.append(matter)
        if role == "alarm":
            _rise(plan, matter, item)
        plan.links.append(Link(matter, item, role))
        plan.decisions[item.facts.signal_id] = _DECISION[role]
        originals[item.facts.uid] = matter
    return plan


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
    """Whether a restore belongs to something that the open incident holds: the same place with the
    same class, or the very code that it restores at the same place."""
    facts, verdict = item.facts, item.verdict
    return any(
        trace.panel_id == facts.panel_id
        and trace.address == facts.address
        and (trace.event_class == verdict.event_class or trace.code_id in verdict.restores)
        for trace in matter.traces
    )


def _rise(plan, matter, item):
    facts, verdict = item.facts, item.verdict
    matter.traces.add(Trace(facts.panel_id, facts.address, verdict.code_id, verdict.event_class))
    if verdict.priority < matter.priority:
        matter.priority = verdict.priority
        if matter.id and matter not in plan.raised:
            plan.raised.append(matter)
