from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import deferral

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
AMOUNTS = st.decimals(-10_000_000, 10_000_000, places=2)
LENGTHS = st.integers(0, 1500)


@tagged("post_install", "-at_install")
class TestDeferralRule(BaseCase):
    """When a fee billed in advance is earned, to the cent."""

    def months(self, *args):
        return [(str(month)[:7], str(amount)) for month, amount in deferral.schedule(*args)]

    def test_a_year_from_the_first_of_a_month_is_twelve_equal_months(self):
        self.assertEqual(
            self.months(Decimal("1200"), date(2026, 1, 1), date(2026, 12, 31)),
            [(f"2026-{month:02}", "100.00") for month in range(1, 13)],
        )

    def test_cents_that_do_not_divide_are_spread_and_none_is_lost(self):
        months = deferral.schedule(Decimal("100"), date(2026, 1, 1), date(2026, 3, 31))
        self.assertEqual(
            [amount for _month, amount in months],
            [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")],
        )

    def test_a_period_from_the_middle_of_a_month_has_parts_at_both_ends(self):
        months = deferral.schedule(Decimal("310"), date(2026, 1, 16), date(2026, 3, 15))
        # 16 of 31 days, a month, 15 of 31 days: two months.
        self.assertEqual(
            [amount for _month, amount in months],
            [Decimal("80.00"), Decimal("155.00"), Decimal("75.00")],
        )

    def test_a_currency_without_cents(self):
        months = deferral.schedule(1000, date(2026, 1, 1), date(2026, 3, 31), cent=Decimal("1"))
        self.assertEqual([int(amount) for _month, amount in months], [333, 334, 333])

    def test_a_period_that_ends_before_it_begins_is_refused(self):
        with self.assertRaisesRegex(ValueError, "before it begins"):
            deferral.schedule(1, date(2026, 2, 1), date(2026, 1, 31))

    def test_only_what_is_billed_in_advance_for_more_than_a_month_waits(self):
        day = date(2026, 1, 31)
        self.assertFalse(deferral.is_deferred(day, date(2026, 2, 27), day))
        self.assertTrue(deferral.is_deferred(day, date(2026, 2, 28), day))
        first = date(2026, 1, 1)
        self.assertFalse(deferral.is_deferred(first, date(2026, 1, 31), first))
        self.assertTrue(deferral.is_deferred(first, date(2026, 3, 31), first))
        self.assertFalse(deferral.is_deferred(first, date(2026, 3, 31), date(2026, 4, 1)))
        self.assertFalse(deferral.is_deferred(False, date(2026, 3, 31), first))

    @given(AMOUNTS, DAYS, LENGTHS)
    def test_the_months_are_the_amount(self, amount, start, length):
        end = start + timedelta(days=length)
        months = deferral.schedule(amount, start, end)
        self.assertEqual(sum(part for _month, part in months), amount)
        self.assertEqual(months[0][0], start.replace(day=1))
        self.assertEqual(months[-1][0], end.replace(day=1))
        self.assertEqual(len({month for month, _part in months}), len(months))
        # Nothing is earned backwards.
        self.assertTrue(all(part * amount >= 0 for _month, part in months))

    @given(AMOUNTS, DAYS, LENGTHS)
    def test_whole_months_differ_by_no_more_than_a_cent(self, amount, start, length):
        months = deferral.schedule(amount, start, start + timedelta(days=length))[1:-1]
        parts = [part for _month, part in months]
        if parts:
            self.assertLessEqual(max(parts) - min(parts), Decimal("0.01"))

    @given(AMOUNTS, DAYS, LENGTHS)
    def test_a_credit_note_mirrors_its_invoice(self, amount, start, length):
        end = start + timedelta(days=length)
        there = deferral.schedule(amount, start, end)
        back = deferral.schedule(-amount, start, end)
        self.assertEqual([(month, -part) for month, part in there], back)

    @given(AMOUNTS, DAYS, LENGTHS, st.lists(st.booleans(), max_size=50), st.integers(-3, 60))
    def test_what_is_left_makes_good_what_was_released(self, amount, start, length, done, stop):
        planned = dict(deferral.schedule(amount, start, start + timedelta(days=length)))
        months = list(planned)
        released = {month: planned[month] for month, was in zip(months, done, strict=False) if was}
        stop = months[stop] if 0 <= stop < len(months) else None
        rest = deferral.replan(planned, released, stop)
        self.assertEqual(sum(rest.values()) + sum(released.values()), amount)
        self.assertNotIn(0, rest.values())
        # And once more changes nothing.
        again = {month: rest.get(month, 0) + released.get(month, 0) for month in {*rest, *released}}
        self.assertFalse(deferral.replan(planned, again, stop))
