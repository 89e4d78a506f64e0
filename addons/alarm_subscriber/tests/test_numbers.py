from psycopg2.errors import UniqueViolation

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.numbers import number_key
from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestNumbers(RegisterCase):
    def test_leading_zeros_blanks_and_case_mean_nothing(self):
        for written, key in {
            "0005": "5",
            "5": "5",
            " 0a1 ": "A1",
            "000": "0",
            "0": "0",
            "10": "10",
            "": "",
            "  ": "",
            None: "",
            False: "",
        }.items():
            with self.subTest(written=written):
                self.assertEqual(number_key(written), key)

    def test_account_is_kept_as_typed_and_keyed_as_sent(self):
        self.assertEqual(self.panel.account, "0T01")
        self.assertEqual(self.panel.account_key, "T01")
        self.panel.account = "0000"
        self.assertEqual(self.panel.account_key, "0")

    def test_account_that_no_panel_can_send_is_refused(self):
        for account in ("12 34", "#12", "1" * 17, "账号"):
            with self.subTest(account=account), self.assertRaises(ValidationError):
                self.panel.account = account

    @mute_logger("odoo.sql_db")
    def test_number_is_unique_per_panel_without_its_zeros(self):
        for model in ("alarm.area", "alarm.zone", "alarm.panel.user"):
            Part = self.env[model]
            values = {"panel_id": self.panel.id, "name": "Part"}
            first = Part.create(dict(values, number="05"))
            with (
                self.subTest(model=model),
                self.assertRaises(UniqueViolation),
                self.cr.savepoint(),
            ):
                Part.create(dict(values, number="005"))
            first.active = False
            first.flush_recordset()
            self.assertTrue(Part.create(dict(values, number="5")))

    def test_parts_are_listed_by_the_value_of_their_numbers(self):
        for number in ("10", "2", "001"):
            self.env["alarm.zone"].create(
                {"panel_id": self.panel.id, "number": number, "name": "Zone"}
            )
        self.assertEqual(
            self.env["alarm.zone"].search([("panel_id", "=", self.panel.id)]).mapped("number"),
            ["001", "2", "10"],
        )

    def test_reference_is_numbered_per_company_and_unique_in_it(self):
        other = self.env["res.company"].create({"name": "Other Centre"})
        sequences = self.env["ir.sequence"].search(
            [("code", "=", "alarm.subscriber"), ("company_id", "=", other.id)]
        )
        self.assertEqual(sequences.implementation, "standard")
        values = {"name": "Shop", "partner_id": self.customer.id, "company_id": other.id}
        first = self.env["alarm.subscriber"].create(values)
        self.assertEqual(first.ref, "S00001")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            self.env["alarm.subscriber"].create(dict(values, ref="S00001"))
