from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.dispatch_states import (
    CLOCKS,
    LIMITS,
    OPEN_STATES,
    STATES,
    TRANSITIONS,
    state_of_answers,
)

answers = st.lists(
    st.sampled_from(["invited", "accepted", "declined", "stood_down"]), min_size=1, max_size=9
)


@tagged("post_install", "-at_install")
class TestStates(BaseCase):
    def test_every_state_has_a_clock_and_every_open_one_a_limit(self):
        states = [state for state, _label in STATES]
        self.assertEqual(set(CLOCKS), set(states))
        self.assertEqual(set(LIMITS), set(OPEN_STATES))

    def test_nothing_leads_out_of_an_end(self):
        for transition in TRANSITIONS.values():
            self.assertLessEqual(transition.sources, set(OPEN_STATES))

    @given(st.integers(1, 9), answers)
    def test_a_crew_is_complete_or_waited_for_or_impossible(self, crew_size, given_answers):
        state = state_of_answers(crew_size, given_answers)
        if given_answers.count("accepted") >= crew_size:
            self.assertEqual(state, "accepted")
        elif set(given_answers) == {"declined"}:
            self.assertEqual(state, "declined")
        else:
            self.assertEqual(state, "proposed")
