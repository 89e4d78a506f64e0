from datetime import date

from freezegun import freeze_time

from odoo.addons.alarm_equipment.tests.common import EquipmentCase, make_picking, validate


class AssetCase(EquipmentCase):
    """Premises of which the leased equipment becomes assets, and what the books say of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What the demo company has of its own is no part of these stories.
        cls.env["account.asset.profile"].search(
            [("alarm_treatment", "!=", False), ("company_id", "=", cls.company.id)]
        ).alarm_treatment = False
        cls.company.asset_disposal_account_id = False
        cls.company.asset_first_month = "this"
        cls.company.leased_life_months = 10
        cls.profile = cls.company._alarm_asset_profile("own_asset")
        cls.accounts |= {
            "Depreciation": cls.profile.account_depreciation_id,
            "Expense": cls.profile.account_expense_depreciation_id,
            "Gain": cls.profile.account_plus_value_id,
            "Loss": cls.profile.account_min_value_id,
            "Disposal": cls.company._get_asset_disposal_account(),
        }
        cls.env.flush_all()
        cls.opening = {name: cls._balance(account) for name, account in cls.accounts.items()}

    @classmethod
    def _balance(cls, account):
        lines = cls.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return round(sum(lines.mapped("balance")), 2)

    def balances(self, *names):
        """What was posted since the test began, of the named accounts."""
        return tuple(
            round(self._balance(self.accounts[name]) - self.opening[name], 2) for name in names
        )

    def check_books(self, **balances):
        """All accounts of the story have what is named, the others nothing."""
        found = {name: amount for name in self.accounts if (amount := self.balances(name)[0])}
        self.assertEqual(
            found, {name.replace("_", " "): amount for name, amount in balances.items()}
        )

    def asset(self, serial, running=True):
        domain = [("lot_id", "=", self.lot(serial).id)]
        if running:
            domain.append(("state", "!=", "removed"))
        return self.env["account.asset"].search(domain, order="id desc", limit=1)

    def move_on(self, serial, premises, day=date(2027, 3, 10)):
        """What is leased goes to other premises."""
        with freeze_time(day):
            picking = make_picking(
                self,
                self.warehouse.int_type_id,
                self.location("leased"),
                self.location("leased", premises),
                {self.detector: 1},
            )
            picking.move_ids.lot_ids = self.lot(serial)
            validate(picking)

    def lease(self, serials, day=date(2027, 1, 10), subscriber=None):
        """Deliver on lease, and the premises go live."""
        with freeze_time(day):
            picking = self.deliver(serials, "leased", subscriber)
            premises = subscriber or self.subscriber
            if premises.state == "draft":
                self.activate(premises)
        return picking

    def depreciate(self, day):
        return self.env["account.asset"]._alarm_depreciate_months(day)
