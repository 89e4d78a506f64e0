import io
from datetime import date

from freezegun import freeze_time
from pypdf import PdfReader

from odoo import Command
from odoo.tests import tagged

from .common import SIGNATURE, SettlementCase


@tagged("post_install", "-at_install")
class TestDocuments(SettlementCase):
    """What is signed by both sides, as it comes from the printer."""

    def pages(self, report, record):
        pdf, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(report, record.ids)
        )
        self.assertEqual(kind, "pdf")
        return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]

    def test_a_statement_ends_with_the_signatures_however_long_it_is(self):
        contract = self.share_contract(tiers=((0, 1), (50, 30)))
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        before = 0
        for number in (0, 15, 60):
            settlement.line_ids = [
                Command.create({"kind": "adjustment", "name": f"Penalty {index}", "amount": -1})
                for index in range(before, number)
            ]
            before = number
            pages = self.pages("alarm_settlement.report_settlement", settlement)
            self.assertIn(settlement.name, pages[0])
            self.assertIn("Date, signature, seal", pages[-1])
            self.assertEqual(sum("Date, signature, seal" in page for page in pages), 1)
            if not number:
                self.assertEqual(len(pages), 1)
                self.assertIn("Owed to Test Government", pages[0])
                self.assertIn("15.50", pages[0])
            if number == 60:
                self.assertIn("Penalty 59", "".join(pages))
                # More was taken off than is owed.
                self.assertIn(f"Owed to {self.company.name}", pages[-1])
                self.assertIn("44.50", pages[-1])

    def test_income_of_leased_capacity_is_printed_by_invoice(self):
        contract = self.run_contract(
            self.fee(0.0), partner_id=self.government.id, settlement_months=3
        )
        lease = self.env["alarm.capacity.lease"].create(
            {
                "name": "Two cores of the ring",
                "contract_id": contract.id,
                "partner_id": self.lessee.id,
                "date_start": date(2026, 1, 1),
                "amount": 300.0,
                "product_id": self.capacity.id,
                "fee_rate": 10,
                "pass_on_when": "invoiced",
            }
        )
        with freeze_time("2026-01-01"):
            lease.action_start()
        for month in (1, 2, 3):
            contract._charge(date(2026, month, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        [page] = self.pages("alarm_settlement.report_settlement", settlement)
        for charge in lease.charge_ids:
            self.assertIn(charge.move_id.name, page)
        for words in ("Two cores of the ring", "Our fee of 10 %", "810.00"):
            self.assertIn(words, page)

    def test_a_transfer_list_has_every_piece_and_ends_with_the_signatures(self):
        contract = self.run_contract(
            subscriber_ids=[Command.clear()],
            counterparty_id=self.government.id,
            end_action="transfer_to_government",
        )
        for number in (1, 25, 80):
            transfer = self.env["alarm.transfer.list"].create(
                {
                    "contract_id": contract.id,
                    "date": date(2027, 1, 1),
                    "line_ids": [
                        Command.create({"name": f"Camera number {index}"})
                        for index in range(number)
                    ],
                }
            )
            transfer.action_inspect()
            transfer.line_ids.action_accept()
            transfer.write(
                {
                    "ours_signed_by": "Mona Ours",
                    "ours_signature": SIGNATURE,
                    "theirs_signed_by": "Gao Theirs",
                    "theirs_signature": SIGNATURE,
                }
            )
            pages = self.pages("alarm_settlement.report_transfer_list", transfer)
            self.assertEqual(len(pages) == 1, number == 1, pages)
            text = "\n".join(pages)
            for index in range(number):
                self.assertIn(f"Camera number {index}", text)
            self.assertIn("Gao Theirs", pages[-1])
