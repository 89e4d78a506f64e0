from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..tools.schedule import HOLIDAY, Line, judge, lines_of
from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestSchedule(RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscriber.tz = "Asia/Shanghai"
        cls.schedule = cls.make_schedule(cls.subscriber)

    @classmethod
    def make_schedule(cls, subscriber, **values):
        return cls.env["alarm.schedule"].create(
            {
                "subscriber_id": subscriber.id,
                "line_ids": [
                    Command.create(
                        {"kind": "must_open", "hour_from": 8, "hour_to": 9, "tolerance": 15}
                    ),
                    Command.create({"kind": "may_open", "hour_from": 9, "hour_to": 18.5}),
                ],
                **values,
            }
        )

    def change(self, first, last=None, **values):
        return self.env["alarm.schedule.change"].create(
            {
                "schedule_id": self.schedule.id,
                "date_from": first,
                "date_to": last or first,
                "authorised_by": "Keyholder",
                "reason": "Stocktaking",
                **values,
            }
        )

    def plan(self, today=date(2026, 11, 20)):
        return self.schedule._plans(today)[self.schedule.id]

    def test_the_record_becomes_plain_values(self):
        plan = self.plan()
        self.assertEqual(plan.tz, ZoneInfo("Asia/Shanghai"))
        self.assertEqual(len(plan.lines), 10)
        self.assertIn(Line(4, 8 * 60, 9 * 60, "must_open", 15), plan.lines)
        self.assertIn(Line(0, 9 * 60, 18 * 60 + 30, "may_open", 0), plan.lines)

    def test_days_in_groups(self):
        self.schedule.line_ids.days = "holiday"
        self.assertEqual({line.day for line in self.plan().lines}, {HOLIDAY})
        self.schedule.line_ids.days = "weekend"
        self.assertEqual({line.day for line in self.plan().lines}, {5, 6})

    def test_holidays_count_for_who_keeps_them(self):
        calendars = self.env["alarm.holiday"].create(
            [
                {
                    "name": "First",
                    "sequence": 1,
                    "day_ids": [
                        Command.create({"name": "Feast", "date_from": date(2026, 11, 20)}),
                    ],
                },
                {
                    "name": "Second",
                    "sequence": 2,
                    "day_ids": [
                        Command.create(
                            {
                                "name": "Worked",
                                "date_from": date(2026, 11, 20),
                                "date_to": date(2026, 11, 21),
                                "acts_as": "0",
                            }
                        ),
                    ],
                },
            ]
        )
        self.assertEqual(self.plan().holidays, {})
        self.subscriber.holiday_ids = calendars
        self.assertEqual(self.plan().holidays, {date(2026, 11, 20): HOLIDAY, date(2026, 11, 21): 0})
        saturday = datetime(2026, 11, 21, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
        self.assertEqual(judge(self.plan(), "open", saturday), "in_order")

    @freeze_time("2026-11-20 04:00:00")
    def test_a_change_holds_for_its_days_until_it_is_cancelled(self):
        day = date(2026, 11, 20)
        change = self.change(
            day,
            line_ids=[Command.create({"kind": "may_open", "hour_from": 10, "hour_to": 12})],
        )
        closed = self.change(day + timedelta(days=1), day + timedelta(days=2))
        source, [line] = lines_of(self.plan(), day)
        self.assertEqual((source, line.start), ("change", 600))
        self.assertEqual(lines_of(self.plan(), date(2026, 11, 22)), ("change", ()))
        closed.action_cancel()
        self.assertEqual(closed.state, "cancelled")
        self.assertEqual(lines_of(self.plan(), date(2026, 11, 22)), ("standard", ()))
        self.assertEqual(len(self.plan().changes), 1)
        with self.assertRaisesRegex(UserError, "Cancelled"):
            closed.action_cancel()
        self.assertEqual(change.authorised_by, "Keyholder")

    def test_a_change_of_long_ago_is_not_looked_at(self):
        self.change(date(2026, 11, 1))
        self.assertEqual(self.plan().changes, ())

    def test_the_state_of_a_change(self):
        today = fields.Date.today()
        for first, last, state in (
            (today + timedelta(days=9), today + timedelta(days=9), "planned"),
            (today - timedelta(days=3), today + timedelta(days=3), "running"),
            (today - timedelta(days=9), today - timedelta(days=8), "over"),
        ):
            change = self.change(first, last)
            self.assertEqual(change.state, state)
            self.assertIn(change, self.env["alarm.schedule.change"].search([("state", "=", state)]))

    def test_the_name_of_who_authorised_comes_from_the_contact(self):
        contact = self.env["alarm.contact"].create(
            {"subscriber_id": self.subscriber.id, "partner_id": self.customer.id}
        )
        change = self.env["alarm.schedule.change"].create(
            {"schedule_id": self.schedule.id, "contact_id": contact.id, "reason": "Stocktaking"}
        )
        self.assertEqual(change.authorised_by, self.customer.name)

    def test_windows_that_contradict_each_other_are_refused(self):
        quiet = {"kind": "no_activity", "days": "4", "hour_from": 17, "hour_to": 6}
        with self.assertRaises(ValidationError) as refused:
            self.schedule.line_ids = [Command.create(quiet)]
        self.assertIn("17:00", str(refused.exception))
        self.schedule.line_ids = [Command.create({**quiet, "days": "6"})]
        with self.assertRaises(ValidationError):
            self.change(
                date(2026, 11, 20),
                line_ids=[
                    Command.create({"kind": "no_activity", "hour_from": 8, "hour_to": 9}),
                    Command.create({"kind": "may_open", "hour_from": 8, "hour_to": 9}),
                ],
            )

    def test_impossible_times_are_refused(self):
        for values in ({"hour_from": 24}, {"hour_to": 25}, {"tolerance": -1}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.schedule.line_ids[0].write(values)
                self.env.flush_all()

    def test_one_schedule_a_subscriber_and_one_an_area(self):
        area = self.env["alarm.area"].create(
            {"panel_id": self.panel.id, "number": "1", "name": "Shop"}
        )
        of_area = self.make_schedule(self.subscriber, area_id=area.id)
        self.assertIn("Shop", of_area.display_name)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.make_schedule(self.subscriber)

    def test_an_area_of_somebody_else_is_refused(self):
        other = self.subscriber.copy()
        area = self.env["alarm.area"].create(
            {"panel_id": self.panel.id, "number": "1", "name": "Shop"}
        )
        with self.assertRaisesRegex(ValidationError, "Shop"):
            self.make_schedule(other, area_id=area.id)

    def test_a_draft_loses_its_schedule_row_by_row_and_an_active_one_does_not(self):
        change = self.change(date(2026, 11, 20))
        lines = self.schedule.line_ids
        keeper = self.make_schedule(self.subscriber.copy())
        self.activate(keeper.subscriber_id)
        self.schedule.unlink()
        self.assertFalse((lines.exists(), change.exists()) != (lines.browse(), change.browse()))
        with self.assertRaisesRegex(UserError, "no longer a draft"):
            keeper.unlink()

    def test_many_plans_take_as_many_queries_as_one(self):
        schedules = self.schedule
        for number in range(5):
            schedules |= self.make_schedule(
                self.subscriber.copy({"ref": f"Q{number}", "name": f"Q{number}"})
            )
        schedules._plans()
        with self.assertQueryCount(4):
            self.assertEqual(len(schedules._plans()), 6)

    def test_the_week_is_a_picture(self):
        self.subscriber.tz = "UTC"
        self.change(fields.Date.today() + timedelta(days=1))
        week = self.subscriber.schedule_week
        self.assertEqual(week.count("border-bottom"), 7)
        self.assertIn("Temporary change", week)
        self.assertIn("09:00–18:30 May Open", week)
        self.assertFalse(self.subscriber.copy().schedule_week)

    def test_who_may_do_what(self):
        models = (
            "alarm.schedule",
            "alarm.schedule.line",
            "alarm.schedule.change",
            "alarm.schedule.change.line",
            "alarm.holiday",
            "alarm.holiday.day",
        )
        for model in models:
            for user, operations in (
                (self.outsider, ()),
                (self.reader, ("read",)),
                (self.back_office, ("read", "write", "create", "unlink")),
            ):
                for operation in ("read", "write", "create", "unlink"):
                    self.assertEqual(
                        self.env[model].with_user(user).has_access(operation),
                        operation in operations,
                        f"{user.login} {operation} {model}",
                    )
        # The day of the premises: for a third of the day it is not that of the server.
        change = self.change(
            fields.Date.context_today(self.env.user.with_context(tz="Asia/Shanghai"))
        )
        with self.assertRaises(AccessError):
            change.with_user(self.reader).action_cancel()
        change.with_user(self.back_office).action_cancel()

    def test_two_companies_do_not_see_each_others_schedules(self):
        company = self.env["res.company"].create({"name": "Other centre"})
        stranger = new_test_user(
            self.env,
            "t-stranger",
            "alarm_subscriber.group_back_office",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        change = self.change(date(2026, 11, 20))
        calendar = self.env["alarm.holiday"].create({"name": "Ours"})
        for record in (self.schedule, self.schedule.line_ids, change, calendar):
            seen = self.env[record._name].with_user(stranger)
            self.assertFalse(seen.search([("id", "in", record.ids)]))
        everybodys = self.env["alarm.holiday"].create({"name": "All", "company_id": False})
        self.assertTrue(
            self.env["alarm.holiday"].with_user(stranger).search([("id", "=", everybodys.id)])
        )
