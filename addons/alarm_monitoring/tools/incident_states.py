"""The life of an incident as data: states, and which verb leads from which of them to which."""

from typing import NamedTuple

STATES = [
    ("delayed", "Delayed"),
    ("queued", "Queued"),
    ("working", "Working"),
    ("held", "Held"),
    ("dispatched", "Dispatched"),
    ("resolved", "Resolved"),
    ("closed", "Closed"),
    ("auto_completed", "Completed by Itself"),
    ("cancelled", "Cancelled"),
]

# Signals join an incident in one of these.
OPEN_STATES = ("delayed", "queued", "working", "held", "dispatched")


class Transition(NamedTuple):
    """One verb: the states it may start from, the state it leads to (None: stays), the kind of its
    log entry, and whether only the holder may do it."""

    sources: frozenset
    target: str | None
    entry: str
    holder_only: bool = True


_IN_HAND = frozenset({"working", "dispatched"})
_OPEN = frozenset(OPEN_STATES)

TRANSITIONS = {
    # "held" only for who holds it already; somebody else is told who that is.
    "take": Transition(frozenset({"queued", "held"}), "working", "taken", holder_only=False),
    "release": Transition(frozenset({"working", "held"}), "queued", "released"),
    "hold": Transition(_IN_HAND, "held", "held"),
    "note": Transition(_OPEN | {"resolved"}, None, "note", holder_only=False),
    "resolve": Transition(_IN_HAND, "resolved", "resolved"),
    "close": Transition(frozenset({"resolved"}), "closed", "closed", holder_only=False),
    "reassign": Transition(_OPEN - {"delayed"}, "working", "reassigned", holder_only=False),
    "cancel": Transition(
        frozenset({"delayed", "queued"}), "cancelled", "cancelled", holder_only=False
    ),
}
