from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .test_changes import ChangeCase, reason_of


@tagged("post_install", "-at_install")
@freeze_time("2026-03-31 12:00:00")
class TestCompanyDays(ChangeCase):
    """A job works for several companies: where it is 1 April already, and where it is 31 March."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Test East"})
        cls.other.partner_id.tz = "Pacific/Kiritimati"
        cls.env.user.company_ids |= cls.other

    def contracts(self, **values):
        """One here, where it is 31 March, and one in the east."""
        return [
            self.run_contract(
                self.fee(100.0),
                company_id=company.id,
                subscriber_ids=[Command.clear()],
                user_id=self.clerk.id,
                **values,
            )
            for company in (self.company, self.other)
        ]

    def test_each_company_has_its_day(self):
        days = self.env["res.company"]._alarm_days()
        self.assertIn(self.company, days[date(2026, 3, 31)])
        self.assertIn(self.other, days[date(2026, 4, 1)])
        self.assertEqual(
            self.env["res.company"]._alarm_days(date(2026, 5, 1)).keys(), {date(2026, 5, 1)}
        )

    def test_changes_are_made_on_the_day_of_the_company(self):
        here, there = self.contracts()
        for contract in (here, there):
            self.env["alarm.contract.change"].create(
                {
                    "contract_id": contract.id,
                    "kind": "suspend",
                    "date": date(2026, 4, 1),
                    "reason_id": self.reason.id,
                }
            )._write_by_verb({"state": "planned"})
        self.env["alarm.contract.change"]._run_due()
        self.assertEqual((here.alarm_state, there.alarm_state), ("running", "suspended"))

    def test_prices_change_on_the_day_of_the_company(self):
        here, there = self.contracts()
        for contract in (here, there):
            self.env["alarm.price.step"]._make(
                [
                    {
                        "contract_line_id": contract.contract_line_ids.id,
                        "date_from": date(2026, 4, 1),
                        "old_price": 100.0,
                        "new_price": 110.0,
                    }
                ]
            )
        self.env["alarm.price.step"]._run_due()
        self.assertEqual(here.contract_line_ids.price_unit, 100.0)
        self.assertEqual(there.contract_line_ids.price_unit, 110.0)

    def test_contracts_end_on_the_day_of_the_company(self):
        reason = reason_of(self.env, "moved")
        here, there = self.contracts()
        for contract in (here, there):
            self.env["alarm.contract.cancellation"].create(
                {
                    "contract_id": contract.id,
                    "notice_date": date(2026, 3, 1),
                    "effective_date": date(2026, 3, 31),
                    "reason_id": reason.id,
                }
            )._confirm()
        self.env["alarm.contract.cancellation"]._run_due()
        self.assertEqual(here.alarm_state, "notice")
        # It has no accounts to be invoiced on; that it was tried is enough.
        self.assertTrue(there.alarm_state == "ended" or there.cancellation_ids.problem)

    def test_terms_renew_on_the_day_of_the_company(self):
        here, there = self.contracts(renewal_kind="month_to_month", notice_days=0)
        (here | there)._write_by_verb({"term_end": date(2026, 3, 31)})
        self.env["contract.contract"]._run_renewals()
        self.assertFalse(here.renewed_until)
        self.assertEqual(there.renewed_until, date(2026, 4, 30))

    def test_what_is_worth_something_else_from_a_day_on_is_reckoned_by_the_day_of_the_company(self):
        here, there = self.contracts()
        lines = (here | there).contract_line_ids
        lines._by_verb().write({"date_end": date(2026, 3, 31)})
        (here | there).invalidate_recordset()
        self.assertEqual([line.monthly_amount for line in lines], [100.0, 0.0])
        self.env["contract.contract"]._refresh_monthly_revenue()
        self.assertEqual((here.monthly_revenue, there.monthly_revenue), (100.0, 0.0))
