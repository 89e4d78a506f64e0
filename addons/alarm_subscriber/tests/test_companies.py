from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestCompanies(RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other Centre"})
        cls.stranger = new_test_user(
            cls.env,
            "t-stranger",
            "alarm_subscriber.group_approver",
            company_id=cls.other_company.id,
            company_ids=[(6, 0, cls.other_company.ids)],
        )
        values = {"panel_id": cls.panel.id, "number": "1", "name": "Part"}
        cls.records = [
            cls.subscriber,
            cls.panel,
            cls.env["alarm.area"].create(values),
            cls.env["alarm.zone"].create(values),
            cls.env["alarm.panel.user"].create(values),
            cls.env["alarm.contact"].create(
                {"subscriber_id": cls.subscriber.id, "partner_id": cls.customer.id}
            ),
        ]

    def test_another_company_sees_and_touches_nothing(self):
        for record in self.records:
            with self.subTest(model=record._name):
                mine = record.with_user(self.back_office)
                theirs = record.with_user(self.stranger)
                self.assertTrue(mine.search([("id", "=", record.id)]))
                self.assertFalse(theirs.search([("id", "=", record.id)]))
                with self.assertRaises(AccessError):
                    theirs.read(["display_name"])
                with self.assertRaises(AccessError):
                    theirs.write({"company_id": self.other_company.id})

    def test_another_company_cannot_approve(self):
        self.subscriber.with_user(self.back_office).action_submit()
        with self.assertRaises(AccessError):
            self.subscriber.with_user(self.stranger).action_approve()

    def test_parts_belong_to_the_company_of_the_subscriber(self):
        for record in self.records:
            with self.subTest(model=record._name):
                self.assertEqual(record.company_id, self.subscriber.company_id)

    def test_customer_of_another_company_is_refused(self):
        customer = self.env["res.partner"].create(
            {"name": "Their Customer", "company_id": self.other_company.id}
        )
        with self.assertRaises(UserError):
            self.env["alarm.subscriber"].create({"name": "Shop", "partner_id": customer.id})
