from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestAccounts(TransactionCase):
    """Where a fresh company keeps what it holds for others."""

    def test_what_is_held_for_others_is_a_detail_of_the_other_payables(self):
        for chart, country, begin in (("cn", "base.cn", "2241"), ("generic_coa", "base.us", "2")):
            company = self.env["res.company"].create(
                {"name": f"Test {chart}", "country_id": self.env.ref(country).id}
            )
            self.env.user.company_ids += company
            self.env["account.chart.template"].try_loading(
                chart, company=company, install_demo=False
            )
            company = company.with_company(company)
            deposits, held = company._get_alarm_deposit_account(), company._get_alarm_held_account()
            self.assertNotEqual(held, deposits)
            self.assertEqual(held.account_type, "liability_current")
            self.assertTrue(held.code.startswith(begin), held.code)
            self.assertEqual(company._get_alarm_held_account(), held)
