from datetime import date, timedelta

from odoo.tests import tagged

from .common import START, StoryCase, first_days


@tagged("post_install", "-at_install")
class TestStoryBuyOut(StoryCase):
    """1. The customer buys the equipment; monitoring is a yearly fee in advance."""

    def test_from_signature_to_end_of_term(self):
        contract = self.sign(
            "buy_out",
            self.fee(180.0, self.detector, quantity=2, charge_kind="one_off"),
            self.fee(200.0, self.works, charge_kind="one_off"),
            self.fee(1200.0, period_months=12),
        )
        # What is sold is not posted when it is delivered …
        self.bring(["DET-1", "DET-2"], "sold")
        self.go_live()
        self.check_moved(("DET-1, DET-2", "internal", "sold", self.subscriber, 200))
        self.check_posted()
        self.assertEqual((contract.alarm_state, contract.term_end), ("running", date(2027, 12, 31)))
        # … but when it is invoiced, with its cost; the fee is income month by month.
        self.jobs(START, contract)
        self.check_posted(
            (
                START,
                {
                    "Sales": -360,
                    "Fees": -200,
                    "Deferred": -1200,
                    "Receivable": 1760,
                    "Stock": -200,
                    "Cost of Sale": 200,
                },
                self.customer,
            )
        )
        self.leave(contract, date(2027, 11, 1), date(2027, 12, 31))
        self.check_posted()
        for day in first_days():
            self.jobs(day, contract)
            self.check_posted((day - timedelta(days=1), {"Deferred": 100, "Fees": -100}))
        self.assertEqual(contract.alarm_state, "ended")
        self.jobs(date(2028, 3, 1), contract)
        # Nothing to return: no fee, no entry, no move, no asset.
        self.check_posted()
        self.check_moved()
        self.check_assets(contract)
        cards = self.card("DET-1") + self.card("DET-2")
        self.assertEqual(cards.mapped("ownership"), ["sold", "sold"])
        self.assertEqual(cards.owner_id, self.customer)
        self.check_books(
            Sales=-360,
            Fees=-1400,
            Receivable=1760,
            Stock=-200,
            Cost_of_Sale=200,
        )
        self.check_agrees(contract)
