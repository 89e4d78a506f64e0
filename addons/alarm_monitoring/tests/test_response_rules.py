import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ..tools.avs import Known, score
from ..tools.gates import PARTIES, Facts, missing
from ..tools.response import ALLOWED, CALL_OUTCOMES, KINDS, OUTCOMES, Step, advance

WORDS = sorted(dict(OUTCOMES))


@st.composite
def courses(draw):
    count = draw(st.integers(1, 8))
    states = draw(
        st.lists(
            st.sampled_from(["pending", "current", "done", "skipped"]),
            min_size=count,
            max_size=count,
        )
    )
    branch = st.one_of(
        st.builds(lambda goto: {"goto": goto}, st.integers(1, count)),
        st.builds(lambda resolution: {"resolution": resolution}, st.integers(1, 99)),
    )
    steps = [
        Step(number, state, draw(st.dictionaries(st.sampled_from(WORDS), branch, max_size=3)))
        for number, state in enumerate(states, 1)
    ]
    left = [step.number for step in steps if step.state in ("pending", "current")]
    return (steps, draw(st.sampled_from(left))) if left else (steps, None)


@tagged("post_install", "-at_install")
class TestAdvance(unittest.TestCase):
    def steps(self, **branches):
        return [
            Step(number, "current" if number == 1 else "pending", branches.get(f"of{number}", {}))
            for number in range(1, 5)
        ]

    def test_without_a_branch_the_next_step_follows(self):
        self.assertEqual(advance(self.steps(), 1, "reached").states, {1: "done", 2: "current"})

    def test_a_branch_forwards_passes_over_what_lies_between(self):
        course = advance(self.steps(of1={"duress": {"goto": 4}}), 1, "duress")
        self.assertEqual(course.states, {1: "done", 2: "skipped", 3: "skipped", 4: "current"})

    def test_a_branch_back_opens_all_from_there(self):
        steps = [
            Step(1, "done"),
            Step(2, "current", {"no_answer": {"goto": 1}}),
            Step(3, "pending"),
        ]
        self.assertEqual(advance(steps, 2, "no_answer").states, {1: "current", 2: "pending"})

    def test_an_end_passes_over_everything_and_suggests_the_resolution(self):
        course = advance(self.steps(of2={"passcode_ok": {"resolution": 7}}), 2, "passcode_ok")
        self.assertEqual(course.resolution, 7)
        self.assertEqual(course.states, {1: "skipped", 2: "done", 3: "skipped", 4: "skipped"})

    def test_what_is_finished_is_not_finished_again(self):
        with self.assertRaises(ValueError):
            advance([Step(1, "done"), Step(2, "current")], 1, "done")

    # On a busy machine the first example is slow to draw.
    @given(courses(), st.sampled_from(WORDS))
    def test_the_first_step_left_is_the_only_current_one(self, course, outcome):
        steps, number = course
        if number is None:
            return
        before = {step.number: step.state for step in steps}
        answer = advance(steps, number, outcome)
        after = before | answer.states
        left = [n for n, state in sorted(after.items()) if state in ("pending", "current")]
        current = [n for n, state in after.items() if state == "current"]
        self.assertEqual(current, left[:1])
        self.assertTrue(all(before[n] != state for n, state in answer.states.items()))
        branch = next(step for step in steps if step.number == number).branches.get(outcome, {})
        if branch.get("goto", number + 1) > number:
            self.assertEqual(after[number], "done")
            for n, state in before.items():
                if state in ("done", "skipped") and n != number:
                    self.assertEqual(after[n], state, "What is over stays over")

    def test_every_kind_has_outcomes_and_every_outcome_a_kind(self):
        self.assertEqual(set(ALLOWED), set(dict(KINDS)))
        used = {outcome for outcomes in ALLOWED.values() for outcome in outcomes}
        self.assertEqual(used, set(WORDS))
        self.assertLessEqual(set(CALL_OUTCOMES), used)


@tagged("post_install", "-at_install")
class TestScore(unittest.TestCase):
    def level(self, event_class="burglary", **known):
        found = score(Known(event_class, **known))
        return found and found.level

    def test_levels_by_what_is_known(self):
        zones = frozenset
        for expected, known in (
            (1, {}),
            (1, {"zones": zones({("1", "contact")})}),
            (1, {"zones": zones({("1", "contact"), ("2", "contact")})}),
            (2, {"zones": zones({("1", "contact"), ("2", "motion")})}),
            (2, {"zones": zones({("1", "contact"), ("2", "glass_break")})}),
            (2, {"outcomes": zones({"person_seen"})}),
            (2, {"outcomes": zones({"passcode_wrong"})}),
            (2, {"event_class": "panic"}),
            (3, {"outcomes": zones({"property_threat"})}),
            (3, {"finding": "real"}),
            (4, {"outcomes": zones({"duress"})}),
            (4, {"outcomes": zones({"life_threat", "passcode_ok"})}),
            (0, {"outcomes": zones({"passcode_ok"})}),
            (0, {"called_off": True}),
            (0, {"finding": "false", "outcomes": zones({"property_threat"})}),
            (None, {"event_class": "fire"}),
        ):
            with self.subTest(known=known):
                self.assertEqual(self.level(**known), expected)

    @given(st.frozensets(st.sampled_from(WORDS)), st.booleans())
    def test_a_threat_to_life_is_never_scored_away(self, outcomes, called_off):
        known = {"outcomes": outcomes | {"duress"}, "called_off": called_off}
        self.assertEqual(self.level(**known), 4)


@tagged("post_install", "-at_install")
class TestMissing(unittest.TestCase):
    def test_each_gate_alone(self):
        done = {"resolution_kind": "false"}
        for expected, facts in (
            ([], done),
            (["resolution"], {}),
            (["steps"], done | {"open_steps": 1}),
            (["signals"], done | {"unacknowledged": 1}),
            (["passcode"], done | {"passcode_asked": True}),
            ([], done | {"passcode_asked": True, "passcode_result": "none"}),
            (["finding"], done | {"dispatched": True}),
            (["contradiction"], done | {"dispatched": True, "finding": "real"}),
            (["contradiction"], {"resolution_kind": "real", "finding": "false"}),
            (["note"], done | {"note_required": True, "note": "  "}),
            (["police"], done | {"required": ("customer", "police"), "told": {"customer"}}),
            (["loss"], done | {"loss_required": True}),
            (["doubt"], {"resolution_kind": "technical", "passcode_result": "duress"}),
            ([], {"resolution_kind": "real", "passcode_result": "duress"}),
        ):
            with self.subTest(facts=facts):
                self.assertEqual(missing(Facts(**facts)), expected)

    def test_no_party_is_named_like_a_gate(self):
        gates = {"steps", "signals", "passcode", "finding", "resolution", "note", "loss"}
        self.assertFalse(gates & set(dict(PARTIES)))
