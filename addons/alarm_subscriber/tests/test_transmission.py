from psycopg2.errors import CheckViolation

from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestTransmission(RegisterCase):
    def words(self, seconds, lang="en_US"):
        self.panel.supervision_interval = seconds
        return self.panel.with_context(lang=lang).supervision_words

    def test_the_interval_is_said_as_people_say_it(self):
        self.assertEqual(
            [self.words(seconds) for seconds in (0, 20, 60, 90, 3600, 86400, 3725)],
            ["", "20 s", "1 min", "1 min 30 s", "1 h", "24 h", "1 h 2 min 5 s"],
        )

    def test_the_interval_is_said_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.assertEqual(self.words(90, "zh_CN"), "1 分钟 30 秒")

    @mute_logger("odoo.sql_db")
    def test_an_interval_is_never_negative(self):
        with self.assertRaises(CheckViolation):
            self.words(-1)
            self.env.flush_all()

    def test_a_new_panel_leaves_its_rules_to_the_receiver(self):
        self.assertEqual(
            (self.panel.dc09_timestamps, self.panel.dc09_clear), ("receiver", "receiver")
        )
        self.assertFalse(self.panel.dc09_tolerate_crc or self.panel.dc09_tolerate_length)

    def test_the_back_office_sets_them_on_the_form(self):
        with Form(self.panel.with_user(self.back_office)) as form:
            form.supervision_interval = 90
            form.dc09_timestamps = "ignore"
            form.dc09_clear = "refuse"
            form.dc09_tolerate_crc = True
        self.assertEqual(self.panel.supervision_interval, 90)
        self.assertEqual((self.panel.dc09_timestamps, self.panel.dc09_clear), ("ignore", "refuse"))

    def test_addresses_are_one_line_in_the_order_of_their_country(self):
        address = self.subscriber.address_id
        self.assertIsNone(address._one_line_address())
        address.write({"street": "Harbour Road 4", "city": "Testville", "zip": "0000"})
        self.assertEqual(address._one_line_address(), "Harbour Road 4, Testville")
