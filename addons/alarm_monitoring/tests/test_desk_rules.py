from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.desk import ABSENT_AFTER, Desk, is_absent, is_manned_time, judge

NOW = datetime(2026, 1, 1)

desks = st.builds(Desk, used=st.booleans(), told=st.booleans()).filter(
    lambda desk: desk.used or not desk.told
)
moments = st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30)


@tagged("post_install", "-at_install")
class TestDeskRules(BaseCase):
    @given(desks, st.integers(0, 3), st.booleans())
    def test_looking_twice_tells_once(self, desk, present, wanted):
        after, _news = judge(desk, present, wanted)
        self.assertEqual(judge(after, present, wanted), (after, None))

    @given(desks, st.integers(0, 3), st.booleans())
    def test_supervisors_know_exactly_of_desks_that_are_empty_and_wanted(
        self, desk, present, wanted
    ):
        after, _news = judge(desk, present, wanted)
        self.assertEqual(after.told, wanted and not present and desk.used)

    @given(moments)
    def test_empty_is_told_once_until_it_is_over(self, course):
        desk, told = Desk(), False
        for present, wanted in course:
            desk, news = judge(desk, present, wanted)
            if news == "empty":
                self.assertFalse(told)
                told = True
            elif news:
                self.assertTrue(told)
                told = False
        self.assertEqual(desk.told, told)

    @given(moments)
    def test_a_centre_without_shifts_is_never_missed(self, course):
        desk = Desk()
        for _present, wanted in course:
            desk, news = judge(desk, 0, wanted)
            self.assertIsNone(news)

    @given(st.floats(0, 23.99), st.floats(0, 24), st.floats(0, 23.99))
    def test_hours_and_the_rest_of_the_day_are_the_whole_day(self, since, until, hour):
        if since != until:
            self.assertNotEqual(
                is_manned_time("hours", since, until, hour),
                is_manned_time("hours", until, since, hour),
            )

    @given(st.floats(0, 23.99), st.floats(0, 24), st.floats(0, 23.99))
    def test_always_and_never_ask_for_no_hours(self, since, until, hour):
        self.assertTrue(is_manned_time("always", since, until, hour))
        self.assertFalse(is_manned_time("never", since, until, hour))

    @given(st.integers(0, 3600), st.integers(0, 3600))
    def test_nobody_is_absent_before_he_could_be_heard(self, seen, watched):
        seen_at, watched_since = NOW - timedelta(seconds=seen), NOW - timedelta(seconds=watched)
        self.assertEqual(
            is_absent(seen_at, watched_since, NOW),
            min(seen, watched) >= ABSENT_AFTER.total_seconds(),
        )
        self.assertFalse(is_absent(seen_at, None, NOW))
