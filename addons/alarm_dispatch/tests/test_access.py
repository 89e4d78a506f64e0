from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import PIXEL, DispatchCase


@tagged("post_install", "-at_install")
class TestAccess(DispatchCase):
    def test_a_responder_sees_own_orders_only(self):
        mine = self.dispatch(self.ralf)
        other = self.dispatch(self.rudi)
        orders = self.env["alarm.dispatch"].with_user(self.ralf_user)
        self.assertEqual(orders.search([]), mine.with_user(self.ralf_user))
        with self.assertRaises(AccessError):
            orders.browse(other.id).read(["name"])
        members = self.env["alarm.dispatch.member"].with_user(self.ralf_user).search([])
        self.assertEqual(members.dispatch_id, mine.with_user(self.ralf_user))
        responders = self.env["alarm.responder"].with_user(self.ralf_user).search([])
        self.assertEqual(responders.ids, self.ralf.ids)

    def test_a_responder_reads_nothing_of_incident_and_register(self):
        order = self.dispatch(self.ralf).with_user(self.ralf_user)
        for field in ("incident_id", "subscriber_id", "policy_id"):
            with self.assertRaises(AccessError):
                order.read([field])
        self.assertEqual(
            order.read(["site_name", "address", "event", "state"])[0]["state"], "proposed"
        )

    def test_a_photo_is_seen_by_the_crew_and_dispatchers(self):
        order = self.dispatch(self.ralf, self.rosa)
        mine = self.bring(order, "on_site")
        photo = mine.env["alarm.dispatch.photo"].create({"dispatch_id": order.id, "image": PIXEL})
        self.assertTrue(photo.with_user(self.dispatcher).has_access("read"))
        self.assertFalse(photo.with_user(self.rosa_user).has_access("read"))
        with self.assertRaises(AccessError):
            self.env["alarm.dispatch.photo"].with_user(self.rosa_user).create(
                {"dispatch_id": order.id, "image": PIXEL}
            )

    def test_two_companies_do_not_see_each_other(self):
        order = self.dispatch(self.ralf)
        company = self.env["res.company"].create({"name": "Other Centre"})
        stranger = new_test_user(
            self.env,
            "test-stranger",
            groups="alarm_monitoring.group_supervisor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for record in (order, order.member_ids, self.ralf, self.near):
            model = self.env[record._name].with_user(stranger)
            self.assertFalse(model.search([("id", "in", record.ids)]), record._name)
        with self.assertRaises(AccessError):
            order.with_user(stranger).action_cancel("x")

    def test_the_group_implies_nothing(self):
        group = self.env.ref("alarm_dispatch.group_responder")
        self.assertEqual(group.all_implied_ids, group)
