from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.alarm_equipment.tests.common import make_picking, validate

from .common import AssetCase


@tagged("post_install", "-at_install")
class TestCheck(AssetCase):
    """Stock, accounts and assets, serial number by serial number."""

    def rows(self, *serials):
        """Rows of the report, read anew."""
        self.env.flush_all()
        Check = self.env["alarm.asset.check"]
        Check.invalidate_model()
        rows = Check.search([("company_id", "=", self.company.id)])
        if serials:
            rows = rows.filtered(lambda row: row.lot_id.name in serials)
        return rows

    def check_balance(self):
        """The rows are the balances of the accounts."""
        accounts = (
            self.env["stock.location"]
            .search([("equipment_ownership", "=", "leased"), ("company_id", "=", self.company.id)])
            .valuation_account_id
        )
        accounts |= (
            self.env["account.asset.profile"]
            .search([("alarm_treatment", "!=", False), ("company_id", "=", self.company.id)])
            .account_asset_id
        )
        self.assertEqual(
            round(sum(self.rows().mapped("account_value")), 2),
            round(sum(map(self._balance, accounts)), 2),
        )
        depreciation = self.profile.account_depreciation_id
        self.assertEqual(
            round(sum(self.rows().mapped("depreciation_posted")), 2),
            -round(self._balance(depreciation), 2),
        )

    def figures(self, serial):
        row = self.rows(serial)
        return (row.stock_value, row.account_value, row.asset_value, row.difference, row.reason)

    def test_what_is_in_service_agrees(self):
        self.lease(["DET-1", "DET-2"])
        self.depreciate(date(2027, 2, 28))
        self.assertEqual(self.figures("DET-1"), (100, 100, 100, 0, "agrees"))
        row = self.rows("DET-1")
        self.assertEqual((row.depreciated, row.depreciation_posted, row.net_value), (20, 20, 80))
        self.assertEqual(row.subscriber_id, self.subscriber)
        self.check_balance()

    def test_what_is_not_in_service_yet_waits(self):
        with freeze_time("2027-01-10"):
            self.deliver(["DET-1"], "leased")
        self.assertEqual(self.figures("DET-1"), (100, 100, 0, 100, "waiting"))
        self.check_balance()

    def test_a_missing_asset_is_made(self):
        self.lease(["DET-1"])
        self.env.cr.execute("DELETE FROM account_asset WHERE id = %s", [self.asset("DET-1").id])
        self.env.invalidate_all()
        self.assertEqual(self.figures("DET-1")[-1], "missing")
        manager = new_test_user(self.env, "t-manager", "alarm_contract.group_contract_manager")
        self.rows("DET-1").with_user(manager).action_repair()
        self.assertEqual(self.figures("DET-1"), (100, 100, 100, 0, "agrees"))

    def test_a_delivery_that_was_valued_periodically_is_posted(self):
        self.category.property_valuation = "periodic"
        self.lease(["DET-1"])
        self.assertFalse(self.asset("DET-1"))
        self.assertEqual(self.balances("Leased Equipment", "Stock"), (0, 0))
        self.assertEqual(self.figures("DET-1"), (100, 0, 0, 100, "not_posted"))
        self.rows("DET-1").action_repair()
        self.assertEqual(self.figures("DET-1"), (100, 100, 100, 0, "agrees"))
        self.assertEqual(self.balances("Leased Equipment", "Stock"), (100, -100))
        with self.assertRaisesRegex(UserError, "without somebody's decision"):
            self.rows("DET-1").action_repair()

    def test_what_came_back_or_was_handed_over_is_gone(self):
        picking = self.lease(["DET-1", "DET-2"])
        with freeze_time("2027-04-05"):
            self.take_back(picking, ["DET-1"])
            self.card("DET-2")._derecognise(date(2027, 4, 5), "Given")
        self.assertFalse(self.rows("DET-1", "DET-2"))
        self.check_balance()

    def test_what_was_written_off_is_worth_nothing_to_anybody(self):
        self.lease(["DET-1"])
        with freeze_time("2027-04-05"):
            self.card("DET-1").action_lose()
        self.assertEqual(self.figures("DET-1"), (0, 0, 0, 0, "agrees"))
        self.check_balance()

    def test_what_was_marked_as_lost_past_the_button_is_written_off(self):
        self.lease(["DET-1"])
        self.card("DET-1").state = "lost"
        self.assertEqual(self.figures("DET-1")[-1], "lost")
        self.rows("DET-1").action_repair()
        self.assertEqual(self.figures("DET-1"), (0, 0, 0, 0, "agrees"))

    def test_an_asset_that_left_by_a_transfer_of_the_stock_needs_a_decision(self):
        self.lease(["DET-1"])
        bought = make_picking(
            self,
            self.warehouse.int_type_id,
            self.location("leased"),
            self.location("sold"),
            {self.detector: 1},
        )
        bought.move_ids.lot_ids = self.lot("DET-1")
        validate(bought)
        self.assertEqual(self.figures("DET-1"), (0, 100, 100, -100, "left"))
        self.assertFalse(self.rows("DET-1").can_repair)
        self.assertEqual(self.rows("DET-1").action_open()["res_id"], self.asset("DET-1").id)

    def test_an_entry_of_the_stock_that_was_reset_shows(self):
        picking = self.lease(["DET-1"])
        picking.move_ids.account_move_id.button_draft()
        self.assertEqual(self.figures("DET-1"), (100, 0, 100, 100, "value"))
        self.check_balance()

    def test_depreciation_that_was_reversed_agrees(self):
        picking = self.lease(["DET-1", "DET-2"])
        entries = self.env["account.move"].browse(self.depreciate(date(2027, 2, 28)))
        with freeze_time("2027-03-05"):
            self.take_back(picking, ["DET-1"])
        entries[1]._reverse_moves([{"date": date(2027, 3, 5)}], cancel=True)
        self.assertFalse(self.rows("DET-1"))
        row = self.rows("DET-2")
        self.assertEqual((row.depreciated, row.depreciation_posted, row.reason), (10, 10, "agrees"))
        self.check_balance()

    def test_what_is_found_again_agrees(self):
        self.lease(["DET-1"])
        with freeze_time("2027-03-10"):
            self.card("DET-1").action_lose()
            self.card("DET-1").action_find()
        self.assertEqual(self.figures("DET-1"), (100, 100, 100, 0, "agrees"))
        self.check_balance()

    def test_depreciation_of_what_is_gone_shows(self):
        picking = self.lease(["DET-1"])
        with freeze_time("2027-03-10"):
            self.take_back(picking, ["DET-1"])
        self.assertFalse(self.rows("DET-1"))
        asset = self.asset("DET-1", running=False)
        self.post(
            {"account_id": self.accounts["Depreciation"].id, "balance": 10, "asset_id": asset.id},
            {"account_id": self.accounts["Expense"].id, "balance": -10},
        )
        row = self.rows("DET-1")
        self.assertEqual((row.depreciation_posted, row.reason), (-10, "depreciation"))
        self.check_balance()

    def test_other_depreciation_on_the_account_is_shown_as_such(self):
        self.lease(["DET-1"])
        account = self.accounts["Depreciation"]
        self.post(
            {"account_id": account.id, "balance": 10},
            {"account_id": self.accounts["Expense"].id, "balance": -10},
        )
        row = self.rows().filtered(lambda row: row.account_id == account)
        self.assertEqual((row.depreciation_posted, row.difference), (-10, 10))
        self.assertEqual((row.account_value, row.reason), (0, "other"))
        self.check_balance()

    def post(self, *lines):
        move = self.env["account.move"].with_context(allow_asset=True)
        move.create({"line_ids": [Command.create(values) for values in lines]})._post()

    def test_another_entry_on_the_account_is_shown_as_such(self):
        self.lease(["DET-1"])
        account = self.accounts["Leased Equipment"]
        self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": 7}),
                    Command.create({"account_id": self.accounts["Stock"].id, "balance": -7}),
                ],
            }
        )._post()
        row = self.rows().filtered(lambda row: row.account_id == account)
        self.assertEqual((row.account_value, row.reason), (7, "other"))
        self.assertEqual(self.figures("DET-1")[-1], "agrees")
        self.check_balance()
        found = self.env["account.move.line"].search(row.action_open()["domain"])
        self.assertEqual(sum(found.mapped("balance")), 7)

    def test_who_reads_the_books_reads_it_and_does_not_change_them(self):
        self.lease(["DET-1"])
        self.env.cr.execute("DELETE FROM account_asset WHERE id = %s", [self.asset("DET-1").id])
        self.env.invalidate_all()
        clerk = new_test_user(self.env, "t-clerk", "alarm_contract.group_clerk")
        row = self.rows("DET-1").with_user(clerk)
        self.assertEqual(row.reason, "missing")
        with self.assertRaises(AccessError):
            row.action_repair()
        with self.assertRaises(AccessError):
            self.env["alarm.asset.check"].with_user(self.back_office).search([])
