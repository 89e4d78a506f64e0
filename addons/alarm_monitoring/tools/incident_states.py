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
_HANDLED = _IN_HAND | {"held"}
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
    # What is held stays held, and who was sent stays on the way: only the hands change.
    "hand_over": Transition(_HANDLED, None, "handed_over"),
    # Somebody is on the way, whoever drives; a second responder changes nothing of that.
    "dispatch": Transition(_HANDLED, "dispatched", "dispatched"),
    # What comes from outside is written down by whoever hears it.
    "accept": Transition(_HANDLED, None, "accepted", holder_only=False),
    "arrive": Transition(_HANDLED, None, "on_site", holder_only=False),
    "find": Transition(_HANDLED | {"resolved"}, None, "finding", holder_only=False),
    "preprocess": Transition(_IN_HAND, None, "preprocessed"),
    "step": Transition(_IN_HAND | {"resolved"}, None, "step"),
    "step_skip": Transition(_IN_HAND | {"resolved"}, None, "step_skipped"),
    "change_plan": Transition(_IN_HAND, None, "plan_changed"),
    "call": Transition(_HANDLED | {"resolved"}, None, "call", holder_only=False),
    "passcode": Transition(_HANDLED | {"resolved"}, None, "passcode", holder_only=False),
    "acknowledge": Transition(_HANDLED | {"resolved"}, None, "acknowledged", holder_only=False),
    "notify": Transition(_HANDLED | {"resolved"}, None, "notified", holder_only=False),
    "loss": Transition(_HANDLED | {"resolved"}, None, "loss", holder_only=False),
    "score": Transition(_HANDLED | {"resolved"}, None, "score", holder_only=False),
    "cancel": Transition(
        frozenset({"delayed", "queued"}), "cancelled", "cancelled", holder_only=False
    ),
}
