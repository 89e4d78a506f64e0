"""The life of a billing run as data: which verb leads from where to where."""

from typing import NamedTuple


class Transition(NamedTuple):
    sources: frozenset[str]
    target: str


STATES = [
    ("draft", "Draft"),
    ("previewing", "Reckoning"),
    ("previewed", "Preview"),
    ("running", "Running"),
    ("stopped", "Stopped"),
    ("done", "Done"),
]

TRANSITIONS = {
    "preview": Transition(frozenset({"draft", "previewed"}), "previewing"),
    "show": Transition(frozenset({"previewing"}), "previewed"),
    "start": Transition(frozenset({"draft", "previewed"}), "running"),
    "stop": Transition(frozenset({"running"}), "stopped"),
    "resume": Transition(frozenset({"stopped"}), "running"),
    "finish": Transition(frozenset({"running"}), "done"),
    # What failed is tried again, once its reason is gone.
    "retry": Transition(frozenset({"stopped", "done"}), "running"),
}

# Somebody is at work on these, or was when the power failed.
AT_WORK = ("previewing", "running")

ITEM_STATES = [
    ("pending", "Waiting"),
    ("done", "Invoiced"),
    ("nothing", "Nothing Owed"),
    ("failed", "Failed"),
]
