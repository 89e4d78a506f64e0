from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DispatchCase, make_responder


@tagged("post_install", "-at_install")
class TestResponders(DispatchCase):
    def night_shift(self):
        """20:00 to 06:00 in Shanghai, every day."""
        lines = [
            (0, 0, {"name": "x", "dayofweek": str(day), "hour_from": start, "hour_to": end,
                    "day_period": "morning"})
            for day in range(7)
            for start, end in ((0, 6), (20, 24))
        ]  # fmt: skip
        return self.env["resource.calendar"].create(
            {"name": "Nights", "tz": "Asia/Shanghai", "attendance_ids": [(5,), *lines]}
        )

    def test_duty_follows_the_working_hours_of_the_employee(self):
        employee = self.ralf.employee_id
        employee.resource_calendar_id = self.night_shift()
        employee.tz = "Asia/Shanghai"
        self.ralf.duty = "calendar"
        for hour, expected in (
            (22, True),
            (23, True),
            (0, True),
            (5, True),
            (6, False),
            (12, False),
        ):
            moment = datetime(2026, 3, 4, hour, 30) - timedelta(hours=8)
            self.assertEqual(bool(self.ralf._on_duty(moment)), expected, hour)
        # The last second of the day is within the shift.
        self.assertTrue(self.ralf._on_duty(datetime(2026, 3, 4, 15, 59, 59)))

    def test_leave_is_off_duty(self):
        employee = self.ralf.employee_id
        employee.resource_calendar_id = self.night_shift()
        employee.tz = "Asia/Shanghai"
        self.ralf.duty = "calendar"
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": employee.resource_id.id,
                "calendar_id": employee.resource_calendar_id.id,
                "date_from": datetime(2026, 3, 4, 0, 0),
                "date_to": datetime(2026, 3, 5, 0, 0),
            }
        )
        self.assertFalse(self.ralf._on_duty(datetime(2026, 3, 4, 14, 30)))
        self.assertTrue(self.ralf._on_duty(datetime(2026, 3, 5, 14, 30)))

    def test_duty_can_be_said(self):
        now = fields.Datetime.now()
        self.ralf.duty = "never"
        self.assertEqual((self.ralf | self.rosa)._on_duty(now), self.rosa)

    def test_candidates_cost_the_same_queries_for_many(self):
        calendar = self.night_shift()
        many = self.env["alarm.responder"]
        for number in range(20):
            one = make_responder(self, f"R{number}", self.env["res.users"], self.near)
            one.duty = "calendar"
            one.employee_id.resource_calendar_id = calendar
            many |= one

        def queries(responders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            responders._candidates(fields.Datetime.now())
            return self.env.cr.sql_log_count - before

        queries(many[:2])
        self.assertEqual(queries(many), queries(many[:2]))

    def test_name_phone_and_login_are_the_employees(self):
        employee = self.env["hr.employee"].create(
            {"name": "Rita", "mobile_phone": "1", "user_id": self.colleague.id}
        )
        rita = self.env["alarm.responder"].create({"employee_id": employee.id})
        self.assertEqual((rita.name, rita.phone, rita.user_id), ("Rita", "1", self.colleague))
        employee.name = "Rita B."
        self.assertEqual(rita.name, "Rita B.")

    def test_a_fresh_position_counts_before_the_territory(self):
        now = fields.Datetime.now()
        self.assertEqual(self.ralf._place(now), (31.01, 121.0))
        self.ralf.with_user(self.ralf_user).action_report_position(31.02, 121.03)
        self.assertEqual(self.ralf._place(now), (31.02, 121.03))
        self.assertEqual(self.ralf._place(now + timedelta(hours=2)), (31.01, 121.0))
        self.assertEqual(self.env["alarm.responder"].new({})._place(now), (None, None))

    def test_a_position_is_reported_by_oneself_and_on_this_planet(self):
        with self.assertRaises(AccessError):
            self.rosa.with_user(self.ralf_user).action_report_position(31, 121)
        with self.assertRaises(AccessError):
            self.rosa.with_user(self.dispatcher).action_report_position(31, 121)
        for bad in (91, "31", True, None, float("nan")):
            with self.assertRaises(UserError):
                self.ralf.with_user(self.ralf_user).action_report_position(bad, 121)

    def test_the_territory_is_chosen_or_around_the_premises(self):
        self.assertEqual(self.subscriber._get_territory(), self.near)
        self.subscriber.territory_id = self.far
        self.assertEqual(self.subscriber._get_territory(), self.far)
        self.subscriber.territory_id = False
        self.subscriber.address_id.write({"partner_latitude": 0, "partner_longitude": 0})
        self.assertFalse(self.subscriber._get_territory())

    def test_the_policy_that_says_most_is_chosen(self):
        policies = self.env["alarm.dispatch.policy"]
        bank = self.env.ref("alarm_subscriber.category_bank")
        shop = self.env.ref("alarm_subscriber.category_shop")
        company = self.env.company
        choose = policies._choose
        self.assertEqual(
            choose(company, shop, "burglary"), self.env.ref("alarm_dispatch.policy_default")
        )
        self.assertEqual(
            choose(company, shop, "panic"), self.env.ref("alarm_dispatch.policy_panic")
        )
        self.assertEqual(choose(company, bank, "panic"), self.env.ref("alarm_dispatch.policy_bank"))
        both = policies.create({"name": "x", "category_id": bank.id, "event_class": "panic"})
        self.assertEqual(choose(company, bank, "panic"), both)

    def test_a_policy_for_a_kind_holds_for_the_kinds_below_it(self):
        policies = self.env["alarm.dispatch.policy"]
        bank = self.env.ref("alarm_subscriber.category_bank")
        branch = bank.create({"name": "Branch", "parent_id": bank.id})
        vault = bank.create({"name": "Vault", "parent_id": branch.id})
        of_bank = self.env.ref("alarm_dispatch.policy_bank")
        choose = policies._choose
        self.assertEqual(choose(self.env.company, vault, "panic"), of_bank)
        # Nearer, though the other says more of the event.
        nearer = policies.create({"name": "x", "category_id": branch.id})
        policies.create({"name": "y", "category_id": bank.id, "event_class": "panic"})
        self.assertEqual(choose(self.env.company, vault, "panic"), nearer)
        self.assertEqual(choose(self.env.company, branch.parent_id, "fire"), of_bank)
