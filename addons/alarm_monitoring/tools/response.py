"""How a response plan goes on: which outcomes a step may have, and which step comes next.

Pure: everything known arrives in the arguments.
"""

from dataclasses import dataclass, field

KINDS = [
    ("call_premises", "Call the premises"),
    ("call_contact", "Call a contact"),
    ("verify_passcode", "Verify the passcode"),
    ("two_call", "Two-call verification"),
    ("listen", "Listen in"),
    ("camera", "Look at the camera"),
    ("decide", "Decide"),
    ("dispatch", "Dispatch a responder"),
    ("police", "Call the police"),
    ("fire", "Call the fire brigade"),
    ("medical", "Call the ambulance"),
    ("notify", "Notify"),
    ("instruct", "Instruct"),
    ("note", "Write down"),
]

OUTCOMES = [
    ("done", "Done"),
    ("reached", "Reached"),
    ("no_answer", "No answer"),
    ("busy", "Busy"),
    ("refused", "Refused"),
    ("wrong_number", "Wrong number"),
    ("passcode_ok", "Passcode correct"),
    ("passcode_wrong", "Passcode wrong"),
    ("duress", "Duress"),
    ("nothing", "Nothing seen or heard"),
    ("person_seen", "Somebody is there"),
    ("property_threat", "Threat to property"),
    ("life_threat", "Threat to life"),
    ("false_alarm", "False alarm"),
    ("undecided", "Cannot tell"),
    ("confirmed", "Real"),
    ("sent", "Sent"),
    ("unavailable", "Not possible"),
]

# What becomes of a telephone call.
CALL_OUTCOMES = (
    "reached",
    "no_answer",
    "busy",
    "refused",
    "wrong_number",
    "passcode_ok",
    "passcode_wrong",
    "duress",
)

_LOOK = ("nothing", "person_seen", "property_threat", "life_threat", "unavailable")
_JUDGE = ("false_alarm", "undecided", "confirmed")

ALLOWED = {
    "call_premises": (*CALL_OUTCOMES, "unavailable"),
    "call_contact": (*CALL_OUTCOMES, "unavailable"),
    "verify_passcode": ("passcode_ok", "passcode_wrong", "duress", "unavailable"),
    "two_call": (*_JUDGE, "no_answer", "unavailable"),
    "listen": _LOOK,
    "camera": _LOOK,
    "decide": _JUDGE,
    "dispatch": ("sent", "unavailable"),
    "police": ("done", "unavailable"),
    "fire": ("done", "unavailable"),
    "medical": ("done", "unavailable"),
    "notify": ("done", "no_answer", "unavailable"),
    "instruct": ("done", "unavailable"),
    "note": ("done",),
}

# Kinds that are a telephone call to the premises or to somebody on the call list.
CALL_KINDS = frozenset({"call_premises", "call_contact"})

# An outcome that says the step could not be done needs a word on why.
NEEDS_NOTE = frozenset({"unavailable"})

# Kinds that reach out of the centre: the first of them ends the time to the first action.
OUTBOUND = frozenset(
    {"call_premises", "call_contact", "two_call", "dispatch", "police", "fire", "medical", "notify"}
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a course. ``branches``: outcome -> ``{"goto": number}`` or
    ``{"resolution": id}``; an outcome without a branch leads to the next step."""

    number: int
    state: str  # pending, current, done, skipped
    branches: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Course:
    """What changes: number -> new state; and the resolution that the outcome suggests, or None."""

    states: dict
    resolution: int | None = None


def advance(steps, number, outcome, finished="done"):
    """The course after one step is finished.

    A branch forwards passes over what lies between; a branch back (call again) opens all from
    there to here once more; a resolution passes over everything left.

    :param steps: all steps in order of their numbers, each number once
    :param number: of the step that is finished; it must be pending or current
    :param outcome: see OUTCOMES; None for a step that is skipped
    :param finished: ``done`` or ``skipped``
    """
    before = {step.number: step.state for step in steps}
    if before.get(number) not in ("pending", "current"):
        raise ValueError(f"Step {number} is {before.get(number)}, not pending or current")
    branch = next(step for step in steps if step.number == number).branches.get(outcome, {})
    after = dict(before)
    after[number] = finished
    goto, resolution = branch.get("goto"), branch.get("resolution")
    if goto is not None and goto <= number:
        for other in before:
            if goto <= other <= number:
                after[other] = "pending"
    elif goto is not None or resolution is not None:
        for other, state in before.items():
            passed = resolution is not None or number < other < goto
            if other != number and passed and state in ("pending", "current"):
                after[other] = "skipped"
    return Course(
        {other: state for other, state in _point(after).items() if state != before[other]},
        resolution,
    )


def reopen(steps, number):
    """The course after a finished step turned out not to be done: it is open again, and no step
    that is left comes before it unless it did so already.

    :param number: of a step that is done or skipped
    """
    before = {step.number: step.state for step in steps}
    if before.get(number) not in ("done", "skipped"):
        raise ValueError(f"Step {number} is {before.get(number)}, not done or skipped")
    after = _point(before | {number: "pending"})
    return Course({other: state for other, state in after.items() if state != before[other]})


def _point(states):
    """Exactly the first step that is left is the current one."""
    left = sorted(number for number, state in states.items() if state in ("pending", "current"))
    return states | {number: "current" if number == left[0] else "pending" for number in left}
