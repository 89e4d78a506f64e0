"""What must be there before an incident is closed. Pure: facts in, names of what is missing out."""

from dataclasses import dataclass, field

PARTIES = [
    ("customer", "Customer"),
    ("police", "Police"),
    ("fire", "Fire Brigade"),
    ("medical", "Ambulance"),
    ("insurer", "Insurer"),
    ("other", "Other"),
]


@dataclass(frozen=True, slots=True)
class Facts:
    """``open_steps``: mandatory steps that are not done; ``required``: parties that the resolution
    asks to be told; ``told``: parties that were, or need not be for a stated reason;
    ``overruled``: a supervisor says in the note why the doubt that a wrong word leaves is none."""

    resolution_kind: str = ""
    open_steps: int = 0
    unacknowledged: int = 0
    passcode_asked: bool = False
    passcode_result: str = ""
    note: str = ""
    note_required: bool = False
    dispatched: bool = False
    finding: str = ""
    overruled: bool = False
    required: tuple = ()
    told: frozenset = field(default_factory=frozenset)
    loss_required: bool = False
    loss: str = ""


def missing(facts):
    """What is missing, in the order in which it is best done.

    >>> missing(Facts(resolution_kind="false", unacknowledged=2))
    ['signals']
    """
    lacking = []
    if facts.open_steps:
        lacking.append("steps")
    if facts.unacknowledged:
        lacking.append("signals")
    if facts.passcode_asked and not facts.passcode_result:
        lacking.append("passcode")
    if facts.dispatched and not facts.finding:
        lacking.append("finding")
    if not facts.resolution_kind:
        return [*lacking, "resolution"]
    if contradicts(facts.resolution_kind, facts.finding):
        lacking.append("contradiction")
    if doubtful(facts) and not facts.overruled:
        lacking.append("doubt")
    if facts.note_required and not facts.note.strip():
        lacking.append("note")
    lacking += [party for party in facts.required if party not in facts.told]
    if facts.loss_required and not facts.loss.strip():
        lacking.append("loss")
    return lacking


def doubtful(facts):
    """Whether it is called anything but real though somebody gave a wrong word, or one of duress,
    and nobody has found at the site that it is false. A fault of the equipment explains an alarm,
    not a word."""
    return (
        facts.resolution_kind in ("false", "test", "cancelled", "technical")
        and facts.passcode_result in ("wrong", "locked", "duress")
        and facts.finding != "false"
    )


def contradicts(kind, finding):
    """Whether a resolution says the opposite of what was found at the site."""
    return (finding == "real" and kind in ("false", "test", "cancelled")) or (
        finding == "false" and kind == "real"
    )
