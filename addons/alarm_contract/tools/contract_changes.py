"""What can be changed about a running contract, as data."""

from typing import NamedTuple


class Change(NamedTuple):
    """How lines end and begin by a change: the causes that the figures of revenue go by."""

    label: str
    end_cause: str | bool
    start_cause: str | bool
    # States of the contract in which it may be made.
    states: frozenset
    # Fields that it needs.
    needs: tuple = ()


_RUNNING = frozenset({"running"})
_IN_FORCE = frozenset({"running", "suspended", "notice"})

CHANGES = {
    "suspend": Change("Suspension", "suspension", False, _RUNNING, ("reason_id",)),
    # What was suspended until a day before notice was given runs for the rest of the time.
    "reactivate": Change("Reactivation", False, "reactivation", _IN_FORCE),
    "move": Change(
        "Move of Premises", "transfer", "transfer", _RUNNING, ("subscriber_id", "to_subscriber_id")
    ),
    "take_over": Change(
        "Take-over", "transfer", "transfer", frozenset({"running", "suspended"}), ("to_partner_id",)
    ),
    "re_sign": Change("Signed Anew", "re_sign", "re_sign", frozenset({"running", "notice"})),
    "drop": Change("Service Dropped", "drop", False, _RUNNING, ("reason_id",)),
}

KINDS = [(kind, change.label) for kind, change in CHANGES.items()]


def possible_kinds(state):
    """What may be done with a contract in this state."""
    return [kind for kind, change in CHANGES.items() if state in change.states]


STATES = [
    ("draft", "Draft"),
    ("planned", "Planned"),
    ("done", "Done"),
    ("withdrawn", "Withdrawn"),
]
