from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ..tools.performance import Step, deduct, steps_faults

STEPS = [Step(95, 5), Step(90, 10), Step(80, 30)]

cents = st.integers(0, 10**7).map(lambda number: number / 100)
values = st.integers(0, 10000).map(lambda number: number / 100)
percents = st.integers(1, 10000).map(lambda number: number / 100)


@st.composite
def ladders(draw):
    """Steps without faults: the worse, the more."""
    belows = sorted(draw(st.lists(values, max_size=5, unique=True)), reverse=True)
    costs = sorted(
        draw(st.lists(percents, min_size=len(belows), max_size=len(belows), unique=True))
    )
    return [Step(*pair) for pair in zip(belows, costs, strict=True)]


@tagged("post_install", "-at_install")
class TestPerformanceRules(TestCase):
    def test_the_gravest_step_counts_alone(self):
        for value, percent, amount in ((95, 0, 0), (94.9, 5, 50), (90, 5, 50), (79, 30, 300)):
            found = deduct(value, STEPS, 1000)
            self.assertEqual((found.percent, found.amount), (percent, amount))

    def test_the_cap_and_the_fee_are_the_most(self):
        self.assertEqual(deduct(10, STEPS, 1000, cap=20).amount, 200)
        self.assertEqual(deduct(10, STEPS, 1000, taken=800).amount, 200)
        self.assertEqual(deduct(10, STEPS, 1000, taken=1000).amount, 0)
        self.assertEqual(deduct(10, STEPS, 0).amount, 0)

    def test_what_is_no_ladder_is_said(self):
        self.assertEqual(steps_faults([Step(90, 5), Step(95, 10)]), {"order"})
        self.assertEqual(steps_faults([Step(90, 5), Step(90, 10)]), {"twice"})
        self.assertEqual(steps_faults([Step(90, 101)]), {"percent"})
        self.assertFalse(steps_faults(STEPS))

    @given(values, ladders(), cents, percents, cents)
    def test_never_more_than_is_left_nor_than_the_cap(self, value, steps, fee, cap, taken):
        self.assertFalse(steps_faults(steps))
        found = deduct(value, steps, fee, cap, taken)
        self.assertGreaterEqual(found.amount, 0)
        self.assertLessEqual(found.amount, max(fee - taken, 0) + 0.005)
        self.assertLessEqual(found.amount, fee * cap / 100 + 0.005001)

    @given(values, values, ladders(), cents, percents)
    def test_who_does_better_pays_no_more(self, one, other, steps, fee, cap):
        worse, better = sorted((one, other))
        self.assertGreaterEqual(
            deduct(worse, steps, fee, cap).amount, deduct(better, steps, fee, cap).amount
        )
