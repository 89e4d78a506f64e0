"""The alarm score of ANSI/TMA-AVS-01: how much is known for sure about an intrusion alarm.

0 no call for service · 1 an alarm with little or no other information · 2 somebody is there, with
what intent is not known · 3 threat to property · 4 threat to life. Pure; the caller chooses the
sentence that goes with the score, because a bare number tells a police call-taker nothing.
"""

from dataclasses import dataclass

# The events that the standard scores.
SCORED_CLASSES = frozenset({"burglary", "panic", "tamper"})

# Detectors that see a person inside; a contact or a pane can move by itself.
PRESENCE_DETECTORS = frozenset({"motion", "beam", "video"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one incident.

    ``outcomes``: of its steps and calls; ``zones``: ``(zone, detector type)`` that raised it and
    did not only repeat; ``finding``: what the responder found; ``called_off``: the panel reported
    a cancel.
    """

    event_class: str
    zones: frozenset = frozenset()
    outcomes: frozenset = frozenset()
    finding: str = ""
    called_off: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    level: int
    why: str


def score(known):
    """The score, and why as a word; None for events that the standard does not score.

    A threat that was seen is never argued away by a correct passcode: who is threatened says it.
    """
    if known.event_class not in SCORED_CLASSES:
        return None
    outcomes = known.outcomes
    if known.finding == "false":
        return Score(0, "found_false")
    if "life_threat" in outcomes:
        return Score(4, "life_threat")
    if "duress" in outcomes:
        return Score(4, "duress")
    if "property_threat" in outcomes:
        return Score(3, "property_threat")
    if known.finding == "real":
        return Score(3, "found_real")
    if "passcode_ok" in outcomes or "false_alarm" in outcomes:
        return Score(0, "verified_false")
    if "confirmed" in outcomes:
        return Score(3, "verified_real")
    if "person_seen" in outcomes:
        return Score(2, "person_seen")
    if "passcode_wrong" in outcomes:
        return Score(2, "passcode_wrong")
    if known.event_class == "panic":
        # Somebody pressed the button: a person is there, and says there is danger.
        return Score(2, "button")
    if _moves_through(known.zones):
        return Score(2, "two_zones")
    if known.called_off:
        return Score(0, "called_off")
    return Score(1, "alarm_only")


def _moves_through(zones):
    """Two zones of which one sees persons, or two kinds of detector: more than one thing that
    failed."""
    if len({zone for zone, _detector in zones}) < 2:
        return False
    detectors = {detector for _zone, detector in zones if detector}
    return bool(detectors & PRESENCE_DETECTORS) or len(detectors) > 1
