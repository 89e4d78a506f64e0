from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.availability import EVERY_DAY, Absence, Hours, is_available, next_available

ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "America/New_York",
                                     "Australia/Lord_Howe", "UTC")]  # fmt: skip
minutes = st.integers(0, 23 * 4 + 3).map(lambda quarter: quarter * 15)
hours = st.builds(
    Hours, st.frozensets(st.integers(0, 6), min_size=1), minutes, minutes | st.just(1440)
)
days = st.integers(0, 40).map(lambda offset: date(2026, 3, 1) + timedelta(offset))
absences = st.tuples(days, st.integers(0, 5)).map(
    lambda pair: Absence(pair[0], pair[0] + timedelta(pair[1]))
)
# Around the changes of the clocks of March, April and October 2026.
moments = st.one_of(
    *(
        st.integers(0, 8 * 24 * 12).map(
            lambda steps, start=start: datetime(*start, tzinfo=UTC) + timedelta(minutes=5 * steps)
        )
        for start in ((2026, 3, 5), (2026, 3, 26), (2026, 4, 1), (2026, 10, 22), (2026, 10, 30))
    )
)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@tagged("post_install", "-at_install")
class TestAvailabilityRules(BaseCase):
    @settings(max_examples=150)
    @given(
        st.lists(hours, max_size=3),
        st.lists(absences, max_size=2),
        moments,
        st.sampled_from(ZONES),
    )
    def test_next_is_the_first_of_all_minutes(self, lines, away, moment, tz):
        """Against the plain search: minute after minute."""
        found = next_available(lines, away, moment, tz)
        limit = found or moment + timedelta(days=3)
        step = moment
        while step < min(limit, moment + timedelta(days=3)):
            self.assertFalse(is_available(lines, away, step, tz), step)
            step += timedelta(minutes=5)
        if found:
            self.assertGreaterEqual(found, moment)
            self.assertTrue(is_available(lines, away, found, tz))
        else:
            self.fail("hours of some weekday always come again")

    @given(moments, st.sampled_from(ZONES))
    def test_without_hours_always(self, moment, tz):
        self.assertTrue(is_available([], [], moment, tz))
        self.assertEqual(next_available([], [], moment, tz), moment)

    @given(moments, st.sampled_from(ZONES), minutes)
    def test_equal_start_and_end_is_round_the_clock(self, moment, tz, minute):
        self.assertTrue(is_available([Hours(EVERY_DAY, minute, minute)], [], moment, tz))

    def test_a_night_reaches_into_the_next_day(self):
        night = [Hours(frozenset({4}), 20 * 60, 8 * 60)]  # Friday night
        tz = ZoneInfo("Asia/Shanghai")
        self.assertTrue(is_available(night, [], utc(2026, 11, 20, 23, 0), tz))  # Sat 07:00
        self.assertFalse(is_available(night, [], utc(2026, 11, 21, 0, 0), tz))  # Sat 08:00
        self.assertEqual(
            next_available(night, [], utc(2026, 11, 21, 0, 0), tz), utc(2026, 11, 27, 12, 0)
        )

    def test_hours_that_the_clock_skips_begin_when_it_has_jumped(self):
        tz = ZoneInfo("Europe/Berlin")  # 29 March 2026: 02:00 becomes 03:00
        lines = [Hours(EVERY_DAY, 150, 240)]
        self.assertEqual(
            next_available(lines, [], utc(2026, 3, 29, 0, 30), tz), utc(2026, 3, 29, 1, 0)
        )

    def test_hours_that_come_twice_count_twice(self):
        tz = ZoneInfo("Europe/Berlin")  # 25 October 2026: 03:00 becomes 02:00
        lines = [Hours(EVERY_DAY, 120, 150)]
        self.assertTrue(is_available(lines, [], utc(2026, 10, 25, 0, 10), tz))
        self.assertFalse(is_available(lines, [], utc(2026, 10, 25, 0, 40), tz))
        self.assertEqual(
            next_available(lines, [], utc(2026, 10, 25, 0, 40), tz), utc(2026, 10, 25, 1, 0)
        )

    def test_an_absence_ends_at_local_midnight(self):
        tz = ZoneInfo("Asia/Shanghai")
        away = [Absence(date(2026, 11, 20), date(2026, 12, 31))]
        self.assertEqual(next_available([], away, utc(2026, 11, 21), tz), utc(2026, 12, 31, 16, 0))

    def test_away_for_good_is_never(self):
        away = [Absence(date(2026, 1, 1), date.max)]
        self.assertIsNone(next_available([], away, utc(2026, 11, 21), ZONES[0]))

    def test_hours_of_no_weekday_are_never(self):
        self.assertIsNone(
            next_available([Hours(frozenset(), 0, 60)], [], utc(2026, 11, 21), ZONES[0])
        )
