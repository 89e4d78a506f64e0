from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RegisterCase

IMPLIED = {
    "group_reader": {"base.group_user"},
    "group_back_office": {"alarm_subscriber.group_reader"},
    "group_approver": {"alarm_subscriber.group_back_office"},
}


@tagged("post_install", "-at_install")
class TestAccess(RegisterCase):
    def test_groups_imply_what_the_table_says(self):
        for name, implied in IMPLIED.items():
            group = self.env.ref(f"alarm_subscriber.{name}")
            xmlids = set(group.implied_ids.get_external_id().values())
            with self.subTest(group=name):
                self.assertEqual(xmlids, implied)

    def test_customers_are_kept_by_the_back_office_but_never_deleted(self):
        Partner = self.env["res.partner"]
        self.assertFalse(Partner.with_user(self.reader).has_access("create"))
        for operation, granted in {
            "read": True,
            "write": True,
            "create": True,
            "unlink": False,
        }.items():
            with self.subTest(operation=operation):
                self.assertEqual(Partner.with_user(self.back_office).has_access(operation), granted)

    def test_back_office_keeps_a_whole_subscriber(self):
        env = self.env(user=self.back_office)
        customer = env["res.partner"].create({"name": "Customer"})
        subscriber = env["alarm.subscriber"].create(
            {"name": "Shop", "partner_id": customer.id, "street": "1 Test Road"}
        )
        self.assertEqual(subscriber.address_id.street, "1 Test Road")
        panel = env["alarm.panel"].create(self.panel_values(subscriber, "T77"))
        subscriber.write(
            {
                "zone_ids": [(0, 0, {"number": "1", "name": "Door"})],
                "contact_ids": [(0, 0, {"partner_id": customer.id})],
            }
        )
        self.assertEqual(panel.zone_ids.name, "Door")

    def test_reader_reads_all_but_changes_nothing(self):
        subscriber = self.subscriber.with_user(self.reader)
        self.assertEqual(subscriber.panel_ids.account, "0T01")
        with self.assertRaises(AccessError):
            subscriber.name = "Other"
        with self.assertRaises(AccessError):
            subscriber.panel_ids.dc09_key = "00" * 16
        with self.assertRaises(AccessError):
            subscriber.panel_ids.action_remove_dc09_key()

    def test_menu_is_for_readers(self):
        root = self.env.ref("alarm_subscriber.menu_root").id
        Menu = self.env["ir.ui.menu"]
        self.assertIn(root, Menu.with_user(self.reader)._visible_menu_ids())
        self.assertNotIn(root, Menu.with_user(self.outsider)._visible_menu_ids())
