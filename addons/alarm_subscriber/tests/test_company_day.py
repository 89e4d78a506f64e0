from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCompanyDay(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Shanghai"})
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.env.user.tz = "UTC"

    @freeze_time("2027-03-31 20:00:00")
    def test_in_the_evening_of_utc_it_is_tomorrow_in_shanghai(self):
        self.assertEqual(self.company._alarm_today(), date(2027, 4, 1))

    @freeze_time("2027-03-31 20:00:00")
    def test_the_clock_of_the_user_does_not_matter(self):
        company = self.company.with_context(tz="America/New_York")
        self.assertEqual(company._alarm_today(), date(2027, 4, 1))

    def test_the_day_of_a_moment_is_the_one_at_the_company(self):
        self.assertEqual(
            self.company._alarm_day_of(datetime(2027, 3, 31, 15, 59)), date(2027, 3, 31)
        )
        self.assertEqual(self.company._alarm_day_of(datetime(2027, 3, 31, 16, 0)), date(2027, 4, 1))

    @freeze_time("2027-03-31 20:00:00")
    def test_a_company_without_a_clock_has_that_of_its_country(self):
        self.company.partner_id.tz = False
        self.assertEqual(self.company._alarm_today(), date(2027, 3, 31))
        self.company.country_id = self.env.ref("base.cn")
        self.assertEqual(self.company._alarm_today(), date(2027, 4, 1))

    @freeze_time("2027-03-31 20:00:00")
    def test_where_no_company_is_named_it_is_the_present_one(self):
        none = self.env["res.company"].with_company(self.company)
        self.assertEqual(none._alarm_today(), date(2027, 4, 1))

    def test_the_year_begins_at_the_company(self):
        for moment, year in (
            ("2026-12-31 15:59:00", 2026),
            ("2026-12-31 16:00:00", 2027),
            ("2027-06-01 12:00:00", 2027),
        ):
            with freeze_time(moment):
                self.assertEqual(self.company._alarm_year(), year)
