from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestAccess(SaleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls.make_survey()
        cls.order = cls.quote(cls.survey)
        cls.order.action_confirm()
        cls.subscriber = cls.order.sudo().subscriber_id

    def readable(self, record, user):
        return record.with_user(user).sudo(False).has_access("read")

    def test_a_salesperson_reads_the_subscribers_of_his_customers(self):
        for record in (
            self.subscriber,
            self.subscriber.panel_ids,
            self.subscriber.zone_ids,
            self.subscriber.contact_ids,
            self.order.sudo().work_order_ids,
        ):
            self.assertTrue(self.readable(record, self.seller), record)
            self.assertTrue(self.readable(record, self.leader), record)
            self.assertFalse(self.readable(record, self.colleague), record)

    def test_nobody_makes_himself_the_salesperson_of_a_protected_customer(self):
        customer = self.subscriber.partner_id
        with self.assertRaises(AccessError), self.cr.savepoint():
            customer.with_user(self.colleague).user_id = self.colleague
        self.assertFalse(self.readable(self.subscriber, self.colleague))
        customer.with_user(self.leader).user_id = self.colleague
        self.assertTrue(self.readable(self.subscriber, self.colleague))
        plain = self.env["res.partner"].create({"name": "Nobody's"})
        plain.with_user(self.colleague).user_id = self.colleague
        self.assertEqual(plain.user_id, self.colleague)

    def test_a_salesperson_changes_nothing_of_the_register(self):
        subscriber = self.subscriber.with_user(self.seller).sudo(False)
        for change in (
            lambda: subscriber.write({"name": "Else"}),
            lambda: subscriber.zone_ids.write({"name": "Else"}),
            lambda: subscriber.action_submit(),
            lambda: subscriber.create({"name": "Else", "partner_id": self.order.partner_id.id}),
            lambda: subscriber.env["alarm.work.order"].create({"subscriber_id": subscriber.id}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                change()

    def test_readers_of_the_register_go_on_reading_all(self):
        both = new_test_user(
            self.env,
            "t-both",
            "alarm_subscriber.group_reader,sales_team.group_sale_salesman",
        )
        self.assertTrue(self.readable(self.subscriber, both))
        self.assertTrue(self.readable(self.subscriber.zone_ids, both))

    def test_surveys_are_of_the_salesperson(self):
        self.assertTrue(self.readable(self.survey, self.seller))
        self.assertFalse(self.readable(self.survey, self.colleague))
        self.assertFalse(self.readable(self.survey.line_ids, self.colleague))
        self.assertTrue(self.readable(self.survey, self.leader))

    def test_the_crew_sees_the_survey_of_its_own_order_only(self):
        technician = new_test_user(self.env, "t-tec2", "alarm_work_order.group_technician")
        self.assertFalse(self.readable(self.survey, technician))
        self.survey.sudo().work_order_id = self.env["alarm.work.order"].create(
            {"kind": "survey", "technician_ids": [Command.link(technician.id)]}
        )
        self.assertTrue(self.readable(self.survey, technician))
        self.assertTrue(self.readable(self.survey.zone_ids, technician))

    def test_an_order_cannot_be_tied_to_what_its_salesperson_does_not_see(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.colleague)
            .create(
                self.lead_values(
                    name="Mine",
                    partner_id=self.order.partner_id.id,
                    user_id=self.colleague.id,
                )
            )
        )
        order = self.quote(self.make_survey(lead, self.colleague))
        with self.assertRaises(AccessError), self.cr.savepoint():
            order.with_user(self.colleague).write({"survey_id": self.survey.id})
        with self.assertRaises(AccessError), self.cr.savepoint():
            order.with_user(self.colleague).write({"subscriber_id": self.subscriber.id})

    def test_a_survey_cannot_be_tied_to_a_work_order_of_others(self):
        Survey = self.env["alarm.survey"].with_user(self.colleague)
        lead = Survey.env["crm.lead"].create(
            self.lead_values(name="Mine", partner_name="Mine", user_id=self.colleague.id)
        )
        work = self.order.sudo().work_order_ids
        for values in (
            {"lead_id": lead.id, "work_order_id": work.id},
            {"lead_id": self.lead.id},
            {"subscriber_id": self.subscriber.id},
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                Survey.create(values)
        with self.assertRaises(AccessError), self.cr.savepoint():
            Survey.with_context(default_work_order_id=work.id).create({"lead_id": lead.id})
        survey = Survey.create({"lead_id": lead.id})
        with self.assertRaises(AccessError), self.cr.savepoint():
            survey.work_order_id = work

    def test_neither_a_visit_nor_a_signature_looks_into_the_work_of_a_colleague(self):
        env = self.env(user=self.colleague)
        with self.assertRaises(AccessError), self.cr.savepoint():
            env["alarm.visit"].create({"lead_id": self.lead.id})
        with self.assertRaises(AccessError), self.cr.savepoint():
            env["alarm.sale.sign"].create({"order_id": self.order.id})

    def test_a_storekeeper_opens_the_work_order_of_a_sale(self):
        user = new_test_user(self.env, "t-shelf", "stock.group_stock_user")
        form = self.env.ref("alarm_work_order.alarm_work_order_view_form")
        work = self.order.sudo().work_order_ids
        work.test_area_ids = self.subscriber.panel_ids.area_ids
        with Form(work.with_user(user).sudo(False), form) as opened:
            self.assertEqual(opened.survey_count, 0)

    def test_cost_and_multiple_are_not_for_the_portal(self):
        portal = new_test_user(self.env, "t-portal", "base.group_portal")
        self.order.sudo().partner_id = portal.partner_id.parent_id or self.order.partner_id
        for name in ("cost_to_create", "creation_multiple"):
            self.assertFalse(
                self.env["sale.order"]
                .with_user(portal)
                ._has_field_access(self.env["sale.order"]._fields[name], "read")
            )

    def test_another_company_sees_none_of_it(self):
        company = self.env["res.company"].create({"name": "Else"})
        stranger = new_test_user(
            self.env,
            "t-stranger",
            "sales_team.group_sale_salesman_all_leads,alarm_subscriber.group_back_office",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for record in (self.survey, self.survey.line_ids, self.survey.zone_ids):
            self.assertFalse(self.readable(record, stranger))
