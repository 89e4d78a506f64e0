"""The lives of what this module keeps, as data: which verb leads from where to where."""

from typing import NamedTuple


class Transition(NamedTuple):
    sources: frozenset
    target: str


def _from(*sources, to):
    return Transition(frozenset(sources), to)


SETTLEMENT_STATES = [("draft", "Draft"), ("confirmed", "Confirmed"), ("invoiced", "Invoiced")]
SETTLEMENT = {
    "confirm": _from("draft", to="confirmed"),
    "invoice": _from("confirmed", to="invoiced"),
}

FILE_STATES = [("draft", "New"), ("compared", "Compared"), ("invoiced", "Invoiced")]
FILE = {
    "compare": _from("draft", "compared", to="compared"),
    "invoice": _from("compared", to="invoiced"),
}

LEASE_STATES = [("draft", "Draft"), ("running", "Running"), ("ended", "Ended")]
LEASE = {
    "start": _from("draft", to="running"),
    "end": _from("running", to="ended"),
}

MILESTONE_STATES = [("open", "Open"), ("reached", "Reached")]
MILESTONE = {"reach": _from("open", to="reached")}

TRANSFER_STATES = [
    ("draft", "Draft"),
    ("inspection", "Inspection"),
    ("accepted", "Accepted"),
    ("done", "Handed Over"),
    ("refused", "Refused"),
]
TRANSFER = {
    "inspect": _from("draft", to="inspection"),
    "accept": _from("inspection", to="accepted"),
    "refuse": _from("inspection", to="refused"),
    "reopen": _from("accepted", "refused", to="inspection"),
    "hand_over": _from("accepted", to="done"),
}
