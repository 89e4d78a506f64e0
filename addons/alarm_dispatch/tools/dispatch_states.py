"""The life of a dispatch order as data."""

from typing import NamedTuple

STATES = [
    ("proposed", "Proposed"),
    ("accepted", "Accepted"),
    ("en_route", "On the Way"),
    ("on_site", "On Site"),
    ("finished", "Finished"),
    ("declined", "Declined"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("proposed", "accepted", "en_route", "on_site")
# Who has accepted may still say no before he leaves.
ANSWERABLE_STATES = ("proposed", "accepted")

# Each state has a clock: the field that says when the order came to it.
CLOCKS = {
    "proposed": "proposed_at",
    "accepted": "accepted_at",
    "en_route": "en_route_at",
    "on_site": "on_site_at",
    "finished": "finished_at",
    "declined": "ended_at",
    "cancelled": "ended_at",
}

# And while it is open a limit: the field of the policy with the minutes that it may last.
LIMITS = {
    "proposed": "accept_minutes",
    "accepted": "depart_minutes",
    "en_route": "arrive_minutes",
    "on_site": "report_minutes",
}


class Transition(NamedTuple):
    """One verb: the states it may start from, the state it leads to (None: it depends on the
    answers of the others), and the kind of its entry in the incident's log."""

    sources: frozenset
    target: str | None
    entry: str


TRANSITIONS = {
    "accept": Transition(frozenset({"proposed"}), None, "dispatch_accepted"),
    "decline": Transition(frozenset(ANSWERABLE_STATES), None, "dispatch_declined"),
    "depart": Transition(frozenset({"accepted"}), "en_route", "dispatch_en_route"),
    "arrive": Transition(frozenset({"en_route"}), "on_site", "dispatch_on_site"),
    "finish": Transition(frozenset({"on_site"}), "finished", "dispatch_finding"),
    "cancel": Transition(frozenset(OPEN_STATES), "cancelled", "dispatch_cancelled"),
}


def state_of_answers(crew_size, answers):
    """The state of an order that nobody has left for, by the answers of its responders.

    :param crew_size: how many have to go
    :param answers: "invited", "accepted", "declined" or "stood_down" of each
    """
    answers = list(answers)
    if answers.count("accepted") >= crew_size:
        return "accepted"
    possible = sum(answer != "declined" for answer in answers)
    return "proposed" if possible else "declined"
