from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.bridge_key import bridge_user, expiring_bridges
from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestBridgeKey(MonitoringCase):
    def keys(self):
        return self.env["res.users.apikeys"].search([("user_id", "=", self.bridge.id)])

    def opens(self, key):
        return self.env["res.users.apikeys"]._check_credentials(scope="rpc", key=key)

    def test_a_new_key_works_and_the_old_one_ends_soon(self):
        first = self.env["alarm.receiver"]._rotate_bridge_key("test-bridge", 30)
        second = self.env["alarm.receiver"]._rotate_bridge_key("test-bridge", 30)
        self.assertNotEqual(first, second)
        self.assertEqual(self.opens(first), self.bridge.id)
        self.assertEqual(self.opens(second), self.bridge.id)
        self.env.invalidate_all()
        soon = fields.Datetime.now() + timedelta(days=2)
        self.assertEqual(len(self.keys().filtered(lambda key: key.expiration_date > soon)), 1)

    def test_the_end_of_the_last_key_is_warned_of_once(self):
        self.assertNotIn(self.bridge, [user for user, _until in expiring_bridges(self.env)])
        self.env.cr.execute(
            "UPDATE res_users_apikeys SET expiration_date = now() + interval '3 days'"
            " WHERE user_id = %s",
            [self.bridge.id],
        )
        self.env.invalidate_all()
        for _day in range(2):
            self.env["res.users"]._alarm_warn_expiring_bridge_keys()
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.bridge.partner_id.id)]
        )
        self.assertEqual(len(activities.filtered(lambda one: one.user_id == self.supervisor)), 1)

    def test_nobody_logs_in_as_a_bridge(self):
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [self.bridge.id])
        self.assertEqual(self.env.cr.fetchone(), (None,))

    def test_a_person_gets_no_key_of_a_bridge(self):
        with self.assertRaisesRegex(UserError, "admin"):
            self.env["alarm.receiver"]._rotate_bridge_key("admin", 30)

    def test_the_name_of_a_bridge_reads_well(self):
        self.assertEqual(bridge_user(self.env, "bridge-9").name, "Receiver bridge 9")
        self.assertEqual(self.bridge.name, "Receiver bridge test-bridge")
