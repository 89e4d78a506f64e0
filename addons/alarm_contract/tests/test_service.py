from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import periods, pricing, service
from .common import ContractCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestService(BaseCase):
    @given(
        anchor=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
        months=st.sampled_from(periods.MONTHS),
        rule=st.sampled_from(periods.PART_RULES),
        begin=st.integers(0, 400),
        length=st.integers(0, 800),
        cuts=st.sets(st.integers(1, 800), max_size=4),
        price=st.integers(1, 10_000_00),
        discount=st.integers(0, 100),
        discount_days=st.none() | st.integers(0, 800),
    )
    def test_unbroken(
        self, anchor, months, rule, begin, length, cuts, price, discount, discount_days
    ):
        """However often it is split, a service owes what it would have owed in one piece."""
        since = anchor + begin * DAY
        whole = periods.period_at(anchor, months, since, since + length * DAY)
        until = None if discount_days is None else since + discount_days * DAY

        def owed(period):
            return pricing.price_of(
                period, months, 1, price / 100, discount, until, rule, since=since
            )

        starts = [since, *(since + cut * DAY for cut in sorted(cuts) if cut <= length)]
        starts = [start for start in starts if start <= whole.end]
        ends = [*(start - DAY for start in starts[1:]), whole.end]
        pieces = [
            owed(periods.Period(start, end, whole.whole_start, whole.whole_end))
            for start, end in zip(starts, ends, strict=True)
        ]
        self.assertAlmostEqual(sum(piece.amount for piece in pieces), owed(whole).amount, 6)
        self.assertEqual(
            sum(piece.factor for piece in pieces), periods.part_factor(whole, months, rule)
        )
        self.assertTrue(all(piece.factor >= 0 for piece in pieces))

    def test_a_service_that_began_in_an_earlier_period_is_no_part_of_this_one(self):
        period = periods.period_at(date(2026, 1, 1), 1, date(2026, 3, 11))
        self.assertEqual(service.factor_of(period, date(2026, 1, 1), 1, "whole"), 0)
        self.assertEqual(service.factor_of(period, None, 1, "whole"), 1)


@tagged("post_install", "-at_install")
class TestSplitLines(ContractCase):
    """Lines that are split within a month owe for it what one line would have owed."""

    def owed(self, rule, new_price=310.0, arrears=False, days=(11,)):
        kind = "post-paid" if arrears else "pre-paid"
        contract = self.run_contract(
            self.fee(310.0, part_period=rule, recurring_invoicing_type=kind)
        )
        if not arrears:
            contract._charge(date(2026, 1, 1))
        for day in days:
            line = contract.contract_line_ids.filtered(lambda line: not line.date_end)
            change = date(2026, 1, day)
            credits = [] if new_price == line.price_unit else line._get_unused(change)
            line._replace_from(change, "re_sign", "re_sign", {line: {"price_unit": new_price}})
            self.env["alarm.charge"]._add(credits)
        contract._charge(date(2026, 2, 1) if arrears else date(2026, 1, 31))
        return sum(contract.charge_ids.mapped("amount"))

    def test_at_the_same_price_in_arrears_it_is_one_month(self):
        for rule in periods.PART_RULES:
            with self.subTest(rule):
                self.assertEqual(self.owed(rule, arrears=True), 310.0)
                self.assertEqual(self.owed(rule, arrears=True, days=(11, 21)), 310.0)

    def test_at_another_price_it_is_never_two_months_nor_none(self):
        expected = {"days": 520.0, "whole": 310.0, "half_month": 465.0, "free": 620.0}
        for rule, amount in expected.items():
            with self.subTest(rule):
                self.assertEqual(self.owed(rule, 620.0), amount)

    def test_what_stops_after_a_split_gives_back_what_is_not_owed(self):
        contract = self.run_contract(self.fee(310.0, part_period="half_month"))
        contract._charge(date(2026, 1, 1))
        line = contract.contract_line_ids
        credits = line._get_unused(date(2026, 1, 6))
        after = line._replace_from(
            date(2026, 1, 6), "re_sign", "re_sign", {line: {"price_unit": 620.0}}
        )
        self.env["alarm.charge"]._add(credits)
        contract._charge(date(2026, 1, 6))
        self.env["alarm.charge"]._add(after._get_unused(date(2026, 1, 11)))
        # Ten days are half a month, and that was owed with the first day.
        self.assertEqual(sum(contract.charge_ids.mapped("amount")), 155.0)
