from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import EquipmentCase


@tagged("post_install", "-at_install")
class TestLocations(EquipmentCase):
    """Premises as locations of the stock."""

    def many(self, number):
        return self.env["alarm.subscriber"].create(
            [
                {"name": f"Test Premises {index}", "partner_id": self.customer.id}
                for index in range(number)
            ]
        )

    def test_one_location_for_each_way_of_owning(self):
        sold, leased = self.location("sold"), self.location("leased")
        self.assertNotEqual(sold, leased)
        self.assertEqual((sold, leased), (self.location("sold"), self.location("leased")))
        self.assertEqual({sold.usage, leased.usage}, {"customer"})
        self.assertEqual({sold.company_id, leased.company_id}, {self.company})
        self.assertFalse(sold.valuation_account_id)
        self.assertEqual(leased.valuation_account_id, self.accounts["Leased Equipment"])
        self.assertEqual(sold.location_id, self.company.sold_equipment_location_id)
        self.assertEqual(leased.location_id, self.company.leased_equipment_location_id)
        self.assertIn(self.subscriber.ref, sold.name)

    def test_who_plans_material_needs_no_right_to_make_locations(self):
        subscribers = self.many(2).with_user(self.reader)
        locations = subscribers._equipment_locations("sold")
        self.assertEqual(list(locations), list(subscribers))
        for subscriber, location in locations.items():
            self.assertEqual(location.subscriber_id, subscriber)
            self.assertFalse(location.env.su)

    def test_locations_are_made_in_one_batch(self):
        self.location("sold")
        counts = []
        for number in (2, 30):
            subscribers = self.many(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            subscribers._equipment_locations("sold")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_the_fixed_assets_of_the_chart_are_taken_unless_others_are_chosen(self):
        self.company.leased_equipment_account_id = False
        account = self.location("leased").valuation_account_id
        self.assertEqual(account, self.company.leased_equipment_account_id)
        self.assertEqual(account.account_type, "asset_fixed")

    def test_a_location_bears_the_name_of_the_premises(self):
        location = self.location()
        self.subscriber.name = "Shop 1/2"
        self.assertEqual(location.name, f"[{self.subscriber.ref}] Shop 1-2")

    def test_a_draft_that_is_given_up_leaves_no_location(self):
        [draft] = self.many(1)
        location = self.location("sold", draft)
        draft.with_user(self.back_office).unlink()
        self.assertFalse(location.exists())

    def test_a_location_is_not_given_to_other_premises(self):
        manager = new_test_user(self.env, "t-stock-manager", "stock.group_stock_manager")
        location = self.location().with_user(manager)
        [other] = self.many(1)
        with self.assertRaisesRegex(UserError, "remains it"):
            location.subscriber_id = other
        with self.assertRaisesRegex(UserError, "remains it"):
            location.equipment_ownership = "leased"

    def test_a_location_is_of_the_subscribers_company(self):
        other = self.env["res.company"].create({"name": "Test Other Company"})
        foreign = self.env["stock.location"].create(
            {"name": "Elsewhere", "usage": "customer", "company_id": other.id}
        )
        with self.assertRaisesRegex(UserError, "[Cc]ompan"):
            foreign.write({"subscriber_id": self.subscriber.id, "equipment_ownership": "sold"})
            self.env.flush_all()
