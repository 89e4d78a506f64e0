from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.revenue import KINDS
from ..tools.revenue_figures import (
    Change,
    attrition,
    cohorts,
    creation_multiple,
    month_cuts,
    roll_forward,
    year_cuts,
)

_FIRST = date(2024, 1, 1)

days = st.integers(0, 1000).map(lambda number: _FIRST + timedelta(days=number))
rows = st.lists(
    st.tuples(
        days,
        st.sampled_from([kind for kind, _label in KINDS]),
        st.builds(
            Change,
            st.integers(-1000, 1000).map(float),
            st.integers(-1, 1),
            st.integers(-1, 1),
            st.just(1),
        ),
    ),
    max_size=40,
)


def change(amount, contracts=0):
    return Change(amount, contracts, 0, 1)


@tagged("post_install", "-at_install")
class TestRevenueFigures(BaseCase):
    @given(rows, days, days)
    def test_opening_and_movements_make_the_closing_of_any_two_days(self, movements, one, other):
        first, last = min(one, other), max(one, other)
        [period] = roll_forward(movements, [first, last + timedelta(days=1)])

        def stock(day):
            return sum(change.amount for when, _kind, change in movements if when < day)

        self.assertEqual(period.opening.amount, stock(first))
        self.assertEqual(period.closing.amount, stock(last + timedelta(days=1)))
        self.assertEqual(
            period.opening.amount + sum(part.amount for part in period.kinds.values()),
            period.closing.amount,
        )

    @given(rows, days, st.integers(1, 24))
    def test_a_month_opens_with_what_the_one_before_closed_with(self, movements, until, months):
        periods = roll_forward(movements, month_cuts(until, months))
        self.assertEqual(len(periods), months)
        self.assertEqual(periods[-1].end, until)
        for before, after in zip(periods, periods[1:], strict=False):
            self.assertEqual(before.closing, after.opening)
            self.assertEqual(before.end + timedelta(days=1), after.start)

    def test_a_year_ends_on_any_day(self):
        cuts = year_cuts(date(2026, 2, 28))
        self.assertEqual((cuts[0], cuts[-1]), (date(2025, 3, 1), date(2026, 3, 1)))
        self.assertEqual(len(cuts), 13)

    def year(self, *movements):
        cuts = year_cuts(date(2025, 12, 31))
        return attrition(
            roll_forward([(date(2024, 6, 1), "new", change(1000, 10)), *movements], cuts)
        )

    def test_what_is_lost_is_measured_against_the_average(self):
        figures = self.year((date(2025, 1, 1), "cancel", change(-100, -1)))
        # 1000 at the opening, 900 at twelve ends of a month.
        self.assertAlmostEqual(figures.average, (1000 + 12 * 900) / 13)
        self.assertAlmostEqual(figures.gross, 100 / figures.average)
        self.assertAlmostEqual(figures.of_opening, 0.1)
        self.assertAlmostEqual(figures.unit, 1 / figures.average_contracts)
        self.assertAlmostEqual(figures.life_months, 12 / figures.gross)

    def test_lower_prices_downgrades_and_drops_are_gross_attrition(self):
        for kind in ("drop", "downgrade", "price_down"):
            figures = self.year((date(2025, 12, 31), kind, change(-50)))
            self.assertEqual((figures.lost, figures.lost_contracts), (50, 0))

    def test_a_swap_is_no_attrition(self):
        for kind in ("re_sign", "transfer"):
            figures = self.year(
                (date(2025, 5, 1), kind, change(-100, -1)), (date(2025, 5, 1), kind, change(100, 1))
            )
            self.assertEqual((figures.gross, figures.net, figures.unit), (0, 0, 0))
            self.assertIsNone(figures.life_months)

    def test_who_is_won_back_lowers_the_net_attrition_alone(self):
        figures = self.year(
            (date(2025, 5, 1), "cancel", change(-100, -1)),
            (date(2025, 6, 1), "re_sign", change(100, 1)),
        )
        self.assertGreater(figures.gross, 0)
        self.assertEqual(figures.net, 0)

    def test_neither_growth_nor_suspension_is_attrition(self):
        figures = self.year(
            (date(2025, 5, 1), "new", change(300, 3)),
            (date(2025, 6, 1), "suspension", change(-100, -1)),
        )
        self.assertEqual((figures.gross, figures.net, figures.unit), (0, 0, 0))

    def test_a_young_ledger_says_what_its_own_months_lost(self):
        figures = attrition(
            roll_forward(
                [
                    (date(2025, 10, 1), "new", change(1000, 10)),
                    (date(2025, 12, 31), "cancel", change(-10)),
                ],
                year_cuts(date(2025, 12, 31)),
            )
        )
        self.assertEqual(figures.months, 3)
        self.assertAlmostEqual(figures.average, (1000 + 1000 + 990) / 3)
        self.assertAlmostEqual(figures.gross, 10 / figures.average)
        self.assertAlmostEqual(figures.life_months, 3 / figures.gross)
        self.assertIsNone(figures.of_opening)

    def test_no_more_is_lost_in_a_young_ledger_than_there_was(self):
        figures = attrition(
            roll_forward(
                [
                    (date(2025, 11, 1), "new", change(1000, 10)),
                    (date(2025, 12, 1), "cancel", change(-300, -3)),
                ],
                year_cuts(date(2025, 12, 31)),
            )
        )
        self.assertEqual(figures.months, 2)
        self.assertAlmostEqual(figures.gross, 300 / figures.average)
        self.assertLess(figures.gross, 1)

    def test_an_empty_ledger_has_no_rates(self):
        figures = attrition(roll_forward([], year_cuts(date(2025, 12, 31))))
        self.assertIsNone(figures.gross)
        self.assertIsNone(figures.unit)

    def test_a_cohort_is_what_is_left_of_one_month_of_customers(self):
        [cohort] = cohorts(
            [
                (date(2025, 1, 1), date(2025, 1, 20), 100),
                (date(2025, 1, 1), date(2024, 12, 1), 100),
                (date(2025, 1, 1), date(2025, 3, 5), -50),
                (date(2025, 1, 1), date(2025, 5, 5), -50),
            ],
            date(2025, 4, 10),
        )
        self.assertEqual(cohort.values, [200, 200, 150, 150])
        self.assertEqual(cohort.shares, [1, 1, 0.75, 0.75])

    def test_without_a_first_month_a_cohort_has_no_share(self):
        [cohort] = cohorts([(date(2025, 1, 1), date(2025, 2, 1), 5)], date(2025, 2, 1))
        self.assertEqual(cohort.shares, [None, None])

    def test_the_creation_multiple_is_in_months(self):
        self.assertEqual(creation_multiple(3000, 100), 30)
        self.assertIsNone(creation_multiple(3000, 0))
        self.assertIsNone(creation_multiple(-1, 100))
