from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import START, StoryCase, first_days


@tagged("post_install", "-at_install")
class TestStoryConcession(StoryCase):
    """7. We build and run for a time; users pay packages to us, we pay the government by tiers of
    the turnover; at the end all of it is the government's."""

    def package(self, concession, subscriber, price):
        return self.sign(
            "buy_out",
            self.fee(price, period_months=1),
            subscriber=subscriber,
            partner_id=subscriber.partner_id.id,
            share_contract_id=concession.id,
            defers_income=False,
        )

    def test_from_signature_to_transfer(self):
        concession = self.sign(
            "concession",
            subscriber=self.env["alarm.subscriber"],
            partner_id=self.government.id,
            counterparty_id=self.government.id,
            term_months=12,
            settlement_months=3,
            share_minimum=20.0,
            tier_ids=[
                Command.create({"from_amount": amount, "rate": rate})
                for amount, rate in ((0, 1), (300, 10), (600, 30))
            ],
        )
        other = self.premises("0T05")
        shop = self.package(concession, self.subscriber, 100.0)
        flat = self.package(concession, other, 150.0)
        with freeze_time(START):
            concession.action_start()
        self.bring(["DET-1", "DET-2"], "leased")
        self.check_posted((START, {"Leased Equipment": 200, "Stock": -200}))
        self.go_live()
        # No fixed asset: a right to charge, worked off until the concession ends, whatever the
        # user's own term is.
        self.check_posted((START, {"Right": 200, "Leased Equipment": -200}))
        contracts = concession | shop | flat
        self.jobs(START, contracts)
        self.check_posted((START, {"Fees": -100, "Receivable": 100}, self.customer))
        # A second user comes in July, for the six months that are left.
        joins = date(2027, 7, 1)
        self.leave(shop, date(2027, 9, 1), date(2027, 12, 31))
        for day in first_days():
            last = day - timedelta(days=1)
            if day == joins:
                self.bring(["DET-3"], "leased", other, day)
                self.go_live(other, day=day)
                self.check_posted(
                    (day, {"Leased Equipment": 100, "Stock": -100}),
                    (day, {"Right": 100, "Leased Equipment": -100}),
                )
                self.leave(flat, day, date(2027, 12, 31))
            statements = self.jobs(day, contracts)
            self.check_month(day, last, joins, statements, other.partner_id)
        self.assertEqual(set(contracts.mapped("alarm_state")), {"ended"})
        months = {"DET-1": 12, "DET-2": 12, "DET-3": 6}
        self.check_assets(
            concession,
            *((serial, 100, 0, number, "close", False) for serial, number in months.items()),
        )
        self.check_moved(
            ("DET-1, DET-2", "internal", "leased", self.subscriber, 200),
            ("DET-3", "internal", "leased", other, 100),
        )
        # One piece is broken and stays with us.
        day = date(2028, 1, 1)
        transfer = self.hand_over(concession, day, rejected=["DET-2"])
        self.assertEqual(
            (transfer.kind, transfer.partner_id), ("transfer_to_government", self.government)
        )
        gone = (day, {"Right": -100, "Right Amortised": 100})
        self.check_posted(gone, gone)
        self.check_moved(
            ("DET-1", "leased", "sold", self.subscriber, 0), ("DET-3", "leased", "sold", other, 0)
        )
        self.check_assets(
            concession,
            ("DET-1", 100, 0, 12, "removed", "transferred"),
            ("DET-2", 100, 0, 12, "close", False),
            ("DET-3", 100, 0, 6, "removed", "transferred"),
        )
        cards = self.card("DET-1") + self.card("DET-3")
        self.assertEqual(cards.mapped("ownership"), ["sold", "sold"])
        self.assertEqual(cards.owner_id, self.government)
        self.assertEqual(self.card("DET-2").ownership, "leased")
        # Repaired, it follows.
        self.hand_over(concession, date(2028, 2, 1))
        self.check_posted((date(2028, 2, 1), {"Right": -100, "Right Amortised": 100}))
        self.check_moved(("DET-2", "leased", "sold", self.subscriber, 0))
        self.jobs(date(2028, 4, 1), contracts)
        self.check_posted()
        shares = 20 + 20 + 2 * (3 + 30 + 45)
        self.check_books(
            Stock=-300,
            Expense=300,
            Fees=-1200 - 900,
            Receivable=1200 + 900,
            Share_Paid=shares,
            Payable=-shares,
        )
        self.check_agrees(contracts)

    def check_month(self, day, last, joins, statements, other):
        """Amortisation of the month, packages of the next one, and each quarter the share."""
        rights = 16.67 if last < joins else 33.34
        expected = self.amortised_on(last)
        self.assertAlmostEqual(expected, rights, delta=0.05)
        packages = {100: self.customer} if day < joins else {100: self.customer, 150: other}
        invoices = (
            [
                (day, {"Fees": -price, "Receivable": price}, payer)
                for price, payer in packages.items()
            ]
            if day.year == 2027
            else []
        )
        self.check_posted((last, {"Right Amortised": -expected, "Expense": expected}), *invoices)
        if day.month not in (1, 4, 7, 10):
            self.assertFalse(statements)
            return
        # 300 a quarter: 1 % is below the minimum. 750: 3, 30 and 45.
        turnover, share = (300, 20) if day <= joins else (750, 78)
        self.assertEqual((statements.turnover, statements.amount), (turnover, share))
        self.settle(statements, day)
        self.check_posted((day, {"Share Paid": share, "Payable": -share}, self.government))

    def amortised_on(self, day):
        lines = self.env["account.asset.line"].search(
            [
                ("asset_id.lot_id", "!=", False),
                ("asset_id.alarm_treatment", "=", "intangible"),
                ("type", "=", "depreciate"),
                ("line_date", "=", day),
                ("asset_id.code", "in", ["DET-1", "DET-2", "DET-3"]),
            ]
        )
        return round(sum(lines.mapped("amount")), 2)
