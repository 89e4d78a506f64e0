from datetime import UTC, date, datetime, timedelta
from unittest import TestCase
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ..tools import schedule
from ..tools.schedule import HOLIDAY, Change, Line, Plan

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
# Changes of an hour, of half an hour, at midnight, of a whole day, and none at all.
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Asia/Beirut",
        "Pacific/Apia",
        "Asia/Shanghai",
        "UTC",
    )
]
DAYS = range(7)

minutes = st.integers(0, schedule.DAY)
lines = st.builds(
    Line,
    day=st.integers(0, HOLIDAY),
    start=st.integers(0, schedule.DAY - 1),
    end=minutes,
    kind=st.sampled_from(sorted(schedule.ALLOWS)),
    tolerance=st.integers(0, 120),
)
dates = st.dates(date(2009, 1, 1), date(2030, 12, 31))
moments = st.datetimes(datetime(2009, 1, 1), datetime(2030, 12, 31)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
zones = st.sampled_from(ZONES)


def clock(text):
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def week(*windows, days=DAYS, tolerance=0):
    return tuple(
        Line(day, clock(start), clock(end), kind, tolerance)
        for day in days
        for kind, start, end in windows
    )


SHOP = week(
    ("must_open", "08:00", "09:00"),
    ("may_open", "09:00", "18:00"),
    ("must_close", "18:00", "20:00"),
    days=range(5),
    tolerance=15,
)


def local(text, tz=SHANGHAI, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=tz, fold=fold)


@tagged("post_install", "-at_install")
class TestScheduleRules(TestCase):
    """Pure rules: no database."""

    def judge(self, action, text, plan=None):
        plan = plan or Plan(SHANGHAI, SHOP)
        return schedule.judge(plan, action, local(text, plan.tz))

    def test_openings_of_a_working_day(self):
        for text, expected in {
            "2026-11-20T07:44": "early",
            "2026-11-20T07:45": "in_order",
            "2026-11-20T08:30": "in_order",
            "2026-11-20T13:00": "in_order",
            "2026-11-20T18:15": "in_order",
            "2026-11-20T18:16": "late",
            "2026-11-21T10:00": "unexpected",
        }.items():
            self.assertEqual(self.judge("open", text), expected, text)

    def test_closings_of_a_working_day(self):
        for text, expected in {
            "2026-11-20T12:00": "early",
            "2026-11-20T17:45": "in_order",
            "2026-11-20T20:15": "in_order",
            "2026-11-20T20:16": "late",
            "2026-11-21T20:00": "unexpected",
        }.items():
            self.assertEqual(self.judge("close", text), expected, text)

    def test_what_no_line_speaks_of_is_free(self):
        plan = Plan(SHANGHAI, week(("must_close", "20:00", "22:00")))
        self.assertEqual(self.judge("open", "2026-11-20T03:00", plan), "in_order")
        quiet = Plan(SHANGHAI, week(("no_activity", "22:00", "06:00")))
        self.assertEqual(self.judge("open", "2026-11-20T05:59", quiet), "unexpected")
        self.assertEqual(self.judge("close", "2026-11-20T23:00", quiet), "unexpected")
        self.assertEqual(self.judge("open", "2026-11-20T06:00", quiet), "in_order")

    def test_a_window_runs_into_the_next_day(self):
        plan = Plan(SHANGHAI, week(("may_open", "22:00", "02:00"), days=[4]))
        self.assertEqual(self.judge("open", "2026-11-21T01:59", plan), "in_order")
        self.assertEqual(self.judge("open", "2026-11-20T01:59", plan), "unexpected")

    def test_a_change_goes_before_a_holiday_and_a_holiday_before_the_weekday(self):
        friday = date(2026, 11, 20)
        night = Line(HOLIDAY, clock("10:00"), clock("11:00"), "may_open")
        plan = Plan(SHANGHAI, (*SHOP, night), {friday: HOLIDAY})
        self.assertEqual(schedule.lines_of(plan, friday), ("holiday", (night,)))
        self.assertEqual(self.judge("open", "2026-11-20T08:30", plan), "unexpected")
        self.assertEqual(self.judge("open", "2026-11-20T10:30", plan), "in_order")
        late = Line(0, clock("20:00"), clock("21:00"), "may_open")
        plan = Plan(SHANGHAI, plan.lines, plan.holidays, (Change(friday, friday, (late,)),))
        self.assertEqual(schedule.lines_of(plan, friday), ("change", (late,)))
        self.assertEqual(self.judge("open", "2026-11-20T10:30", plan), "unexpected")
        self.assertEqual(self.judge("open", "2026-11-20T20:30", plan), "in_order")

    def test_the_later_of_two_changes_holds(self):
        day = date(2026, 11, 20)
        window = Line(0, 0, 600, "may_open")
        plan = Plan(SHANGHAI, SHOP, {}, (Change(day, day, (window,)), Change(day, day)))
        self.assertEqual(schedule.lines_of(plan, day), ("change", ()))

    def test_a_sunday_that_is_worked_instead_has_the_lines_of_that_day(self):
        sunday = date(2026, 11, 22)
        plan = Plan(SHANGHAI, SHOP, {sunday: 0})
        self.assertEqual(self.judge("open", "2026-11-22T08:30", plan), "in_order")

    def test_a_closed_day_expects_no_opening_even_where_openings_are_free(self):
        day = date(2026, 11, 20)
        plan = Plan(SHANGHAI, week(("must_close", "20:00", "22:00")), {}, (Change(day, day),))
        self.assertEqual(self.judge("open", "2026-11-20T12:00", plan), "unexpected")
        free = Plan(SHANGHAI, week(("no_activity", "23:00", "24:00")), {}, plan.changes)
        self.assertEqual(self.judge("close", "2026-11-20T12:00", free), "in_order")

    def test_deadlines(self):
        plan = Plan(SHANGHAI, SHOP)
        friday = local("2026-11-20T09:00")
        deadline = schedule.next_deadline(plan, "open", friday)
        self.assertEqual(deadline.due, local("2026-11-20T09:15"))
        self.assertEqual(deadline.since, local("2026-11-20T07:45"))
        after = schedule.next_deadline(plan, "open", deadline.due)
        self.assertEqual(after.due, local("2026-11-23T09:15"))
        closing = schedule.next_deadline(plan, "close", friday)
        self.assertEqual(closing.due, local("2026-11-20T20:15"))
        self.assertIsNone(schedule.next_deadline(Plan(SHANGHAI), "close", friday))

    def test_the_day_of_23_hours(self):
        # 2026-03-29 in Berlin: 02:00 is 03:00.
        plan = Plan(BERLIN, week(("must_close", "02:15", "02:45")))
        change = datetime(2026, 3, 29, 1, tzinfo=UTC)
        self.assertEqual(schedule.instant(datetime(2026, 3, 29, 2, 30), BERLIN), change)
        self.assertEqual(schedule.spans_of(plan, date(2026, 3, 29)), [])
        longer = Plan(BERLIN, week(("must_close", "01:30", "02:30")))
        [span] = schedule.spans_of(longer, date(2026, 3, 29))
        self.assertEqual((span.start, span.end), (change - timedelta(minutes=30), change))

    def test_the_day_of_25_hours(self):
        # 2026-10-25 in Berlin: 02:00 to 03:00 comes twice.
        plan = Plan(BERLIN, week(("must_open", "02:15", "02:45")))
        [span] = schedule.spans_of(plan, date(2026, 10, 25))
        self.assertEqual(span.end - span.start, timedelta(minutes=90))
        for fold in (0, 1):
            moment = local("2026-10-25T02:30", BERLIN, fold)
            self.assertEqual(schedule.judge(plan, "open", moment), "in_order")

    @given(zones, dates, lines)
    def test_a_window_never_ends_before_it_begins(self, tz, day, line):
        line = Line(day.weekday(), line.start, line.end, line.kind)
        for span in schedule.spans_of(Plan(tz, (line,)), day):
            self.assertLess(span.start, span.end)
            self.assertLessEqual(span.end - span.start, timedelta(days=2, hours=2))

    @given(zones, dates)
    def test_no_instant_is_lost_between_two_whole_days(self, tz, day):
        plan = Plan(tz, week(("may_open", "00:00", "24:00")))
        today = schedule.spans_of(plan, day)
        tomorrow = schedule.spans_of(plan, day + timedelta(days=1))
        if today and tomorrow:
            self.assertGreaterEqual(today[-1].end, tomorrow[0].start)

    @given(zones, moments)
    def test_what_is_allowed_around_the_clock_is_always_in_order(self, tz, moment):
        plan = Plan(tz, week(("may_open", "00:00", "24:00")))
        self.assertEqual(schedule.judge(plan, "open", moment), "in_order")

    @given(zones, moments, st.lists(lines, max_size=6))
    def test_the_next_deadline_is_later_and_none_is_left_out(self, tz, moment, some):
        plan = Plan(tz, tuple(some))
        for action in ("open", "close"):
            deadline = schedule.next_deadline(plan, action, moment)
            if not deadline:
                self.assertNotIn(
                    schedule.MUST[action], [line.kind for line in some if line.day < HOLIDAY]
                )
                continue
            self.assertGreater(deadline.due, moment)
            self.assertLess(deadline.since, deadline.due)
            # Looked for from any moment before it, it is the same.
            between = moment + (deadline.due - moment) / 2
            self.assertEqual(schedule.next_deadline(plan, action, between), deadline)

    @given(zones, moments, st.lists(lines, max_size=6))
    def test_a_must_at_its_deadline_is_in_order_and_judging_never_fails(self, tz, moment, some):
        plan = Plan(tz, tuple(some))
        for action in ("open", "close"):
            self.assertIn(
                schedule.judge(plan, action, moment),
                ("in_order", "early", "late", "unexpected"),
            )
            deadline = schedule.next_deadline(plan, action, moment)
            if deadline:
                self.assertEqual(schedule.judge(plan, action, deadline.due), "in_order")
        expected = schedule.expectation(plan.lines, {}, (), moment.astimezone(tz))
        self.assertEqual(expected.source, "standard")
        self.assertEqual(expected.open, schedule.judge(plan, "open", moment))

    @given(zones, st.datetimes(datetime(2009, 1, 1), datetime(2030, 12, 31)))
    def test_local_times_follow_each_other(self, tz, naive):
        later = naive + timedelta(minutes=7)
        self.assertLessEqual(schedule.instant(naive, tz), schedule.instant(later, tz))
        self.assertLessEqual(
            schedule.instant(naive, tz, last=True), schedule.instant(later, tz, last=True)
        )

    def test_no_activity_contradicts_what_allows_some(self):
        quiet = Line(0, clock("22:00"), clock("06:00"), "no_activity")
        late = Line(0, clock("20:00"), clock("23:00"), "may_close")
        self.assertEqual(schedule.check_lines([late, quiet]), (quiet, late))
        self.assertIsNone(schedule.check_lines([quiet, Line(1, late.start, late.end, late.kind)]))
