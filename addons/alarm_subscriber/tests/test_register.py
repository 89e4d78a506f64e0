from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestRegister(RegisterCase):
    def test_premises_are_made_as_an_address_of_the_customer(self):
        address = self.subscriber.address_id
        self.assertEqual(address.parent_id, self.customer)
        self.assertEqual(address.type, "delivery")
        self.assertEqual(address.name, "Test Shop")

    def test_premises_of_somebody_else_are_refused(self):
        stranger = self.env["res.partner"].create({"name": "Somebody Else"})
        with self.assertRaisesRegex(ValidationError, "must be an address of its customer"):
            self.subscriber.address_id = stranger

    def test_time_zone_comes_from_customer_then_company(self):
        Subscriber = self.env["alarm.subscriber"]
        self.env.company.partner_id.tz = "Asia/Shanghai"
        self.customer.tz = False
        values = {"name": "Shop", "partner_id": self.customer.id}
        self.assertEqual(Subscriber.create(values).tz, "Asia/Shanghai")
        self.customer.tz = "Asia/Urumqi"
        self.assertEqual(Subscriber.create(values).tz, "Asia/Urumqi")
        self.assertEqual(Subscriber.create(dict(values, tz="UTC")).tz, "UTC")

    def test_subscriber_without_a_name_yet_is_shown_as_nothing(self):
        self.assertEqual(self.env["alarm.subscriber"].new({}).display_name, "")
        self.assertEqual(
            self.subscriber.display_name, f"[{self.subscriber.ref}] {self.subscriber.name}"
        )

    def test_form_is_filled_by_a_clerk(self):
        form = Form(self.env["alarm.subscriber"].with_user(self.back_office))
        form.name = "Corner Shop"
        form.partner_id = self.customer
        form.street = "2 Test Road"
        subscriber = form.save()
        self.assertTrue(subscriber.ref)
        self.assertEqual(subscriber.address_id.street, "2 Test Road")

    def test_line_of_a_subscriber_with_one_panel_needs_no_panel(self):
        self.subscriber.zone_ids = [(0, 0, {"number": "1", "name": "Door"})]
        self.assertEqual(self.subscriber.zone_ids.panel_id, self.panel)

    def test_panel_named_in_words_must_be_one_panel(self):
        values = {"number": "1", "name": "Door", "account": "t01"}
        ref = self.subscriber.ref
        zone = self.env["alarm.zone"].create(dict(values, subscriber_ref=ref))
        self.assertEqual(zone.panel_id, self.panel)
        self.assertEqual((zone.subscriber_ref, zone.account), (ref, "0T01"))
        with self.assertRaisesRegex(UserError, "must name one panel; 0 were found"):
            self.env["alarm.zone"].create(dict(values, subscriber_ref="nobody"))

    def test_area_is_found_or_added_by_its_number(self):
        values = {"panel_id": self.panel.id, "name": "Door", "area_number": "01"}
        first = self.env["alarm.zone"].create(dict(values, number="1"))
        second = self.env["alarm.zone"].create(dict(values, number="2", area_number="1"))
        self.assertEqual(first.area_id, second.area_id)
        self.assertEqual(self.panel.area_ids.number, "01")

    def test_area_of_another_panel_is_refused(self):
        panel = self.env["alarm.panel"].create(self.panel_values(self.subscriber, "T02"))
        area = self.env["alarm.area"].create({"panel_id": panel.id, "number": "1", "name": "Area"})
        with self.assertRaisesRegex(ValidationError, "its area"):
            self.env["alarm.zone"].create(
                {
                    "panel_id": self.panel.id,
                    "number": "1",
                    "name": "Door",
                    "area_id": area.id,
                }
            )

    def test_subscriber_is_found_by_account(self):
        found = self.env["alarm.subscriber"].name_search("0T01")
        self.assertEqual([id_ for id_, _name in found], self.subscriber.ids)

    def test_predecessor_cannot_run_in_a_circle(self):
        successor = self.subscriber.copy({"predecessor_id": self.subscriber.id})
        with self.assertRaises(UserError):
            self.subscriber.predecessor_id = successor

    def test_one_person_keeps_the_keys_of_many_sites(self):
        other = self.subscriber.copy()
        for subscriber in self.subscriber | other:
            subscriber.contact_ids = [(0, 0, {"partner_id": self.customer.id})]
        self.customer.phone = "100 0000 0000"
        self.assertEqual(
            (self.subscriber | other).contact_ids.mapped("phone"), ["100 0000 0000"] * 2
        )

    def test_smart_buttons_show_the_own_parts(self):
        for view, model in {
            "panels": "alarm.panel",
            "zones": "alarm.zone",
            "contacts": "alarm.contact",
        }.items():
            action = getattr(self.subscriber, f"action_view_{view}")()
            with self.subTest(view=view):
                self.assertEqual(action["res_model"], model)
                self.assertEqual(action["domain"], [("subscriber_id", "=", self.subscriber.id)])
