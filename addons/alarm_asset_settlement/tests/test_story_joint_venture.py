from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import START, StoryCase, first_days


@tagged("post_install", "-at_install")
class TestStoryJointVenture(StoryCase):
    """6. Built together; the government buys the public part, commercial income is shared."""

    def venture(self, subscriber=None, **values):
        return self.sign(
            "joint_venture",
            subscriber=subscriber or self.env["alarm.subscriber"],
            partner_id=self.government.id,
            counterparty_id=self.government.id,
            term_months=12,
            **values,
        )

    def commercial(self, venture, subscriber, price):
        return self.sign(
            "joint_venture",
            self.fee(price),
            subscriber=subscriber,
            partner_id=subscriber.partner_id.id,
            share_contract_id=venture.id,
            term_months=12,
        )

    def test_a_share_of_turnover_from_signature_to_end_of_term(self):
        venture = self.venture()
        public = self.sign(
            "government_outsourced",
            self.fee(600.0, period_months=3, recurring_invoicing_type="post-paid"),
            subscriber=self.premises("0T04"),
            partner_id=self.government.id,
            term_months=12,
        )
        commercial = self.commercial(venture, self.subscriber, 100.0)
        with freeze_time(START):
            venture.action_start()
        picking = self.bring(["DET-1"], "leased")
        self.go_live(self.subscriber, public.subscriber_ids)
        self.check_posted((START, {"Leased Equipment": 100, "Stock": -100}))
        self.check_moved(("DET-1", "internal", "leased", self.subscriber, 100))
        # The equipment is the venture's, over its own life.
        self.check_assets(venture, ("DET-1", 100, 0, 20, "open", False))
        contracts = venture | public | commercial
        self.jobs(START, contracts)
        self.check_posted((START, {"Fees": -100, "Receivable": 100}, self.customer))
        for contract in contracts:
            self.leave(contract, date(2027, 6, 1), date(2027, 12, 31))
        for day in first_days():
            statements = self.jobs(day, contracts)
            last = day - timedelta(days=1)
            depreciated = (last, {"Depreciation": -5, "Expense": 5})
            fee = [(day, {"Fees": -100, "Receivable": 100}, self.customer)]
            fee = fee if day.year == 2027 else []
            if day.month not in (1, 4, 7, 10):
                self.check_posted(depreciated, *fee)
                self.assertFalse(statements)
                continue
            # What the government buys is not shared.
            public_fee = (day, {"Fees": -600, "Receivable": 600}, self.government)
            self.assertEqual(statements.contract_id, venture)
            self.assertEqual((statements.turnover, statements.amount), (300, 120))
            self.check_posted(depreciated, public_fee, *fee)
            self.settle(statements, day)
            self.check_posted((day, {"Share Paid": 120, "Payable": -120}, self.government))
        self.assertEqual(set(contracts.mapped("alarm_state")), {"ended"})
        # Of the equipment the parties agree apart: it is there, and worth what is left.
        self.check_assets(venture, ("DET-1", 100, 0, 20, "open", False))
        self.assertEqual(self.asset("DET-1").net_value, 40)
        self.check_moved()
        # It comes back: in stock it is worth that.
        day = date(2028, 1, 1)
        self.give_back(picking, venture, day)
        self.jobs(date(2028, 4, 1), contracts)
        self.check_posted()
        self.check_books(
            Stock=-60,
            Expense=60,
            Fees=-3600,
            Receivable=3600,
            Share_Paid=480,
            Payable=-480,
        )
        self.check_agrees(contracts)

    def give_back(self, picking, venture, day):
        """After twelve months of twenty."""
        with freeze_time(day):
            self.take_back(picking, ["DET-1"])
        self.check_moved(("DET-1", "leased", "internal", self.subscriber, 40))
        self.check_posted(
            (day, {"Stock": 40, "Leased Equipment": -40}),
            (day, {"Leased Equipment": -60, "Depreciation": 60}),
        )
        self.check_assets(venture, ("DET-1", 100, 0, 20, "removed", "returned"))

    def test_a_share_of_profit_that_the_other_side_collects(self):
        """The partner bills the users and pays us half of the profit; a loss is worked off. What it
        cost us, the books know; what was collected, the partner reports."""
        self.accounts["Upkeep"] = self.env["account.account"].create(
            {"name": "Test Upkeep", "code": "T9UPK", "account_type": "expense"}
        )
        analytic = self.env["account.analytic.account"].create(
            {
                "name": "Test Venture",
                "plan_id": self.env["account.analytic.plan"].create({"name": "Test Plan"}).id,
            }
        )
        venture = self.venture(
            self.subscriber,
            share_base="profit",
            share_direction="we_receive",
            settlement_months=6,
            share_analytic_account_id=analytic.id,
            tier_ids=[Command.create({"from_amount": 0, "rate": 50})],
        )
        picking = self.bring(["DET-1"], "leased")
        self.go_live()
        self.assertEqual(venture.alarm_state, "running")
        self.check_moved(("DET-1", "internal", "leased", self.subscriber, 100))
        self.check_posted((START, {"Leased Equipment": 100, "Stock": -100}))
        self.check_assets(venture, ("DET-1", 100, 0, 20, "open", False))
        self.leave(venture, date(2027, 6, 1), date(2027, 12, 31))
        for since, day, turnover, cost, owed in (
            (date(2027, 2, 1), date(2027, 7, 1), 1000, 1400, 0),
            (date(2027, 8, 1), date(2028, 1, 1), 3000, 1600, 500),
        ):
            paid = day - timedelta(days=40)
            self.bill(paid, cost, analytic)
            self.check_posted((paid, {"Upkeep": cost, "Payable": -cost}, self.vendor))
            statement = self.jobs(day, venture)
            self.check_posted(
                *(
                    (one - timedelta(days=1), {"Depreciation": -5, "Expense": 5})
                    for one in first_days(since, 6)
                )
            )
            self.assertEqual((statement.turnover, statement.cost), (0, cost))
            statement.with_user(self.manager).line_ids = [
                Command.create({"kind": "turnover", "name": "As reported", "amount": turnover}),
            ]
            self.assertEqual(statement.amount, owed)
            self.settle(statement, day)
            self.check_posted(
                *[(day, {"Share Received": -owed, "Receivable": owed}, self.government)]
                if owed
                else []
            )
        self.assertEqual(venture.alarm_state, "ended")
        self.give_back(picking, venture, date(2028, 1, 2))
        self.jobs(date(2028, 7, 1), venture)
        self.check_posted()
        self.check_books(
            Stock=-60,
            Expense=60,
            Upkeep=3000,
            Payable=-3000,
            Share_Received=-500,
            Receivable=500,
        )
        self.check_agrees(venture)

    def bill(self, day, cost, analytic):
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Upkeep of the network",
                            "account_id": self.accounts["Upkeep"].id,
                            "price_unit": cost,
                            "tax_ids": [Command.clear()],
                            "analytic_distribution": {str(analytic.id): 100},
                        }
                    )
                ],
            }
        ).action_post()
