from odoo.exceptions import UserError, ValidationError
from odoo.fields import Datetime
from odoo.tests import tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestLead(SaleCase):
    def test_a_lead_begins_as_potential_and_is_classified(self):
        lead = self.env["crm.lead"].with_user(self.seller).create(self.lead_values())
        self.assertEqual(lead.alarm_classification, "potential")
        visit = self.env["alarm.visit"].with_user(self.seller).create({"lead_id": lead.id})
        visit.classification = "requirement"
        self.assertEqual(lead.alarm_classification, "requirement")

    def test_premises_of_an_existing_customer_are_one_more_address(self):
        customer = self.env["res.partner"].create(
            {"name": "Chain", "is_company": True, "street": "1 Head Office", "city": "Capital"}
        )
        lead = self.env["crm.lead"].with_user(self.seller).create(
            {"name": "Branch", "partner_id": customer.id, "user_id": self.seller.id}
        )
        lead.write({"street": "7 Branch Road", "city": "Testville", "site_name": "Branch 7"})
        premises = lead._ensure_premises()
        self.assertEqual((premises.parent_id, premises.name), (customer, "Branch 7"))
        self.assertEqual(premises.street, "7 Branch Road")
        self.assertEqual(customer.street, "1 Head Office")

    def test_a_correction_on_the_lead_reaches_the_premises(self):
        premises = self.lead._ensure_premises()
        self.lead.write({"street": "21 Harbour Road", "longitude": 121.5})
        self.assertEqual((premises.street, premises.partner_longitude), ("21 Harbour Road", 121.5))

    def test_once_a_subscriber_stands_there_the_register_is_corrected(self):
        order = self.quote(self.make_survey())
        order.action_confirm()
        self.lead.street = "21 Harbour Road"
        self.assertEqual(self.lead.premises_id.street, "19 Harbour Road")

    def test_without_an_address_there_are_no_premises(self):
        lead = self.env["crm.lead"].create({"name": "Somewhere", "partner_name": "Some"})
        with self.assertRaisesRegex(UserError, "address"):
            lead._ensure_premises()

    def test_a_position_is_on_the_globe(self):
        with self.assertRaises(ValidationError):
            self.lead.latitude = 91

    def test_an_activity_that_is_done_is_a_visit_that_nobody_types(self):
        activity = self.lead.activity_schedule(
            "alarm_sale.mail_activity_type_visit", user_id=self.seller.id
        )
        activity.with_user(self.seller).action_feedback("Wants four detectors")
        visit = self.lead.alarm_visit_ids
        self.assertEqual(
            (visit.kind, visit.note, visit.user_id),
            ("visit", "Wants four detectors", self.seller),
        )
        self.assertEqual(self.lead.alarm_visit_count, 1)
        self.assertTrue(self.lead.alarm_last_visit)

    def test_a_call_is_logged_as_a_call_and_a_task_not_at_all(self):
        call = self.lead.activity_schedule("mail.mail_activity_data_call")
        call.with_user(self.seller).action_feedback()
        task = self.lead.activity_schedule("mail.mail_activity_data_todo")
        task.with_user(self.seller).action_feedback()
        self.assertEqual(self.lead.alarm_visit_ids.mapped("kind"), ["phone"])

    def test_a_visit_is_not_logged_ahead(self):
        with self.assertRaises(ValidationError):
            self.env["alarm.visit"].create(
                {"lead_id": self.lead.id, "visited_at": "2099-01-01 10:00:00"}
            )

    def test_the_map_tells_what_was_done_and_what_comes(self):
        self.env["alarm.visit"].with_user(self.seller).create(
            {"lead_id": self.lead.id, "visited_at": Datetime.now()}
        )
        self.lead.activity_schedule(
            "alarm_sale.mail_activity_type_visit",
            date_deadline="2020-01-01",
            user_id=self.seller.id,
        )
        rows = self.env["crm.lead"].with_user(self.seller).alarm_visit_map()
        row = next(row for row in rows if row["id"] == self.lead.id)
        self.assertEqual(
            (row["name"], row["visits"], row["planned"], row["late"], row["plan"]),
            ("Gold Harbour Road", 1, "2020-01-01", True, "Visit the premises"),
        )
        mine = self.env["crm.lead"].with_user(self.colleague).alarm_visit_map()
        self.assertNotIn(self.lead.id, [row["id"] for row in mine])

    def test_the_map_asks_the_same_number_of_queries_for_many(self):
        Lead = self.env["crm.lead"].with_user(self.seller)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            Lead.alarm_visit_map()
            return self.cr.sql_log_count - before

        count()
        few = count()
        Lead.create([self.lead_values(name=f"Lead {number}") for number in range(30)])
        count()
        self.assertLessEqual(count(), few + 2)

    def test_the_survey_of_a_lead_is_one(self):
        first = self.lead.action_alarm_survey()
        self.assertEqual(self.lead.action_alarm_survey()["res_id"], first["res_id"])

    def test_a_referral_names_who_referred(self):
        friend = self.env["res.partner"].create({"name": "Friend"})
        self.lead.write({"alarm_channel": "referral", "alarm_referrer_id": friend.id})
        self.assertEqual(self.lead.alarm_referrer_id, friend)
