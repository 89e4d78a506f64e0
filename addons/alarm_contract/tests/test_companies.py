from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ContractCase

DAY = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestCompanies(ContractCase):
    """A second company, with the generic chart of accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Test Other"})
        cls.env.user.company_ids |= cls.other
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": (cls.company | cls.other).ids}
        )

    def contract_of(self, company):
        return self.run_contract(
            company_id=company.id,
            subscriber_ids=[(5,)],
            deposit_amount=200.0,
        ).with_env(self.env)

    def test_each_company_has_its_accounts_and_invoices(self):
        self.env["account.chart.template"].try_loading(
            "generic_coa", self.other, install_demo=False
        )
        contracts = self.contract_of(self.company) | self.contract_of(self.other)
        moves = contracts._charge(DAY)
        self.assertEqual(moves.company_id, self.company | self.other)
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        for move in moves:
            self.assertEqual(move.amount_total, 300.0)
            self.assertEqual(move.line_ids.account_id.company_ids, move.company_id)
            self.assertIn(
                move.company_id.alarm_deposit_account_id, move.invoice_line_ids.account_id
            )
        self.assertNotEqual(
            self.company.alarm_deposit_account_id, self.other.alarm_deposit_account_id
        )

    def test_without_a_chart_it_is_said_what_is_missing(self):
        with self.assertRaisesRegex(UserError, "chart of accounts"):
            self.other._get_alarm_deposit_account()

    def test_an_account_that_was_chosen_is_taken(self):
        account = self.env["account.account"].create(
            {"name": "Test Deposits", "code": "T24100", "account_type": "liability_current"}
        )
        self.company.alarm_deposit_account_id = account
        moves = self.contract_of(self.company)._charge(DAY)
        self.assertIn(account, moves.invoice_line_ids.account_id)
