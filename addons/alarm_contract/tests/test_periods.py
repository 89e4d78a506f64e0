from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import periods

DAY = timedelta(days=1)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
lengths = st.sampled_from(periods.MONTHS)
rules = st.sampled_from(periods.PART_RULES)


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    def test_the_end_of_a_month_does_not_drift(self):
        starts = [periods.boundary(date(2026, 1, 31), 1, index) for index in range(5)]
        self.assertEqual(
            starts,
            [
                date(2026, 1, 31),
                date(2026, 2, 28),
                date(2026, 3, 31),
                date(2026, 4, 30),
                date(2026, 5, 31),
            ],
        )

    def test_a_leap_day_comes_back_every_fourth_year(self):
        starts = [periods.boundary(date(2024, 2, 29), 12, index) for index in range(5)]
        self.assertEqual(
            starts,
            [date(2024, 2, 29), *(date(year, 2, 28) for year in (2025, 2026, 2027))]
            + [date(2028, 2, 29)],
        )

    def test_two_years_are_one_period(self):
        period = periods.period_at(date(2026, 3, 15), 24, date(2026, 3, 15))
        self.assertEqual(period.end, date(2028, 3, 14))
        self.assertTrue(period.is_whole)

    @given(anchor=days, months=lengths, count=st.integers(1, 40))
    def test_periods_follow_each_other_without_gap_or_overlap(self, anchor, months, count):
        day = anchor
        for index in range(count):
            period = periods.period_at(anchor, months, day)
            self.assertEqual(period.start, periods.boundary(anchor, months, index))
            self.assertTrue(period.is_whole)
            day = period.end + DAY
        self.assertEqual(day, periods.boundary(anchor, months, count))

    @given(anchor=days, months=lengths, day=days)
    def test_every_day_is_in_the_whole_period_that_contains_it(self, anchor, months, day):
        first, last = periods.whole_period(anchor, months, day)
        self.assertLessEqual(first, day)
        self.assertLessEqual(day, last)

    @given(start=days, cut_day=st.integers(0, 28))
    def test_periods_are_cut_at_the_day_of_invoice(self, start, cut_day):
        anchor = periods.anchor_of(start, cut_day)
        self.assertLessEqual(start, anchor)
        self.assertLess((anchor - start).days, 31)
        self.assertEqual(anchor.day, cut_day or start.day)

    def test_a_yearly_fee_that_is_cut_begins_with_the_rest_of_a_month(self):
        anchor = periods.anchor_of(date(2026, 3, 17), 1)
        first = periods.period_at(anchor, 12, date(2026, 3, 17))
        self.assertEqual((first.start, first.end), (date(2026, 3, 17), date(2026, 3, 31)))
        self.assertEqual(periods.part_factor(first, 12, "days"), Fraction(15, 31 * 12))
        second = periods.period_at(anchor, 12, first.end + DAY)
        self.assertEqual((second.start, second.end), (date(2026, 4, 1), date(2027, 3, 31)))
        self.assertEqual(periods.part_factor(second, 12, "days"), 1)

    def test_in_arrears_a_period_is_invoiced_when_it_is_over(self):
        due = periods.due_periods(
            date(2026, 1, 31), 1, date(2026, 1, 31), False, until=date(2026, 3, 31)
        )
        self.assertEqual(
            [(period.start, period.end) for period in due],
            [
                (date(2026, 1, 31), date(2026, 2, 27)),
                (date(2026, 2, 28), date(2026, 3, 30)),
            ],
        )

    @given(
        anchor=days,
        months=lengths,
        in_advance=st.booleans(),
        length=st.integers(0, 2000),
        stop=st.none() | st.integers(0, 2000),
    )
    def test_what_is_due_is_due_and_the_next_is_not(self, anchor, months, in_advance, length, stop):
        until = anchor + timedelta(days=length)
        stop = stop if stop is None else anchor + timedelta(days=stop)
        due = list(periods.due_periods(anchor, months, anchor, in_advance, until, stop))
        day = anchor
        for period in due:
            self.assertEqual(period.start, day)
            self.assertLessEqual(periods.invoice_date(period, in_advance), until)
            day = period.end + DAY
        following = periods.period_at(anchor, months, day, stop)
        if following:
            self.assertGreater(periods.invoice_date(following, in_advance), until)
        else:
            self.assertEqual(day, stop + DAY)

    @given(
        anchor=days,
        months=lengths,
        in_advance=st.booleans(),
        first=st.integers(0, 900),
        second=st.integers(0, 900),
    )
    def test_it_is_the_same_whether_charged_often_or_seldom(
        self, anchor, months, in_advance, first, second
    ):
        middle = anchor + timedelta(days=first)
        last = middle + timedelta(days=second)
        often = list(periods.due_periods(anchor, months, anchor, in_advance, middle))
        day = often[-1].end + DAY if often else anchor
        often += periods.due_periods(anchor, months, day, in_advance, last)
        seldom = list(periods.due_periods(anchor, months, anchor, in_advance, last))
        self.assertEqual(often, seldom)

    @given(anchor=days, months=lengths, cut=st.integers(1, 800), rule=rules)
    def test_a_part_is_never_less_than_nothing_nor_more_than_the_whole(
        self, anchor, months, cut, rule
    ):
        part = periods.period_at(anchor, months, anchor, anchor + timedelta(days=cut))
        factor = periods.part_factor(part, months, rule)
        self.assertGreaterEqual(factor, 0)
        self.assertLessEqual(factor, 1)
        if part.is_whole:
            self.assertEqual(factor, 1)

    @given(anchor=days, months=lengths, cut=st.integers(1, 800))
    def test_by_days_two_parts_are_the_whole(self, anchor, months, cut):
        last = periods.period_at(anchor, months, anchor).end
        middle = min(anchor + timedelta(days=cut), last)
        if middle == last:
            return
        first = periods.period_at(anchor, months, anchor, middle)
        second = periods.period_at(anchor, months, middle + DAY)
        self.assertEqual(
            periods.part_factor(first, months, "days")
            + periods.part_factor(second, months, "days"),
            1,
        )

    @given(anchor=days, months=lengths, cut=st.integers(1, 800))
    def test_half_months_are_counted_in_halves_of_a_month(self, anchor, months, cut):
        part = periods.period_at(anchor, months, anchor, anchor + timedelta(days=cut))
        factor = periods.part_factor(part, months, "half_month")
        self.assertEqual((factor * months * 2).denominator, 1)
        self.assertGreater(factor, 0)

    def test_up_to_fifteen_days_are_half_a_month(self):
        def owed(last_day):
            part = periods.period_at(date(2026, 1, 1), 1, date(2026, 1, 1), date(2026, 1, last_day))
            return periods.part_factor(part, 1, "half_month")

        self.assertEqual(owed(15), Fraction(1, 2))
        self.assertEqual(owed(16), 1)
