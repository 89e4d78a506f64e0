from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ..hooks import note_leased_values
from .common import AssetCase


@tagged("post_install", "-at_install")
class TestSetup(TransactionCase):
    """Accounts, journal and profiles of leasing, in each chart."""

    def company(self, chart=None, country="base.us"):
        company = self.env["res.company"].create(
            {"name": f"Test {chart}", "country_id": self.env.ref(country).id}
        )
        self.env.user.company_ids += company
        if chart:
            self.env["account.chart.template"].try_loading(
                chart, company=company, install_demo=False
            )
        return company.with_company(company)

    def profiles(self, company):
        return {
            profile.alarm_treatment: profile
            for profile in self.env["account.asset.profile"].search(
                [("company_id", "=", company.id)]
            )
        }

    def codes(self, profile, company):
        profile = profile.with_company(company)
        return [
            profile[name].code
            for name in (
                "account_asset_id",
                "account_depreciation_id",
                "account_expense_depreciation_id",
                "account_plus_value_id",
                "account_min_value_id",
            )
        ]

    def test_the_generic_chart_gets_what_it_lacks(self):
        company = self.company("generic_coa")
        company._set_up_leasing()
        profiles = self.profiles(company)
        self.assertEqual(set(profiles), {"own_asset", "intangible", "contract_cost"})
        accounts = profiles["own_asset"].mapped("account_asset_id").with_company(company)
        self.assertEqual(accounts.code, "151000")
        used = self.env["account.account"]
        for profile in profiles.values():
            for name in ("account_asset_id", "account_depreciation_id"):
                self.assertNotIn(profile[name], used)
                used |= profile[name]
        self.assertEqual(company.asset_first_month, "this")
        # Once more makes nothing more.
        company._set_up_leasing()
        self.assertEqual(self.profiles(company), profiles)

    def test_the_chinese_chart_has_most_of_it(self):
        company = self.company("cn", "base.cn")
        company._set_up_leasing()
        profiles = self.profiles(company)
        codes = self.codes(profiles["own_asset"], company)
        self.assertEqual([code[:4] for code in codes], ["1601", "1602", "5402", "5301", "5711"])
        codes = self.codes(profiles["intangible"], company)
        self.assertEqual([code[:4] for code in codes[:2]], ["1701", "1702"])
        self.assertEqual(company.asset_disposal_account_id.with_company(company).code[:4], "1606")
        self.assertEqual(company.asset_first_month, "next")

    def test_the_large_chinese_chart(self):
        company = self.company("cn_large_bis", "base.cn")
        company._set_up_leasing()
        codes = self.codes(self.profiles(company)["own_asset"], company)
        self.assertEqual([code[:4] for code in codes], ["1601", "1602", "6402", "6115", "6115"])

    def test_without_a_chart_it_says_so(self):
        company = self.company()
        with self.assertRaisesRegex(UserError, "no chart of accounts"):
            company._alarm_asset_profile("own_asset")
        with self.assertRaisesRegex(UserError, "no chart of accounts"):
            company._set_up_leasing()

    def test_categories_of_equipment_post_each_delivery(self):
        company = self.env.company
        category = self.env["product.category"].create(
            {"name": "Test Recorders", "property_valuation": "periodic"}
        )
        other = self.env["product.category"].create(
            {"name": "Test Screws", "property_valuation": "periodic"}
        )
        for number, (place, tracking) in enumerate(((category, "serial"), (other, "none"))):
            self.env["product.product"].create(
                {
                    "name": f"Test {number}",
                    "is_storable": True,
                    "tracking": tracking,
                    "categ_id": place.id,
                    "alarm_device_kind": "recorder",
                }
            )
        company._set_up_leasing()
        self.assertEqual(category.property_valuation, "real_time")
        self.assertEqual(other.property_valuation, "periodic")

    def test_another_asset_on_the_account_is_no_leased_equipment(self):
        company = self.company("generic_coa")
        profile = company._alarm_asset_profile("own_asset")
        self.assertFalse(profile.account_asset_id.asset_profile_id)


@tagged("post_install", "-at_install")
class TestBefore(AssetCase):
    def test_what_was_leased_before_there_were_assets_becomes_one(self):
        with freeze_time("2027-01-10"):
            gone = self.deliver(["DET-1", "DET-2"], "leased")
            self.take_back(gone, ["DET-1"])
        lines = self.env["stock.move.line"].search([("leased_value", "!=", False)])
        known = {line: line.leased_value for line in lines}
        lines.leased_value = False
        note_leased_values(self.env)
        self.assertEqual({line: line.leased_value for line in lines}, known)
        first = lines.filtered(lambda line: line.lot_id == self.lot("DET-1"))
        self.assertEqual(sorted(first.mapped("leased_value")), [-100, 100])
        with freeze_time("2027-02-10"):
            self.activate(self.subscriber)
        self.assertEqual(self.asset("DET-2").purchase_value, 100)
        self.assertFalse(self.asset("DET-1"))
