from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.retention import LEGAL_MINIMUM_DAYS, archive_before, expire_before

MOMENTS = st.integers(0, 200 * 365 * 86400).map(
    lambda seconds: datetime(1990, 1, 1) + timedelta(seconds=seconds)
)


@tagged("post_install", "-at_install")
class TestRetentionRules(BaseCase):
    @given(MOMENTS, st.integers(1, 120))
    def test_whole_months_are_archived(self, now, months):
        before = archive_before(now, months)
        self.assertEqual(before, datetime(before.year, before.month, 1))
        passed = (now.year - before.year) * 12 + now.month - before.month
        self.assertEqual(passed, months)
        self.assertGreaterEqual(now - before, timedelta(days=28))

    @given(st.integers(-100, 0))
    def test_the_running_month_stays(self, months):
        with self.assertRaisesRegex(ValueError, "allowed: 1 and more"):
            archive_before(datetime(2026, 2, 1), months)

    @given(MOMENTS, st.integers(-10, 1000))
    def test_nothing_younger_than_the_law_allows_expires(self, now, days):
        if days == 0:
            self.assertIsNone(expire_before(now, days))
        elif days < LEGAL_MINIMUM_DAYS:
            with self.assertRaisesRegex(ValueError, "allowed: 30 and more"):
                expire_before(now, days)
        else:
            age = now - expire_before(now, days)
            self.assertTrue(timedelta(days=days) <= age < timedelta(days=days + 1))
