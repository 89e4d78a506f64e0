from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ContractCase

START = date(2030, 1, 10)


class RevenueCase(ContractCase):
    """Contracts of a company of its own: nothing else is in its ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(START))
        cls.company = cls.env["res.company"].create(
            {"name": "Ledger Centre", "currency_id": cls.env.ref("base.USD").id}
        )
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids), user=cls.env.user
        )
        cls.env.user.company_ids = [Command.link(cls.company.id)]
        cls.analyst = new_test_user(
            cls.env,
            "t-analyst",
            "alarm_contract.group_contract_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def live(cls, *lines, start=START, **values):
        contract = cls.run_contract(
            *lines,
            start=start,
            company_id=cls.company.id,
            subscriber_ids=[Command.clear()],
            **values,
        )
        cls.env.cr.flush()
        return contract

    def on(self, days):
        return freeze_time(START + timedelta(days=days))

    def figures(self, days=0, **options):
        with self.on(days):
            self.env.cr.flush()
            return (
                self.env["alarm.revenue.movement"].with_user(self.analyst).get_dashboard(**options)
            )

    def kinds(self, period):
        return {kind: change["amount"] for kind, change in period["kinds"].items()}


@tagged("post_install", "-at_install")
class TestRevenueDashboard(RevenueCase):
    def test_opening_and_movements_make_the_closing_of_every_month(self):
        contract = self.live(self.fee(100), self.fee(30, product=self.maintenance))
        with self.on(40):
            contract.contract_line_ids[0].specific_price = 110
            self.env.cr.flush()
        figures = self.figures(60, months=3)
        self.assertEqual(
            [self.kinds(month) for month in figures["months"]],
            [{"new": 130}, {"price_up": 10}, {}],
        )
        self.assertEqual(
            [month["closing"]["amount"] for month in figures["months"]], [130, 140, 140]
        )
        self.assertEqual(self.kinds(figures["whole"]), {"new": 130, "price_up": 10})
        self.assertEqual(figures["whole"]["closing"]["contracts"], 1)
        self.assertEqual(figures["whole"]["closing"]["lines"], 2)

    def test_by_class_and_model(self):
        self.live(self.fee(100), self.fee(30, product=self.maintenance))
        other = self.model.copy({"code": "OTHER"})
        self.live(self.fee(7), business_model_id=other.id)

        def closing(**options):
            return self.figures(**options)["whole"]["closing"]["amount"]

        self.assertEqual(closing(), 137)
        self.assertEqual(closing(classes=["maintenance"]), 30)
        self.assertEqual(closing(classes=["monitoring"], business_model_ids=other.ids), 7)

    def test_attrition_of_a_year_without_swaps(self):
        contracts = [self.live() for _index in range(10)]
        lost, swapped, kept = contracts[0], contracts[1], contracts[2]
        with self.on(100):
            day = START + timedelta(days=99)
            lost.contract_line_ids.write({"date_end": day, "end_cause": "cancel"})
            for contract, cause in ((swapped, "re_sign"), (kept, "transfer")):
                line = contract.contract_line_ids
                line.write({"date_end": day, "end_cause": cause})
                line.copy(
                    {
                        "date_start": day + timedelta(days=1),
                        "recurring_next_date": day + timedelta(days=1),
                        "date_end": False,
                        "waiting": False,
                        "start_cause": cause,
                    }
                )
        figures = self.figures(364)
        attrition = figures["attrition"]
        self.assertEqual(self.kinds(figures["whole"])["cancel"], -100)
        self.assertEqual((attrition["lost"], attrition["lost_contracts"]), (100, 1))
        self.assertEqual(attrition["swapped"], 0)
        self.assertEqual(attrition["gross"], attrition["net"])
        self.assertAlmostEqual(attrition["gross"], 100 / attrition["average"])
        self.assertAlmostEqual(attrition["life_months"], 12 / attrition["gross"])
        # Both went as a swap, and no successor is named.
        self.assertEqual(figures["loose_swaps"]["count"], 2)

    def test_the_creation_multiple_is_of_those_whose_cost_is_known(self):
        self.live(creation_cost=3000)
        self.live()
        creation = self.figures()["creation"]
        self.assertEqual((creation["contracts"], creation["known"]), (2, 1))
        self.assertEqual(creation["multiple"], 30)

    def test_who_may_not_see_costs_sees_no_multiple(self):
        self.live(creation_cost=3000)
        accountant = new_test_user(
            self.env,
            "t-ledger-accountant",
            "account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        movements = self.env["alarm.revenue.movement"].with_user(accountant)
        self.assertFalse(movements.get_dashboard()["creation"])
        outsider = new_test_user(self.env, "t-ledger-outsider", "base.group_user")
        with self.assertRaises(AccessError):
            movements.with_user(outsider).get_dashboard()

    def test_why_customers_left(self):
        reason = self.env["contract.terminate.reason"].create({"name": "Too dear", "kind": "price"})
        one, other = self.live(), self.live(self.fee(30))
        with self.on(5):
            one.contract_line_ids.write({"date_end": START, "end_reason_id": reason.id})
            other.contract_line_ids.write({"date_end": START})
        self.assertEqual(
            [(row["name"], row["amount"]) for row in self.figures(6)["reasons"]],
            [("Too dear", 100), ("", 30)],
        )

    def test_a_cohort_goes_by_when_it_was_so(self):
        early = START - relativedelta(months=2)
        contract = self.live(start=early)
        with self.on(3):
            contract.contract_line_ids.specific_price = 50
        [cohort] = self.figures(3)["cohorts"]["amount"]
        self.assertEqual(cohort["month"], early.replace(day=1))
        self.assertEqual(cohort["shares"], [1, 1, 0.5])
        months = self.figures(3, months=2)["months"]
        self.assertEqual([month["closing"]["amount"] for month in months], [0, 50])

    def test_a_rate_that_changes_is_no_movement(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        rate = self.env["res.currency.rate"]
        values = {"currency_id": euro.id, "company_id": self.company.id}
        rate.create({**values, "name": START, "rate": 0.5})
        self.live(manual_currency_id=euro.id)
        self.assertEqual(self.figures()["whole"]["closing"]["amount"], 200)
        rate.create({**values, "name": START + timedelta(days=40), "rate": 0.25})
        figures = self.figures(45, months=2)
        self.assertEqual(figures["converted"], ["EUR"])
        self.assertEqual(self.kinds(figures["whole"]), {"new": 400})
        self.assertEqual(figures["whole"]["closing"]["amount"], 400)

    def test_the_numbers_of_the_dashboard_are_those_of_the_lists(self):
        contract = self.live(self.fee(100), self.fee(30))
        with self.on(5):
            contract.contract_line_ids[1].date_end = START
        figures = self.figures(6, months=1)
        [month] = figures["months"]
        movements = self.env["alarm.revenue.movement"].with_user(self.analyst)
        for kind, change in month["kinds"].items():
            behind = movements.search(
                [
                    *figures["domain"],
                    ("kind", "=", kind),
                    ("booked_on", ">=", month["start"]),
                    ("booked_on", "<=", month["end"]),
                ]
            )
            self.assertEqual(sum(behind.mapped("amount")), change["amount"])


@tagged("post_install", "-at_install")
class TestRevenueBrowser(RevenueCase, HttpCase):
    def test_a_manager_reads_the_dashboard(self):
        self.live(self.fee(100), self.fee(30, product=self.maintenance))
        self.start_tour("/odoo/alarm-revenue", "alarm_contract_revenue", login="t-analyst")
