from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..tools.tile_url import problem_of


@tagged("post_install", "-at_install")
class TestMapSettings(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, no_reset_password=True))
        cls.company = cls.env.company
        cls.clerk = new_test_user(cls.env, "map_clerk", groups="base.group_user")

    def server(self, user):
        return self.env["res.company"].with_user(user).alarm_map_server()

    def test_no_tiles_unless_somebody_says_so(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertFalse(company.alarm_map_url)
        self.assertEqual(company.alarm_map_datum, "wgs84")

    def test_staff_gets_the_server_of_its_company(self):
        self.company.write(
            {"alarm_map_url": "https://t{1-4}.example.org/{z}/{x}/{y}", "alarm_map_datum": "gcj02"}
        )
        self.company.partner_id.write({"partner_latitude": 31.2, "partner_longitude": 121.5})
        server = self.server(self.clerk)
        self.assertEqual(server["url"], "https://t{1-4}.example.org/{z}/{x}/{y}")
        self.assertEqual(server["datum"], "gcj02")
        self.assertEqual(server["center"], {"latitude": 31.2, "longitude": 121.5})

    def test_nobody_else_gets_it(self):
        portal = new_test_user(self.env, "map_portal", groups="base.group_portal")
        for user in (portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.server(user)

    def test_addresses_of_tiles(self):
        for good in (
            "https://tiles.example.org/{z}/{x}/{y}.png",
            "http://10.0.0.5:8080/{z}/{x}/{y}",
            "https://{a-c}.example.org/{z}/{x}/{y}@2x.png?key=1",
            "/tiles/{z}/{x}/{y}.png",
        ):
            self.assertIsNone(problem_of(good), good)
        for bad in ("javascript:alert({x}{y}{z})", "tiles/{z}/{x}/{y}", "//{z}/{x}/{y}"):
            self.assertEqual(problem_of(bad), "scheme", bad)
        self.assertEqual(problem_of("https://tiles.example.org/{z}.png"), "placeholders")

    def test_a_wrong_address_is_refused(self):
        for wrong in ("ftp://example.org/{z}/{x}/{y}", "https://example.org/tiles"):
            with self.assertRaises(ValidationError):
                self.company.alarm_map_url = wrong
