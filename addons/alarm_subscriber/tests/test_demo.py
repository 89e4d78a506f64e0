from odoo.tests import tagged

from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestDemo(RegisterCase):
    def setUp(self):
        super().setUp()
        # Not whether the records are there: demo data that failed to load must fail here.
        if not self.env.ref("base.module_base").demo:
            self.skipTest("installed without demonstration data")

    def test_fifty_subscribers_with_panel_zones_and_contacts(self):
        for account in range(1001, 1051):
            subscriber = self.env.ref(f"alarm_subscriber.demo_subscriber_{account}")
            with self.subTest(account=account):
                panel = self.env.ref(f"alarm_subscriber.demo_panel_{account}")
                self.assertEqual(subscriber.panel_ids, panel)
                self.assertEqual(panel.account, str(account))
                self.assertIn(len(subscriber.area_ids), (1, 2))
                self.assertIn(len(subscriber.zone_ids), range(4, 9))
                self.assertTrue(all(zone.detector_type for zone in subscriber.zone_ids))
                self.assertIn(len(subscriber.contact_ids), (2, 3, 4))

    def test_active_ones_were_approved_by_a_second_person(self):
        demo = self.env["alarm.subscriber"].search(
            [("ref", "=like", "D1%"), ("state", "=", "active")]
        )
        self.assertGreaterEqual(len(demo), 40)
        self.assertFalse(demo.submitted_by_id & demo.approved_by_id)
