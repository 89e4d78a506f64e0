from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import periods, pricing

cents = st.integers(0, 10**7).map(lambda number: number / 100)
percents = st.integers(0, 10000).map(lambda number: number / 100)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
lengths = st.sampled_from(periods.MONTHS)


def january(last_day=31):
    return periods.period_at(date(2026, 1, 1), 1, date(2026, 1, 1), date(2026, 1, last_day))


@tagged("post_install", "-at_install")
class TestPricing(BaseCase):
    def test_half_a_cent_is_rounded_up(self):
        self.assertEqual(pricing.rounded(Fraction(1005, 1000)), 1.01)
        self.assertEqual(pricing.rounded(Fraction(-1005, 1000)), -1.01)
        # 1.005 is less than it looks in a computer; it is what was typed.
        self.assertEqual(pricing.rounded(pricing.exact(1.005)), 1.01)

    @given(amount=st.fractions(-(10**9), 10**9), step=st.sampled_from((0.001, 0.01, 0.05, 1.0)))
    def test_rounding_moves_by_half_a_step_at_most(self, amount, step):
        result = pricing.exact(pricing.rounded(amount, step))
        self.assertLessEqual(abs(result - amount), pricing.exact(step) / 2 + Fraction(1, 10**5))

    @given(months=lengths, quantity=st.integers(0, 500), price=cents, anchor=days)
    def test_a_whole_period_costs_the_price_of_its_pieces(self, months, quantity, price, anchor):
        period = periods.period_at(anchor, months, anchor)
        result = pricing.price_of(period, months, quantity, price)
        self.assertEqual(result.amount, pricing.rounded(quantity * pricing.exact(price)))

    def test_a_part_costs_its_days(self):
        self.assertEqual(pricing.price_of(january(10), 1, 1, 310.0).amount, 100.0)
        self.assertEqual(pricing.price_of(january(10), 1, 1, 310.0, rule="whole").amount, 310.0)
        self.assertEqual(
            pricing.price_of(january(10), 1, 1, 310.0, rule="half_month").amount, 155.0
        )
        self.assertEqual(pricing.price_of(january(10), 1, 1, 310.0, rule="free").amount, 0.0)

    def test_a_discount_that_ends_within_a_period_holds_for_its_days(self):
        result = pricing.price_of(
            january(), 1, 1, 310.0, discount=50, discount_until=date(2026, 1, 10)
        )
        self.assertEqual(result.amount, 310.0 - 50.0)
        self.assertEqual(result.discount, Fraction(500, 31))

    @given(
        anchor=days,
        months=lengths,
        price=cents,
        discount=percents,
        end=st.integers(-100, 900),
    )
    def test_a_discount_never_costs_and_never_gives_more_than_itself(
        self, anchor, months, price, discount, end
    ):
        period = periods.period_at(anchor, months, anchor)
        until = anchor + timedelta(days=end)
        with_end = pricing.price_of(period, months, 1, price, discount, until).amount
        without = pricing.price_of(period, months, 1, price).amount
        always = pricing.price_of(period, months, 1, price, discount).amount
        self.assertLessEqual(always, with_end)
        self.assertLessEqual(with_end, without)
        if until < period.start:
            self.assertEqual(with_end, without)
        if until >= period.end:
            self.assertEqual(with_end, always)

    def test_what_a_line_is_worth_a_month(self):
        self.assertEqual(pricing.monthly(12, 2, 600.0, 10), 90.0)
        self.assertEqual(pricing.monthly(3, 1, 100.0), 33.33)
