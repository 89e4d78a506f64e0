from datetime import date, timedelta
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ..tools.quota import Attendance, allot, quota_period

ANCHOR = date(2026, 1, 31)

days = st.dates(date(2026, 1, 1), date(2029, 12, 31))
attendances = st.lists(days, max_size=30).map(
    lambda found: [Attendance(number, on) for number, on in enumerate(found, 1)]
)
months = st.sampled_from([1, 3, 6, 12])


@tagged("post_install", "-at_install")
class TestQuotaRules(TestCase):
    def test_the_first_of_a_period_are_free(self):
        found = allot(
            [Attendance(3, date(2026, 5, 3)), Attendance(1, date(2026, 2, 1))]
            + [Attendance(2, date(2026, 3, 1)), Attendance(4, date(2027, 2, 1))],
            quota=2,
            months=12,
            anchor=ANCHOR,
        )
        self.assertEqual(
            [(one.id, one.free, one.number) for one in found],
            [(1, True, 1), (2, True, 2), (3, False, 3), (4, True, 1)],
        )

    def test_what_was_decided_before_stays(self):
        late = allot([Attendance(9, date(2026, 2, 2))], 2, 12, ANCHOR, {ANCHOR: (3, 2)})
        self.assertEqual([(one.free, one.number) for one in late], [(False, 4)])

    def test_days_before_the_anchor_belong_to_the_first_period(self):
        self.assertEqual(quota_period(ANCHOR, 12, date(2026, 1, 5))[0], ANCHOR)

    def test_without_a_quota_nothing_is_free(self):
        self.assertFalse(allot([Attendance(1, ANCHOR)], 0, 12, ANCHOR)[0].free)

    @given(attendances, st.integers(0, 5), months)
    def test_no_period_gives_more_than_its_quota_and_none_wastes_it(self, found, quota, length):
        by_period = {}
        for one in allot(found, quota, length, ANCHOR):
            by_period.setdefault(one.start, []).append(one)
        for period in by_period.values():
            free = [one.free for one in period]
            self.assertEqual(sum(free), min(quota, len(period)))
            self.assertEqual(free, sorted(free, reverse=True))
            self.assertEqual([one.number for one in period], list(range(1, len(period) + 1)))

    @given(attendances, st.integers(0, 5), months, st.integers(0, 30))
    def test_in_two_batches_as_many_are_free_as_in_one(self, found, quota, length, cut):
        whole = allot(found, quota, length, ANCHOR)
        first = allot(found[:cut], quota, length, ANCHOR)
        former = {}
        for one in first:
            number, free = former.get(one.start, (0, 0))
            former[one.start] = (number + 1, free + one.free)
        second = allot(found[cut:], quota, length, ANCHOR, former)
        self.assertEqual(sum(one.free for one in whole), sum(one.free for one in [*first, *second]))
        self.assertEqual(len(first) + len(second), len(found))

    @given(days, months)
    def test_each_day_is_in_its_period(self, day, length):
        start, end = quota_period(ANCHOR, length, day)
        self.assertTrue(day < ANCHOR or start <= day <= end)
        following = quota_period(ANCHOR, length, end + timedelta(days=1))
        self.assertEqual(following[0], end + timedelta(days=1))
