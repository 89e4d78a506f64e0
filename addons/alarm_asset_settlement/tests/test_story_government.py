from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import START, StoryCase, first_days


@tagged("post_install", "-at_install")
class TestStoryGovernment(StoryCase):
    """4. The government owns the network and has us build and run it, spare capacity is leased
    out. 5. The government invests, we build and run, users pay nothing."""

    def milestones(self, *parts):
        return [
            Command.create({"name": name, "percent": percent, "product_id": self.works.id})
            for name, percent in parts
        ]

    def reach(self, contract, name, day):
        milestone = contract.milestone_ids.filtered(lambda one: one.name == name)
        with freeze_time(day):
            milestone.with_user(self.manager).action_reach()

    def test_government_owns_from_signature_to_hand_back(self):
        contract = self.sign(
            "government_outsourced",
            self.fee(180.0, self.detector, quantity=2, charge_kind="one_off"),
            self.fee(900.0, period_months=3, recurring_invoicing_type="post-paid"),
            partner_id=self.government.id,
            counterparty_id=self.government.id,
            build_amount=10_000.0,
            milestone_ids=self.milestones(("Signature", 30), ("Acceptance", 70)),
            term_months=12,
        )
        self.reach(contract, "Signature", START)
        self.jobs(START, contract)
        self.check_posted((START, {"Fees": -3000, "Receivable": 3000}, self.government))
        self.bring(["DET-1", "DET-2"], "sold")
        self.go_live()
        cards = self.card("DET-1") + self.card("DET-2")
        cards.owner_id = self.government
        self.check_moved(("DET-1, DET-2", "internal", "sold", self.subscriber, 200))
        self.reach(contract, "Acceptance", START)
        self.charge(START, contract)
        self.check_posted(
            (
                START,
                {
                    "Sales": -360,
                    "Fees": -7000,
                    "Receivable": 7360,
                    "Stock": -200,
                    "Cost of Sale": 200,
                },
                self.government,
            )
        )
        self.assertEqual(sum(contract.milestone_ids.mapped("amount")), 10_000)
        # From February on two cores of the ring are leased out; a tenth is ours.
        lease = (
            self.env["alarm.capacity.lease"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Two cores of the ring",
                    "contract_id": contract.id,
                    "partner_id": self.lessee.id,
                    "date_start": date(2027, 2, 1),
                    "date_end": date(2027, 12, 31),
                    "amount": 300.0,
                    "product_id": self.works.id,
                    "fee_rate": 10,
                }
            )
        )
        with freeze_time("2027-02-01"):
            lease.action_start()
        self.leave(contract, date(2027, 9, 1), date(2027, 12, 31))
        late = date(2027, 6, 1)
        for day in first_days():
            statements = self.jobs(day, contract)
            expected = []
            if day < date(2028, 1, 1):
                # No income of ours: it is held for the government.
                expected.append((day, {"Held": -300, "Receivable": 300}, self.lessee))
            if day.month in (1, 4, 7, 10):
                expected.append((day, {"Fees": -900, "Receivable": 900}, self.government))
            self.check_posted(*expected)
            if day.month in (1, 4, 7, 10):
                # What is paid is passed on: June's comes a quarter later.
                months = {4: 2, 7: 2, 10: 4, 1: 3}[day.month]
                self.assertEqual((statements.kind, statements.collected), ("pass_on", 300 * months))
                self.settle(statements, day)
                self.check_posted(
                    (day, {"Held": 300 * months, "Payable": -300 * months}, self.government),
                    (day, {"Fees": -30 * months, "Receivable": 30 * months}, self.government),
                )
            else:
                self.assertFalse(statements)
            self.pay_for_capacity(lease, day, late)
        self.assertEqual(contract.alarm_state, "ended")
        transfer = self.hand_over(contract, date(2028, 1, 2))
        self.assertEqual((transfer.kind, transfer.partner_id), ("hand_back", self.government))
        self.assertEqual(transfer.line_ids.device_id, cards)
        self.jobs(date(2028, 4, 1), contract)
        # It was never ours: nothing is moved or booked, no asset.
        self.check_posted()
        self.check_moved()
        self.check_assets(contract)
        self.assertEqual(cards.owner_id, self.government)
        self.check_books(
            Sales=-360,
            Fees=-10_000 - 3600 - 330,
            Receivable=10_360 + 3600 + 330,
            Bank=3300,
            Payable=-3300,
            Stock=-200,
            Cost_of_Sale=200,
        )
        self.check_agrees(contract)

    def pay_for_capacity(self, lease, day, late):
        """The lessee pays the day he is invoiced, but for one month, which he pays a month late."""
        if day == late:
            return
        invoices = lease.charge_ids.move_id.filtered(lambda move: move.payment_state == "not_paid")
        self.pay(invoices, day)
        self.assertEqual(len(invoices), 0 if day.year == 2028 else 1 + (day.month == 7))
        self.check_posted(*len(invoices) * [(day, {"Bank": 300, "Receivable": -300}, self.lessee)])

    def test_government_invests_from_signature_to_hand_back(self):
        contract = self.sign(
            "government_invests",
            self.fee(180.0, self.detector, quantity=2, charge_kind="one_off"),
            self.fee(3000.0, period_months=6, recurring_invoicing_type="post-paid"),
            partner_id=self.government.id,
            counterparty_id=self.government.id,
            build_amount=99_999.99,
            milestone_ids=self.milestones(("Advance", 30), ("Built", 60), ("Retention", 10)),
            term_months=12,
        )
        user = self.premises("0T03")
        contract.subscriber_ids |= user
        self.check_posted()
        self.reach(contract, "Advance", START)
        self.jobs(START, contract)
        self.check_posted((START, {"Fees": -30_000, "Receivable": 30_000}, self.government))
        # A piece at the government's, another one at a user's: both are the government's.
        built = date(2027, 3, 1)
        self.bring(["DET-1"], "sold", day=built)
        self.bring(["DET-2"], "sold", user, day=built)
        cards = self.card("DET-1") + self.card("DET-2")
        cards.owner_id = self.government
        self.check_moved(
            ("DET-1", "internal", "sold", self.subscriber, 100),
            ("DET-2", "internal", "sold", user, 100),
        )
        self.check_posted()
        self.go_live(self.subscriber, user, day=built)
        self.reach(contract, "Built", built)
        self.jobs(built, contract)
        self.check_posted(
            (
                built,
                {
                    "Sales": -360,
                    "Fees": -59_999.99,
                    "Receivable": 60_359.99,
                    "Stock": -200,
                    "Cost of Sale": 200,
                },
                self.government,
            )
        )
        self.assertEqual(contract.term_end, date(2028, 2, 29))
        for day in first_days(date(2027, 4, 1), 11):
            if day == date(2027, 9, 1):
                self.reach(contract, "Retention", day)
            if day == date(2027, 11, 1):
                self.leave(contract, day, date(2028, 2, 29))
            self.assertFalse(self.jobs(day, contract))
            # Half a year of running it, and what was kept back until then; else nothing.
            due = [(day, {"Fees": -13_000, "Receivable": 13_000}, self.government)]
            self.check_posted(*due if day == date(2027, 9, 1) else [])
        day = date(2028, 3, 1)
        self.jobs(day, contract)
        self.check_posted((day, {"Fees": -3000, "Receivable": 3000}, self.government))
        self.assertEqual(contract.alarm_state, "ended")
        # Users were served and never invoiced.
        self.assertEqual(contract._get_invoices().partner_id, self.government)
        self.assertEqual(contract.milestone_ids.mapped("state"), ["reached"] * 3)
        self.assertEqual(contract.milestone_ids.mapped("amount"), [30_000, 59_999.99, 10_000])
        transfer = self.hand_over(contract, date(2028, 3, 2), rejected=("DET-2",))
        self.assertEqual((transfer.kind, transfer.partner_id), ("hand_back", self.government))
        self.assertEqual(transfer.line_ids.device_id, cards)
        self.jobs(date(2028, 6, 1), contract)
        # It was never ours: nothing is moved or booked, no asset.
        self.check_posted()
        self.check_moved()
        self.check_assets(contract)
        self.assertEqual(cards.owner_id, self.government)
        self.check_books(
            Sales=-360,
            Fees=-105_999.99,
            Receivable=106_359.99,
            Stock=-200,
            Cost_of_Sale=200,
        )
        self.check_agrees(contract)
