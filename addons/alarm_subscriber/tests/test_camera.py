from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCamera(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.subscriber = cls.env["alarm.subscriber"].create(
            {"name": "Shop", "partner_id": customer.id}
        )

    def test_link_to_a_camera_is_kept(self):
        self.subscriber.camera_url = "https://recorder.example/live/1"
        self.assertEqual(self.subscriber.camera_url, "https://recorder.example/live/1")

    def test_script_is_no_link_to_a_camera(self):
        for url in ("javascript:alert(1)", "recorder.example", "http//x", "data:text/html,x"):
            with self.subTest(url), self.assertRaises(ValidationError):
                self.subscriber.camera_url = url

    def test_camera_is_in_the_history_of_the_subscriber(self):
        self.assertIn("camera_url", self.subscriber._revision_fields())
        self.assertIn("camera_url", self.env["alarm.zone"]._revision_fields())
