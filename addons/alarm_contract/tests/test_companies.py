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


@tagged("post_install", "-at_install")
class TestAccountsOfTheChart(ContractCase):
    """A fresh company posts on what its chart has for it."""

    def company_with(self, chart, country="base.cn"):
        company = self.env["res.company"].create(
            {"name": f"Test {chart}", "country_id": self.env.ref(country).id}
        )
        self.env.user.company_ids += company
        self.env["account.chart.template"].try_loading(chart, company=company, install_demo=False)
        return company.with_company(company)

    def accounts_of(self, company):
        return company._get_alarm_deposit_account() | company._get_alarm_deferral_account()

    def number(self, company):
        domain = self.env["account.account"]._check_company_domain(company)
        return self.env["account.account"].search_count(domain)

    def test_the_chinese_charts_have_accounts_of_deposits_and_of_what_is_paid_in_advance(self):
        for chart, codes in (("cn", ["2241", "2203"]), ("cn_large_bis", ["2241", "2204"])):
            company = self.company_with(chart)
            number = self.number(company)
            accounts = self.accounts_of(company)
            self.assertEqual([account.code[:4] for account in accounts], codes)
            self.assertEqual(accounts.company_ids, company)
            self.assertEqual(self.number(company), number)

    def test_an_account_that_is_kept_for_something_else_is_left_to_it(self):
        company = self.company_with("cn")
        accounts = self.env["account.account"].with_company(company)
        theirs = accounts.search(
            [*accounts._check_company_domain(company), ("code", "in", ("220300", "224100"))]
        )
        reconciled, payable = theirs.sorted("code")
        reconciled.reconcile = True
        payable.account_type = "liability_payable"
        made = self.accounts_of(company)
        self.assertFalse(made & theirs)
        self.assertEqual(set(made.mapped("account_type")), {"liability_current"})
        self.assertEqual(made.mapped("reconcile"), [False, False])

    def test_the_generic_chart_gets_accounts_of_its_own(self):
        company = self.company_with("generic_coa", "base.us")
        number = self.number(company)
        self.assertEqual(len(self.accounts_of(company)), 2)
        self.assertEqual(self.number(company), number + 2)

    def test_a_company_keeps_the_account_that_it_has(self):
        company = self.company_with("cn")
        own = self.env["account.account"].create(
            {
                "name": "Test Deposits",
                "code": "T24100",
                "account_type": "liability_current",
                "company_ids": [(6, 0, company.ids)],
            }
        )
        company.alarm_deposit_account_id = own
        self.assertEqual(company._get_alarm_deposit_account(), own)
