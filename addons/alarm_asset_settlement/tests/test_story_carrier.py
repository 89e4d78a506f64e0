import base64
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import START, StoryCase, first_days


@tagged("post_install", "-at_install")
class TestStoryCarrier(StoryCase):
    """3. Nothing down: a carrier collects the packages, subsidises the devices and settles with us
    by a file every month. One customer stays for the term, the other leaves after half of it."""

    def contract_of(self, subscriber):
        return self.sign(
            "carrier",
            self.fee(30.0, recurring_invoicing_type="post-paid"),
            self.fee(240.0, self.works, name="Subsidy", charge_kind="one_off"),
            subscriber=subscriber,
            partner_id=subscriber.partner_id.id,
            invoice_partner_id=self.carrier.id,
            counterparty_id=self.carrier.id,
            invoice_grouping="customer",
            subsidy_amount=240.0,
            subsidy_months=12,
            term_months=12,
        )

    def import_file(self, day, *rows):
        """The carrier's file of the month before a day, decided by hand where it has to be."""
        last = day - timedelta(days=1)
        text = "账期,合同编号,结算金额\n" + "".join(
            f"{last:%Y%m},{code},{amount}\n" for code, amount in rows
        )
        with freeze_time(day):
            file = (
                self.env["alarm.carrier.file"]
                .with_user(self.manager)
                .create(
                    {
                        "partner_id": self.carrier.id,
                        "date_start": last.replace(day=1),
                        "date_end": last,
                        "file": base64.b64encode(text.encode()),
                        "filename": f"{last}.csv",
                    }
                )
            )
            file.action_compare()
        return file

    def invoice_file(self, file, day):
        with freeze_time(day):
            file.action_invoice()

    def test_from_signature_to_end_of_term(self):
        stays = self.contract_of(self.subscriber)
        other = self.premises("0T02")
        leaves = self.contract_of(other)
        both = stays | leaves
        self.bring(["DET-1"], "leased")
        self.bring(["DET-2"], "leased", other)
        self.check_moved(
            ("DET-1", "internal", "leased", self.subscriber, 100),
            ("DET-2", "internal", "leased", other, 100),
        )
        self.check_posted(*2 * [(START, {"Leased Equipment": 100, "Stock": -100})])
        # In use, a device is a cost of its contract.
        self.go_live(self.subscriber, other)
        self.check_posted(*2 * [(START, {"Contract Cost": 100, "Leased Equipment": -100})])
        self.check_assets(stays, ("DET-1", 100, 0, 12, "open", False))
        self.check_assets(leaves, ("DET-2", 100, 0, 12, "open", False))
        # The subsidies are invoiced to the carrier at once, and earned as they are worked off.
        self.jobs(START, both)
        self.check_posted((START, {"Deferred": -480, "Receivable": 480}, self.carrier))
        self.assertEqual(stays._get_invoices().partner_id, self.carrier)

        for index, day in enumerate(first_days()):
            if day == date(2027, 6, 1):
                self.leave(leaves, day - timedelta(days=1), date(2027, 6, 30))
            self.jobs(day, both)
            last = day - timedelta(days=1)
            if index < 5:
                twice = round(2 * self.amortisation(index), 2)
                file = self.import_file(day, (stays.code, 30), (leaves.code, 30))
                self.assertEqual(file.mismatch_count, 0)
                self.invoice_file(file, day)
                self.check_posted(
                    (last, {"Contract Cost Amortised": -twice, "Expense": twice}),
                    (last, {"Deferred": 40, "Fees": -40}),
                    (day, {"Fees": -60, "Receivable": 60}, self.carrier),
                )
            elif index == 5:
                self.early_exit(day, stays, leaves)
            else:
                once = self.amortisation(index)
                self.after_exit(day, last, once, stays, leaves, first=index == 6)
        # The term is served; the contract goes on from month to month until notice is given.
        self.leave(stays, date(2027, 12, 1), date(2028, 1, 31))
        self.jobs(date(2028, 2, 1), stays)
        self.assertEqual(stays.alarm_state, "ended")
        self.invoice_file(self.import_file(date(2028, 2, 1), (stays.code, 30)), date(2028, 2, 1))
        self.check_posted(
            (date(2028, 2, 1), {"Contract Cost": -100, "Contract Cost Amortised": 100}),
            (date(2028, 2, 1), {"Fees": -30, "Receivable": 30}, self.carrier),
        )
        self.check_moved(("DET-1", "leased", "sold", self.subscriber, 0))
        self.check_assets(stays, ("DET-1", 100, 0, 12, "removed", "transferred"))
        card = self.card("DET-1")
        self.assertEqual((card.ownership, card.owner_id), ("sold", self.customer))
        card = self.card("DET-2")
        self.assertEqual((card.ownership, card.owner_id), ("sold", other.partner_id))
        self.jobs(date(2028, 4, 1), both)
        self.check_posted()
        # Twelve months of one, six of the other; two subsidies, of which a half went back.
        fees = 12 * 30 + 6 * 30 + 30 + 2 * 240 - 120
        left = self.left_after_six()
        self.check_books(
            Stock=-200,
            Expense=round(200 - left, 2),
            Loss=left,
            Fees=-fees,
            Revenue=-120,
            Receivable=fees + 120,
        )
        self.check_agrees(both)

    def amortisation(self, index):
        """Of one device in a month: 100 in twelve parts."""
        asset = self.env["account.asset"].search([("code", "=", "DET-1")], limit=1)
        lines = asset.depreciation_line_ids.filtered(lambda line: line.type == "depreciate")
        amounts = lines.sorted("line_date").mapped("amount")
        self.assertEqual((len(amounts), round(sum(amounts), 2)), (12, 100))
        return amounts[index]

    def left_after_six(self):
        """Of one device, when it goes after six months."""
        return round(100 - sum(self.amortisation(index) for index in range(6)), 2)

    def early_exit(self, day, stays, leaves):
        """Six of twelve months are worked off: the customer pays 120 back, and so do we."""
        last = day - timedelta(days=1)
        left = self.left_after_six()
        self.assertEqual(leaves.alarm_state, "ended")
        fee = leaves.charge_ids.filtered(lambda charge: charge.kind == "exit_fee")
        self.assertEqual((fee.amount, fee.move_id.partner_id), (120, leaves.partner_id))
        back = leaves.charge_ids.filtered(lambda charge: charge.amount < 0)
        self.assertEqual((back.amount, back.move_id.partner_id), (-120, self.carrier))
        self.assertEqual(back.move_id.move_type, "out_refund")
        self.check_assets(leaves, ("DET-2", 100, 0, 12, "removed", "transferred"))
        file = self.import_file(day, (stays.code, 30), (leaves.code, 30))
        self.assertEqual(file.mismatch_count, 0)
        self.invoice_file(file, day)
        one = self.amortisation(5)
        self.check_posted(
            # That of the device that goes is booked with its removal.
            (last, {"Contract Cost Amortised": -one, "Expense": one}),
            (last, {"Contract Cost Amortised": -one, "Expense": one}),
            (
                day,
                {
                    "Contract Cost": -100,
                    "Contract Cost Amortised": round(100 - left, 2),
                    "Loss": left,
                },
            ),
            (day, {"Receivable": 120, "Revenue": -120}, leaves.partner_id),
            # What was not earned yet is given back: no income comes or goes by it.
            (day, {"Receivable": -120, "Deferred": 120}, self.carrier),
            (last, {"Deferred": 40, "Fees": -40}),
            (day, {"Fees": -60, "Receivable": 60}, self.carrier),
        )
        self.check_moved(("DET-2", "leased", "sold", leaves.subscriber_ids, 0))

    def after_exit(self, day, last, once, stays, leaves, first):
        """The carrier still reports the one that left: listed, and not taken."""
        if not first:
            file = self.import_file(day, (stays.code, 30))
        else:
            file = self.import_file(day, (stays.code, 30), (leaves.code, 30))
            self.assertEqual(
                [(line.type, line.contract_id) for line in file.line_ids],
                [("terminated", leaves), ("matched", stays)],
            )
            file.line_ids.filtered(lambda line: line.type == "terminated").decision = "ours"
        self.invoice_file(file, day)
        self.check_posted(
            (last, {"Contract Cost Amortised": -once, "Expense": once}),
            (last, {"Deferred": 20, "Fees": -20}),
            (day, {"Fees": -30, "Receivable": 30}, self.carrier),
        )
