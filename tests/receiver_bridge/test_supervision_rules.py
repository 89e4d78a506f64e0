"""When an account is lost: never without two polls missed while somebody listened."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from receiver_bridge.supervision.listening import STALL, Listening
from receiver_bridge.supervision.rules import (
    MASS_AT_LEAST,
    Pace,
    carried_silence,
    deadline,
    is_mass,
    silence_limit,
)

seconds = st.integers(0, 100_000)
intervals = st.integers(1, 86_400)


def polls(seen_age: int, interval: int, begin: Fraction, end: Fraction) -> int:
    """How many polls of a panel heard ``seen_age`` ago fall into a span of time."""
    first = max(1, -floor(-Fraction(begin + seen_age) / interval))
    last = floor(Fraction(end + seen_age) / interval)
    return max(0, last - first + 1)


@given(intervals, seconds, st.integers(0, 3600))
def test_after_a_frame_two_polls_and_half_an_interval_must_pass(
    interval: int, seen: int, grace: int
) -> None:
    lost_at = deadline(seen, interval, seen, grace)
    assert lost_at - seen >= silence_limit(interval)
    assert polls(0, interval, Fraction(1, 1000), Fraction(lost_at - seen)) >= 2
    assert lost_at - seen == max(silence_limit(interval), grace)


@given(intervals, seconds, seconds, st.integers(0, 400), st.integers(0, 400))
def test_after_a_start_two_polls_were_missed_while_somebody_listened(
    interval: int, seen_age: int, listened: int, gap: int, grace: int
) -> None:
    began = listened + gap
    carried = carried_silence(seen_age, (began, gap), interval, grace)
    lost_at = Fraction(deadline(-carried, interval, 0, grace))
    before = polls(seen_age, interval, Fraction(-began), Fraction(-gap))
    after = polls(seen_age, interval, Fraction(0), lost_at)
    if gap > grace:
        assert after >= 2
    assert before + after >= 2
    # The margin: even a panel half an interval late would have been heard.
    assert lost_at >= Fraction(interval, 2)
    assert lost_at >= grace


@given(intervals, seconds, st.integers(-1000, -1), seconds)
def test_a_clock_that_was_put_back_proves_nothing(
    interval: int, seen_age: int, ended: int, began: int
) -> None:
    assert carried_silence(seen_age, (began, ended), interval, 180) == 0


@given(intervals, seconds)
def test_nothing_is_carried_over_when_nobody_knows_who_listened(interval: int, age: int) -> None:
    assert carried_silence(age, None, interval, 180) == 0


def test_a_panel_that_polls_daily_is_found_lost_although_the_bridge_restarts_daily() -> None:
    day = 86_400
    # Heard 2.4 days ago; listened to for a month but for the minute of this restart.
    carried = carried_silence(2.4 * day, (30 * day, 60), day, 180)
    assert deadline(-carried, day, 0, 180) == 0.5 * day


@given(st.lists(st.tuples(st.floats(0.01, 20), st.booleans()), max_size=60))
def test_the_clock_of_a_line_runs_only_while_it_is_listened_to(
    looks: list[tuple[float, bool]],
) -> None:
    listening, now, heard, was_on = Listening(0.0), 0.0, 0.0, False
    for step, online in looks:
        now += step
        if was_on and online and step <= STALL:
            heard += step
        was_on = online
        listening.look(now, online)
    assert abs((now - listening.missed) - heard) < 1e-6
    assert listening.since <= now


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.floats(0.01, 1))
def test_mass_is_a_share_and_never_a_handful(lost: int, supervised: int, share: float) -> None:
    mass = is_mass(lost, supervised, share)
    assert mass == (lost >= MASS_AT_LEAST and lost >= share * supervised)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=300), st.integers(1, 20))
def test_a_pace_lets_through_a_burst_and_then_so_many_a_minute(
    steps: list[float], burst: int
) -> None:
    pace, now, passed = Pace(burst, 60), 0.0, 0
    for step in steps:
        now += step
        passed += pace.allows(now)
    assert passed <= burst + now + 1
    assert passed >= 1
