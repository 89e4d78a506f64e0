from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import START, StoryCase, first_days


@tagged("post_install", "-at_install")
class TestStoryLease(StoryCase):
    """2. We build and own, the customer pays a yearly fee for all of it; at the end one piece is
    bought at its residual value, the other comes back."""

    def set_up_tax(self):
        """13 % on fees and on what is sold of the equipment."""
        self.accounts["Tax"] = self.env["account.account"].create(
            {"name": "Test Tax", "code": "T9TAX", "account_type": "liability_current"}
        )
        of_base = Command.create({"repartition_type": "base"})
        of_tax = Command.create({"repartition_type": "tax", "account_id": self.accounts["Tax"].id})
        tax = self.env["account.tax"].create(
            {
                "name": "Test Tax 13 %",
                "amount": 13,
                "type_tax_use": "sale",
                "price_include_override": "tax_excluded",
                "invoice_repartition_line_ids": [of_base, of_tax],
                "refund_repartition_line_ids": [of_base, of_tax],
            }
        )
        self.fees.taxes_id = tax
        self.company.account_sale_tax_id = tax

    def test_from_signature_to_end_of_term(self):
        self.set_up_tax()
        contract = self.sign(
            "lease_to_build",
            self.fee(1200.0, period_months=12),
            term_months=12,
            deposit_amount=500.0,
        )
        picking = self.bring(["DET-1", "DET-2"], "leased")
        self.check_moved(("DET-1, DET-2", "internal", "leased", self.subscriber, 200))
        self.check_posted((START, {"Leased Equipment": 200, "Stock": -200}))
        self.go_live()
        self.check_assets(
            contract,
            ("DET-1", 100, 10, 12, "open", False),
            ("DET-2", 100, 10, 12, "open", False),
        )
        self.jobs(START, contract)
        # The deposit is no income, and no tax is owed of it.
        self.check_posted(
            (
                START,
                {"Deferred": -1200, "Deposit": -500, "Tax": -156, "Receivable": 1856},
                self.customer,
            )
        )
        for day in first_days(number=11):
            self.jobs(day, contract)
            last = day - timedelta(days=1)
            self.check_posted(
                (last, {"Deferred": 100, "Fees": -100}),
                (last, {"Depreciation": -15, "Expense": 15}),
            )
        # The last month, then the term is over. It is not renewed by itself.
        day = date(2028, 1, 1)
        self.leave(contract, date(2027, 9, 1), date(2027, 12, 31))
        self.jobs(day, contract)
        self.check_posted(
            (date(2027, 12, 31), {"Deferred": 100, "Fees": -100}),
            (date(2027, 12, 31), {"Depreciation": -15, "Expense": 15}),
            (day, {"Deposit": 500, "Receivable": -500}, self.customer),
        )
        self.assertEqual(contract.alarm_state, "ended")
        with freeze_time(day):
            card = self.card("DET-1")
            price = self.asset("DET-1")._alarm_residual_price(contract, day)
            self.assertEqual(price, 10)
            card._buy_out(contract, {card: price}, day)
        self.check_posted(
            (day, {"Receivable": 11.3, "Tax": -1.3, "Disposal": -10}, self.customer),
            (day, {"Leased Equipment": -100, "Depreciation": 90, "Disposal": 10}),
        )
        self.check_moved(("DET-1", "leased", "sold", self.subscriber, 0))
        with freeze_time(day):
            self.take_back(picking, ["DET-2"])
        self.check_posted(
            (day, {"Stock": 10, "Leased Equipment": -10}),
            (day, {"Leased Equipment": -90, "Depreciation": 90}),
        )
        self.check_moved(("DET-2", "leased", "internal", self.subscriber, 10))
        self.check_assets(
            contract,
            ("DET-1", 100, 10, 12, "removed", "sold"),
            ("DET-2", 100, 10, 12, "removed", "returned"),
        )
        self.jobs(date(2028, 3, 1), contract)
        self.check_posted()
        self.assertEqual(self.card("DET-1").owner_id, self.customer)
        self.check_books(Receivable=1367.3, Tax=-157.3, Fees=-1200, Stock=-190, Expense=180)
        self.check_agrees(contract)

    def test_it_is_renewed_and_comes_back_after_that(self):
        contract = self.sign(
            "lease_to_build",
            self.fee(300.0, period_months=3),
            term_months=3,
            renewal_kind="automatic",
            renewal_months=3,
            notice_days=30,
        )
        picking = self.bring(["DET-1"], "leased")
        self.go_live()
        self.check_moved(("DET-1", "internal", "leased", self.subscriber, 100))
        self.check_posted((START, {"Leased Equipment": 100, "Stock": -100}))
        self.check_assets(contract, ("DET-1", 100, 10, 3, "open", False))
        self.jobs(START, contract)
        fee = {"Deferred": -300, "Receivable": 300}
        self.check_posted((START, fee, self.customer))
        for day in first_days(number=6):
            if day == date(2027, 5, 1):
                self.leave(contract, day, date(2027, 6, 30))
            self.jobs(day, contract)
            last = day - timedelta(days=1)
            renewed = day > date(2027, 4, 1)
            self.check_posted(
                (last, {"Deferred": 100, "Fees": -100}),
                # Down to its residual value in the term; in use it stays at that.
                *([] if renewed else [(last, {"Depreciation": -30, "Expense": 30})]),
                *([(day, fee, self.customer)] if day == date(2027, 4, 1) else []),
            )
        self.assertEqual(contract.renewed_until, date(2027, 6, 30))
        self.assertEqual(contract.alarm_state, "ended")
        day = date(2027, 7, 1)
        with freeze_time(day):
            self.take_back(picking, ["DET-1"])
        self.check_moved(("DET-1", "leased", "internal", self.subscriber, 10))
        self.check_posted(
            (day, {"Stock": 10, "Leased Equipment": -10}),
            (day, {"Leased Equipment": -90, "Depreciation": 90}),
        )
        self.check_assets(contract, ("DET-1", 100, 10, 3, "removed", "returned"))
        self.jobs(date(2027, 10, 1), contract)
        self.check_posted()
        self.check_books(Receivable=600, Fees=-600, Stock=-90, Expense=90)
        self.check_agrees(contract)

    def test_whoever_leaves_early_pays_half_of_the_balance(self):
        contract = self.sign("lease_to_build", self.fee(1200.0, period_months=12), term_months=12)
        picking = self.bring(["DET-1"], "leased")
        self.go_live()
        self.check_moved(("DET-1", "internal", "leased", self.subscriber, 100))
        self.check_assets(contract, ("DET-1", 100, 10, 12, "open", False))
        self.jobs(START, contract)
        self.check_posted(
            (START, {"Leased Equipment": 100, "Stock": -100}),
            (START, {"Deferred": -1200, "Receivable": 1200}, self.customer),
        )
        for day in first_days(number=5):
            self.jobs(day, contract)
            last = day - timedelta(days=1)
            self.check_posted(
                (last, {"Deferred": 100, "Fees": -100}),
                (last, {"Depreciation": -7.5, "Expense": 7.5}),
            )
        self.leave(contract, date(2027, 4, 1), date(2027, 6, 30))
        self.check_posted()
        day = date(2027, 7, 1)
        self.jobs(day, contract)
        # 184 of 365 days are given back; of the six months that are lacking, half is owed.
        calculation = contract.cancellation_ids.calculation_id
        self.assertEqual((calculation.fee, calculation.credit), (300, 604.93))
        last = date(2027, 6, 30)
        self.check_posted(
            (last, {"Deferred": 95.07, "Fees": -95.07}),
            (last, {"Depreciation": -7.5, "Expense": 7.5}),
            (
                day,
                {"Deferred": 604.93, "Revenue": -300, "Receivable": -304.93},
                self.customer,
            ),
        )
        # It was not his yet, and comes back at what it is worth.
        with freeze_time(day):
            self.take_back(picking, ["DET-1"])
        self.check_moved(("DET-1", "leased", "internal", self.subscriber, 55))
        self.check_posted(
            (day, {"Stock": 55, "Leased Equipment": -55}),
            (day, {"Leased Equipment": -45, "Depreciation": 45}),
        )
        self.check_assets(contract, ("DET-1", 100, 10, 12, "removed", "returned"))
        for day in (date(2027, 8, 1), date(2028, 2, 1)):
            self.jobs(day, contract)
            self.check_posted()
        self.check_books(Receivable=895.07, Fees=-595.07, Revenue=-300, Stock=-45, Expense=45)
        self.check_agrees(contract)
