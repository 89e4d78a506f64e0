from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import PIXEL, DispatchCase

READ, WRITE, ALL = "r", "rw", "rwcd"

# group -> model -> what its members may do: r(ead), w(rite), c(reate), d(elete). A write of an
# order is refused by the order itself but for its report while it is on site.
MATRIX = {
    "alarm_dispatch.group_responder": {
        "alarm.territory": "",
        "alarm.responder": READ,
        "alarm.responder.skill": "",
        "alarm.dispatch.policy": "",
        "alarm.dispatch.cause": READ,
        "alarm.dispatch": WRITE,
        "alarm.dispatch.member": READ,
        "alarm.dispatch.photo": ALL,
        "alarm.dispatch.loss": ALL,
        "alarm.dispatch.propose": "",
        "alarm.dispatch.propose.line": "",
        "alarm.dispatch.reason": "",
        "alarm.incident": "",
        "alarm.incident.entry": "",
        "alarm.signal": "",
        "alarm.subscriber": "",
        "alarm.contact": "",
    },
    "alarm_subscriber.group_back_office": {
        "alarm.territory": ALL,
        "alarm.responder": "",
        "alarm.dispatch": "",
        "alarm.dispatch.photo": "",
    },
    "alarm_monitoring.group_dispatcher": {
        "alarm.territory": READ,
        "alarm.responder": READ,
        "alarm.responder.skill": READ,
        "alarm.dispatch.policy": READ,
        "alarm.dispatch.cause": READ,
        "alarm.dispatch": WRITE,
        "alarm.dispatch.member": READ,
        "alarm.dispatch.photo": ALL,
        "alarm.dispatch.loss": ALL,
        "alarm.dispatch.propose": ALL,
        "alarm.dispatch.propose.line": ALL,
        "alarm.dispatch.reason": ALL,
    },
    "alarm_monitoring.group_supervisor": {
        "alarm.territory": ALL,
        "alarm.responder": ALL,
        "alarm.responder.skill": ALL,
        "alarm.dispatch.policy": ALL,
        "alarm.dispatch.cause": ALL,
        "alarm.dispatch": WRITE,
        "alarm.dispatch.member": READ,
        "alarm.dispatch.photo": ALL,
        "alarm.dispatch.loss": ALL,
        "alarm.dispatch.propose": ALL,
        "alarm.dispatch.propose.line": ALL,
        "alarm.dispatch.reason": ALL,
    },
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestAccess(DispatchCase):
    def test_groups_may_do_what_the_matrix_says(self):
        for number, (group, models) in enumerate(MATRIX.items()):
            groups = f"base.group_portal,{group}" if "responder" in group else group
            user = new_test_user(self.env, f"test-matrix-{number}", groups=groups)
            for model, allowed in models.items():
                for letter, operation in OPERATIONS.items():
                    self.assertEqual(
                        self.env[model].with_user(user).has_access(operation),
                        letter in allowed,
                        f"{group} {operation} {model}",
                    )

    def test_every_model_of_the_module_is_in_the_matrix(self):
        known = {model for models in MATRIX.values() for model in models}
        for name, model in self.env.registry.items():
            if model._original_module == "alarm_dispatch" and not model._abstract:
                self.assertIn(name, known)

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
