from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.depreciation import begun_months, first_day, is_due, months, split

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@tagged("post_install", "-at_install")
class TestDepreciationRule(BaseCase):
    def test_in_china_the_month_after_acceptance_is_the_first(self):
        self.assertEqual(first_day(date(2026, 12, 5), "next"), date(2027, 1, 1))
        self.assertEqual(first_day(date(2026, 12, 5), "this"), date(2026, 12, 5))

    def test_the_month_of_the_end_counts_where_that_of_acceptance_does_not(self):
        line, day = date(2027, 3, 31), date(2027, 3, 10)
        self.assertTrue(is_due(line, day, "next"))
        self.assertFalse(is_due(line, day, "this"))
        self.assertTrue(is_due(date(2027, 2, 28), day, "this"))

    @given(DAYS, st.integers(0, 1000))
    def test_either_way_as_many_months(self, start, length):
        """The months that are depreciated of a stay are the same number by both customs."""
        end = start + timedelta(days=length)
        counts = set()
        for custom in ("this", "next"):
            begin = first_day(start, custom)
            lines = [
                date(
                    begin.year + (begin.month - 1 + number) // 12,
                    (begin.month - 1 + number) % 12 + 1,
                    28,
                )
                for number in range(40)
            ]
            counts.add(sum(is_due(line, end, custom) for line in lines))
        self.assertEqual(len(counts), 1)

    def test_over_the_term_where_it_goes_to_somebody_else(self):
        self.assertEqual(months("automatic", 24, 60, leaves=True), 24)
        self.assertEqual(months("automatic", 96, 60, leaves=True), 60)
        self.assertEqual(months("automatic", 24, 60, leaves=False), 60)
        self.assertEqual(months("term", 24, 60), 24)
        self.assertEqual(months("term", None, 60), 60)
        self.assertEqual(months("life", 24, 60), 60)
        self.assertEqual(months("term", 0, 0), 1)

    def test_a_term_in_months(self):
        self.assertEqual(begun_months(date(2026, 1, 1), date(2027, 12, 31)), 24)
        self.assertEqual(begun_months(date(2026, 1, 15), date(2026, 2, 14)), 1)
        self.assertEqual(begun_months(date(2026, 1, 15), date(2026, 2, 15)), 2)
        self.assertEqual(begun_months(date(2026, 2, 1), date(2026, 1, 1)), 0)

    @given(
        st.decimals(-100_000, 100_000, places=2),
        st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any),
    )
    def test_shares_are_the_whole(self, value, quantities):
        shares = split(value, quantities)
        self.assertEqual(sum(shares), value)
        for share, quantity in zip(shares, quantities, strict=True):
            exact = value * quantity / sum(quantities)
            self.assertLessEqual(abs(share - exact), Decimal("0.01"))
