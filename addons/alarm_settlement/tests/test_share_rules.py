from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.alarm_contract.tools.pricing import exact

from ..tools.shares import Tier, divide, profit_base, share_parts, total_of

cents = st.integers(-10_000_000, 100_000_000).map(lambda number: number / 100)
rates = st.integers(0, 3000).map(lambda number: number / 100)
tables = st.lists(
    st.builds(Tier, st.integers(0, 100_000).map(float), rates),
    min_size=1,
    max_size=6,
    unique_by=lambda tier: tier.from_amount,
)
rising = tables.map(
    lambda tiers: [
        Tier(start, rate)
        for start, rate in zip(
            sorted(tier.from_amount for tier in tiers),
            sorted(tier.rate for tier in tiers),
            strict=True,
        )
    ]
)

CONCESSION = [Tier(0, 1), Tier(100_000, 10), Tier(500_000, 30)]


def share_of(base, tiers, rule="slice"):
    return total_of(part.amount for part in share_parts(base, tiers, rule))


@tagged("post_install", "-at_install")
class TestShareRules(BaseCase):
    def test_each_slice_has_its_rate(self):
        parts = share_parts(600_000, CONCESSION)
        self.assertEqual(
            [(part.base, part.rate, part.amount) for part in parts],
            [(100_000, 1, 1_000), (400_000, 10, 40_000), (100_000, 30, 30_000)],
        )
        self.assertEqual(share_of(600_000, CONCESSION), 71_000)

    def test_all_has_the_rate_of_the_tier_that_it_reaches(self):
        self.assertEqual(share_of(600_000, CONCESSION, "whole"), 180_000)
        self.assertEqual(share_of(500_000, CONCESSION, "whole"), 150_000)
        self.assertEqual(share_of(499_999.99, CONCESSION, "whole"), 50_000)

    def test_a_flat_rate_is_one_tier(self):
        self.assertEqual(share_of(1234.55, [Tier(0, 7.5)]), 92.59)

    def test_below_the_lowest_tier_nothing_is_shared(self):
        for rule in ("slice", "whole"):
            self.assertEqual(share_of(99, [Tier(100, 5)], rule), 0)
            self.assertEqual(share_of(-50, [Tier(100, 5)], rule), 0)

    def test_more_credited_than_invoiced_is_given_back_at_the_lowest_rate(self):
        self.assertEqual(share_of(-1000, CONCESSION), -10)

    def test_nothing_shares_nothing(self):
        self.assertEqual(share_parts(0, CONCESSION), [])
        self.assertEqual(share_parts(100, []), [])

    def test_a_rule_that_is_none_is_refused(self):
        with self.assertRaisesRegex(ValueError, "marginal"):
            share_of(1, CONCESSION, "marginal")

    def test_a_loss_is_carried_and_worked_off(self):
        self.assertEqual(profit_base(100, 250, 0), (0, -150))
        self.assertEqual(profit_base(300, 100, -150), (50, 0))
        self.assertEqual(profit_base(100, 0, -150), (0, -50))

    @given(cents, tables)
    def test_slices_add_up_to_the_base(self, base, tiers):
        parts = share_parts(base, tiers)
        lowest = min(tier.from_amount for tier in tiers)
        above = max(exact(base) - exact(lowest), Fraction(0)) if base > 0 else exact(base)
        if base < 0 and lowest > 0:
            above = 0
        self.assertEqual(sum((exact(part.base) for part in parts), Fraction(0)), above)

    @given(cents.filter(lambda base: base >= 0), cents.filter(lambda base: base >= 0), tables)
    def test_more_turnover_is_never_a_smaller_share(self, base, more, tiers):
        low, high = sorted((base, more))
        self.assertLessEqual(share_of(low, tiers), share_of(high, tiers) + 0.011 * len(tiers))

    @given(cents.filter(lambda base: base >= 0), rising)
    def test_a_share_is_between_the_lowest_and_the_highest_rate(self, base, tiers):
        share = share_of(base, tiers)
        self.assertGreaterEqual(share, 0)
        self.assertLessEqual(share, base * tiers[-1].rate / 100 + 0.01 * len(tiers))
        self.assertLessEqual(share, share_of(base, tiers, "whole") + 0.01 * len(tiers))

    @given(cents, st.lists(st.integers(1, 99), min_size=1, max_size=8))
    def test_milestones_add_up_to_the_cent(self, total, weights):
        percents = [Fraction(weight * 100, sum(weights)) for weight in weights]
        amounts = divide(total, percents)
        self.assertEqual(sum(exact(amount) for amount in amounts), exact(total))

    def test_three_thirds(self):
        third = Fraction(100, 3)
        self.assertEqual(divide(100, [third, third, third]), [33.33, 33.34, 33.33])
