"""The life of a subscriber as data: which verb leads from which states to which."""

from typing import NamedTuple


class Transition(NamedTuple):
    """One verb: the states it may start from and the state it leads to."""

    sources: frozenset
    target: str


TRANSITIONS = {
    "commission": Transition(frozenset({"draft"}), "commissioning"),
    # Imported and migrated subscribers skip the commissioning.
    "submit": Transition(frozenset({"draft", "commissioning"}), "submitted"),
    "reset": Transition(frozenset({"commissioning", "submitted"}), "draft"),
    "approve": Transition(frozenset({"submitted"}), "active"),
    "suspend": Transition(frozenset({"active"}), "suspended"),
    "reactivate": Transition(frozenset({"suspended"}), "active"),
    "terminate": Transition(frozenset({"active", "suspended"}), "terminated"),
}

# From its approval on a subscriber has a history.
APPROVED = frozenset({"active", "suspended", "terminated"})
