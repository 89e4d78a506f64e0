"""The life of a contract as data: which verb leads from where to where."""

from typing import NamedTuple


class Transition(NamedTuple):
    sources: frozenset[str]
    target: str


STATES = [
    ("draft", "Draft"),
    ("signed", "Signed"),
    ("running", "Running"),
    ("suspended", "Suspended"),
    ("notice", "Under Notice"),
    ("ended", "Ended"),
]

TRANSITIONS = {
    "sign": Transition(frozenset({"draft"}), "signed"),
    "start": Transition(frozenset({"signed"}), "running"),
    "suspend": Transition(frozenset({"running"}), "suspended"),
    "reactivate": Transition(frozenset({"suspended"}), "running"),
    # A customer may also leave while he is suspended, or before he was ever on line.
    "give_notice": Transition(frozenset({"signed", "running", "suspended"}), "notice"),
    "end": Transition(frozenset({"signed", "running", "suspended", "notice"}), "ended"),
}

# To which state the withdrawal of a notice may lead back: where the contract was before.
BEFORE_NOTICE = TRANSITIONS["give_notice"].sources

# In these states something may be owed. What ended still owes its last period in arrears.
CHARGED = frozenset({"signed", "running", "suspended", "notice", "ended"})

# In these states the contract brings recurring revenue, as far as its lines run.
IN_FORCE = frozenset({"running", "suspended", "notice"})
