from odoo.tests import Form, tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestDuplicates(SaleCase):
    """Premises that somebody knows already are told while they are typed."""

    def other(self, **values):
        blank = {"phone": False, "latitude": 0, "longitude": 0, "street": "1 Far Away"}
        return (
            self.env["crm.lead"]
            .create(self.lead_values(name="Other", partner_name="Other", **(blank | values)))
        )

    def known(self, lead):
        return lead._find_alarm_duplicates().get(0, [])

    def reasons(self, lead, record):
        return next(
            (
                row["reasons"]
                for row in self.known(lead)
                if (row["kind"], row["id"]) == (self.kinds[record._name], record.id)
            ),
            set(),
        )

    kinds = {"crm.lead": "lead", "res.partner": "partner", "alarm.subscriber": "subscriber"}

    def test_another_address_is_another_place(self):
        self.assertFalse(self.known(self.other()))

    def test_the_same_address_in_other_letters(self):
        lead = self.other(street="19, HARBOUR road")
        self.assertEqual(self.reasons(lead, self.lead), {"address"})

    def test_the_same_telephone_with_another_prefix(self):
        lead = self.other(phone="021-5550 1234")
        self.assertEqual(self.reasons(lead, self.lead), {"phone"})

    def test_the_next_door_by_position(self):
        self.assertEqual(
            self.reasons(self.other(latitude=31.2001, longitude=121.4001), self.lead),
            {"position"},
        )
        elsewhere = self.other(latitude=31.21, longitude=121.41, street="2 Far Away")
        self.assertFalse(self.known(elsewhere))

    def test_a_customer_and_a_subscriber_are_found_too(self):
        customer = self.env["res.partner"].create(
            {"name": "Neighbour", "street": "5 Quay", "city": "Testville"}
        )
        lead = self.other(street="5 Quay")
        self.assertEqual(self.reasons(lead, customer), {"address"})
        subscriber = self.env["alarm.subscriber"].create(
            {"name": "Monitored", "partner_id": customer.id}
        )
        subscriber.address_id.write({"street": "6 Quay", "city": "Testville"})
        lead = self.other(street="6 Quay")
        self.assertEqual(self.reasons(lead, subscriber), {"address"})
        self.assertFalse(self.reasons(lead, subscriber.address_id))

    def test_a_lead_does_not_warn_of_what_came_out_of_itself(self):
        order = self.quote(self.make_survey())
        self.assertFalse(self.known(self.lead))
        order.action_confirm()
        self.assertFalse(self.known(self.lead))

    def test_a_colleague_is_told_who_has_it_but_nothing_more(self):
        lead = self.other(street="19 Harbour Road", user_id=self.colleague.id)
        lead = lead.with_user(self.colleague)
        self.assertEqual(lead.alarm_duplicate_count, 1)
        self.assertIn("Sal Seller", lead.alarm_duplicates)
        self.assertNotIn("5550", lead.alarm_duplicates)

    def test_a_name_cannot_break_out_of_the_list(self):
        self.lead.name = "<script>alert(1)</script>"
        lead = self.other(street="19 Harbour Road")
        self.assertNotIn("<script>", lead.alarm_duplicates)

    def test_another_company_is_not_told(self):
        company = self.env["res.company"].create({"name": "Else"})
        self.lead.sudo().write({"company_id": company.id, "user_id": False, "team_id": False})
        lead = self.other(street="19 Harbour Road").with_user(self.seller)
        self.assertFalse(self.known(lead))

    def test_the_form_warns_before_it_is_saved(self):
        form = Form(self.env["crm.lead"].with_user(self.seller), "crm.crm_lead_view_form")
        form.name = "Again"
        form.street = "19 Harbour Road"
        form.city = "Testville"
        self.assertEqual(form.alarm_duplicate_count, 1)

    def test_one_query_for_all(self):
        leads = self.lead.create(
            [self.lead_values(name=f"Lead {number}") for number in range(40)]
        )
        self.env.flush_all()
        leads.mapped("partner_id.commercial_partner_id")
        with self.assertQueryCount(1):
            found = leads._find_alarm_duplicates()
        self.assertEqual(len(found), 40)
