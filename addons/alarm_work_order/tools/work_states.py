"""The life of a work order as data: which verb leads from which states to which."""

from typing import NamedTuple

KINDS = [
    ("survey", "Survey"),
    ("installation", "Installation"),
    ("extension", "Extension"),
    ("removal", "Removal"),
    ("inspection", "Inspection"),
]
STATES = [
    ("draft", "Draft"),
    ("scheduled", "Scheduled"),
    ("in_progress", "In Progress"),
    ("testing", "Testing"),
    ("accepted", "Accepted"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("draft", "scheduled", "in_progress", "testing", "accepted")
# While it is in one of these the crew is busy with it.
PLANNED_STATES = ("scheduled", "in_progress", "testing")

# The field that says when the order came to a state.
CLOCKS = {
    "in_progress": "started_at",
    "testing": "tested_at",
    "accepted": "accepted_at",
    "done": "done_at",
    "cancelled": "cancelled_at",
}

# What changes the system is handed over only after a test with the centre; an inspection may
# include one; the others have nothing to test.
TEST_REQUIRED = frozenset({"installation", "extension"})
TEST_POSSIBLE = TEST_REQUIRED | {"inspection"}


class Transition(NamedTuple):
    """One verb: the states it may start from, the state it leads to, and whether it is a
    planner's alone."""

    sources: frozenset
    target: str
    planner: bool = False


TRANSITIONS = {
    "schedule": Transition(frozenset({"draft"}), "scheduled", planner=True),
    "unschedule": Transition(frozenset({"scheduled"}), "draft", planner=True),
    "start": Transition(frozenset({"scheduled"}), "in_progress"),
    "test": Transition(frozenset({"in_progress"}), "testing"),
    "accept": Transition(frozenset({"testing"}), "accepted"),
    "finish": Transition(frozenset({"accepted"}), "done"),
    # What the test has shown is repaired, then the test goes on: what has passed stays passed, with
    # the time when it was seen. Whoever repairs knows which zones he touched, and tests those anew.
    "rework": Transition(frozenset({"testing", "accepted"}), "in_progress"),
    "cancel": Transition(
        frozenset({"draft", "scheduled", "in_progress", "testing"}), "cancelled", planner=True
    ),
}

# The way of an order that nothing holds up.
_NEXT = {
    "draft": "schedule",
    "scheduled": "start",
    "in_progress": "test",
    "testing": "accept",
    "accepted": "finish",
}


def sources(verb, kind, tested=None):
    """The states from which the verb may start for an order of this kind.

    :param tested: "required", "possible" or "none"; by the kind when left out
    """
    tested = tested or test_of(kind)
    states = TRANSITIONS[verb].sources
    if verb == "test" and tested == "none":
        return frozenset()
    if verb == "finish" and tested != "required":
        return states | {"in_progress"}
    return states


def next_verb(state, kind, tested=None):
    """The verb that brings an order of this kind on, None at its end."""
    verb = _NEXT.get(state)
    if verb == "test" and (tested or test_of(kind)) != "required":
        return "finish"
    return verb


def test_of(kind):
    """Whether a kind of order is tested with the centre: "required", "possible" or "none"."""
    if kind in TEST_REQUIRED:
        return "required"
    return "possible" if kind in TEST_POSSIBLE else "none"
