from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestConfiguration(MonitoringCase):
    def configuration(self, since=""):
        return self.env["alarm.receiver"].with_user(self.bridge).configuration(since)

    def account(self, answer, account):
        [found] = [
            entry
            for entry in answer["accounts"]
            if (entry["receiver_group"], entry["account"]) == ("TEST", account)
        ]
        return found

    def test_accounts_receivers_and_keys(self):
        self.receiver.allow = "10.0.0.0/8\n192.0.2.1"
        key = "00112233445566778899AABBCCDDEEFF"
        self.panel.write({"dc09_key": key, "supervision_interval": 60})
        answer = self.configuration()
        self.assertTrue(answer["full"])
        entry = self.account(answer, "7001")
        self.assertEqual(entry["receivers"], ["test-1"])
        self.assertEqual(entry["key"].upper(), key)
        self.assertEqual(entry["supervision"], 60)
        [receiver] = [entry for entry in answer["receivers"] if entry["name"] == "test-1"]
        self.assertEqual(
            receiver,
            {
                "name": "test-1",
                "receiver_group": "TEST",
                "allow": ["10.0.0.0/8", "192.0.2.1"],
            },
        )

    def test_nothing_new_is_answered_short(self):
        version = self.configuration()["version"]
        answer = self.configuration(version)
        self.assertEqual((answer["version"], answer["full"]), (version, False))
        self.assertEqual((answer["accounts"], answer["removed"]), ([], []))
        self.assertTrue(answer["receivers"])

    def test_a_new_panel_is_a_new_version(self):
        version = self.configuration()["version"]
        self.make_panel("7002")
        answer = self.configuration(version)
        self.assertTrue(answer["full"])
        self.assertEqual(self.account(answer, "7002")["key"], "")

    def test_the_argument_is_checked(self):
        with self.assertRaises(ValidationError):
            self.configuration(None)
