from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-05")
class TestNotSettled(SettlementCase):
    def listed(self, among):
        found = (
            self.env["contract.contract"]
            .with_user(self.clerk)
            .search([("is_not_settled", "=", True), ("id", "in", among.ids)])
        )
        rest = self.env["contract.contract"].search(
            [("is_not_settled", "=", False), ("id", "in", among.ids)]
        )
        self.assertEqual(found | rest, among)
        self.assertFalse(found & rest)
        return found.with_env(self.env)

    def carried(self, **values):
        return self.run_contract(
            self.fee(30.0, recurring_invoicing_type="post-paid"),
            invoice_partner_id=self.carrier.id,
            counterparty_id=self.carrier.id,
            payer="carrier",
            biller="carrier",
            subscriber_ids=[Command.clear()],
            **values,
        )

    def test_a_period_without_a_statement_is_listed(self):
        contract, plain = self.share_contract(), self.run_contract()
        young = self.share_contract(start=date(2026, 3, 1))
        self.assertEqual(self.listed(contract | plain | young), contract)
        self.assertEqual(
            (contract.not_settled_since, contract.not_settled_count), (date(2026, 3, 31), 1)
        )
        self.settle(contract, date(2026, 4, 5))
        self.assertFalse(self.listed(contract))

    def test_a_contract_that_never_says_how_often_is_listed(self):
        contract = self.share_contract(settlement_months=0)
        self.assertEqual(self.listed(contract), contract)

    def test_a_month_without_a_file_is_listed(self):
        contract = self.carried(start=date(2026, 2, 1))
        advance = self.carried(start=date(2026, 4, 1))
        advance.contract_line_ids.recurring_invoicing_type = "pre-paid"
        (contract | advance)._charge(date(2026, 3, 1))
        self.assertEqual(self.listed(contract | advance), contract)
        self.assertEqual(
            (contract.not_settled_since, contract.not_settled_count), (date(2026, 2, 28), 2)
        )
        self.assertEqual(
            contract.with_context(lang="en_US").not_settled_notice,
            "2 periods that are over were not settled, the first until 02/28/2026.",
        )
        for month, day in ((2, 28), (3, 31)):
            file = self.file(
                f"账期,合同编号,结算金额\n2026{month},{contract.code},30\n",
                date(2026, month, 1),
                date(2026, month, day),
            )
            file.action_compare()
            file.line_ids.filtered(lambda line: line.type != "matched").decision = "open"
            file.action_invoice()
        contract.invalidate_recordset()
        self.assertFalse(self.listed(contract | advance))

    def test_many_are_found_by_as_many_queries_as_few(self):
        counts = {}
        for number in (2, 12):
            contracts = self.env["contract.contract"].union(
                *(self.share_contract() for _each in range(number)),
                *(self.carried(start=date(2026, 2, 1)) for _each in range(number)),
            )
            contracts._charge(date(2026, 3, 1))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(contracts._get_ends_not_settled()), 2 * number)
            counts[number] = self.env.cr.sql_log_count - before
        self.assertLessEqual(counts[12], counts[2])

    def test_the_contract_says_which_file_a_fee_waits_for(self):
        contract = self.carried(start=date(2026, 3, 1))
        contract.with_context(lang="en_US")._charge(date(2026, 4, 1))
        shown = contract.with_context(lang="en_US").owed
        self.assertEqual(
            [row["why"].rpartition(", ")[2] for row in shown["rows"]],
            [
                "Waits for the carrier's file of April 2026",
                "Waits for the carrier's file of March 2026",
            ],
        )
        self.assertFalse(shown["overdue"])
