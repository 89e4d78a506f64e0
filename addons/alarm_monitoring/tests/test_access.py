from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import MonitoringCase

OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestAccess(MonitoringCase):
    def test_the_bridge_group_implies_nothing(self):
        group = self.env.ref("alarm_monitoring.group_bridge")
        self.assertEqual(group.all_implied_ids, group)
        self.assertEqual(self.bridge.all_group_ids, group)
        self.assertFalse(self.bridge._is_internal())

    def test_two_companies_do_not_see_each_other(self):
        company = self.env["res.company"].create({"name": "Other centre"})
        stranger = new_test_user(
            self.env,
            "test-stranger",
            groups="alarm_monitoring.group_dispatcher",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        ours, unknown = self.signal(), self.signal(account="DEAD")
        self.ingest(ours, unknown)
        theirs = self.env["alarm.signal"].with_user(stranger)
        self.assertFalse(theirs.search([("id", "in", self.stored(ours).ids)]))
        # What is nobody's must be seen by somebody.
        self.assertTrue(theirs.search([("id", "in", self.stored(unknown).ids)]))
        self.assertFalse(
            self.env["alarm.incident.signal"]
            .with_user(stranger)
            .search([("signal_id", "in", self.stored(ours).ids)])
        )

    def test_two_companies_do_not_see_each_others_plans_and_handling(self):
        company = self.env["res.company"].create({"name": "Other centre"})
        stranger = new_test_user(
            self.env,
            "test-stranger",
            groups="alarm_monitoring.group_supervisor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        plan = self.env["alarm.response.plan"].create(
            {
                "name": "Ours",
                "company_id": self.subscriber.company_id.id,
                "step_ids": [(0, 0, {"kind": "note", "name": "Write"})],
                "scope_ids": [(0, 0, {"zone_id": self.zone.id})],
            }
        )
        branch = self.env["alarm.response.branch"].create(
            {
                "step_id": plan.step_ids.id,
                "outcome": "done",
                "resolution_id": self.env.ref("alarm_monitoring.resolution_fa").id,
            }
        )
        target = self.env["alarm.event.target"].create(
            {"event_class": "fire", "company_id": self.subscriber.company_id.id}
        )
        self.ingest(self.signal())
        incident = self.open_incident().with_user(self.dispatcher)
        incident.action_take()
        incident.action_log_call(phone="555 0199", outcome="busy")
        incident.action_notify("police", "told")
        incident = incident.sudo()
        for records in (
            plan,
            plan.step_ids,
            plan.scope_ids,
            branch,
            target,
            incident.step_ids,
            incident.call_ids,
            incident.notice_ids,
        ):
            self.assertTrue(records)
            theirs = self.env[records._name].with_user(stranger)
            self.assertFalse(theirs.search([("id", "in", records.ids)]), records._name)


@tagged("post_install", "-at_install")
class TestBridgeReach(MonitoringCase):
    """What the holder of a bridge's key can reach besides the bridge's three methods."""

    # What Odoo itself cannot refuse, as (model, operation).
    UNREFUSABLE = set()

    def test_no_model_is_open_to_a_bridge(self):
        env = self.env(user=self.bridge)
        reached = {
            (model, operation)
            for model in env.registry
            for operation in OPERATIONS
            if env[model].has_access(operation)
        }
        self.assertFalse(reached)

    def test_no_record_of_any_model_is_reached(self):
        """The calls themselves, because a model may override them without asking for access."""
        env = self.env(user=self.bridge)
        reached = set()
        for name in sorted(env.registry):
            model = env[name]
            if model._abstract or not model._auto:
                continue
            some = model.sudo().with_context(active_test=False).search([], limit=1, order="id")
            some = some.with_env(env)
            for operation, call in (
                ("search", lambda model=model: model.search_count([])),
                ("search_read", lambda model=model: model.search_read([], ["id"], limit=1)),
                ("create", lambda model=model: model.create({})),
                ("read", lambda some=some: some and some.read()),
                ("write", lambda some=some: some and some.write(self.harmless(some))),
                ("unlink", lambda some=some: some and some.unlink()),
            ):
                try:
                    with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                        answer = call()
                except Exception:  # refused, if not always by the right
                    continue
                if answer:
                    reached.add((name, operation))
        self.assertEqual(reached, self.UNREFUSABLE)

    def harmless(self, record):
        """A value that could be written."""
        for name, field in record._fields.items():
            if field.store and not field.related and field.type in ("char", "integer", "boolean"):
                if name not in ("id", "parent_path"):
                    return {name: record.sudo()[name]}
        return {"write_date": "2020-01-01 00:00:00"}

    def test_not_even_its_own_user_is_open(self):
        """Odoo lets users read and write some fields of their own record; not a bridge."""
        own = self.env["res.users"].with_user(self.bridge).browse(self.bridge.id)
        for name in own._fields:
            with self.assertRaises(AccessError, msg=name):
                own.read([name])
        for values in ({"signature": "x"}, {"lang": "en_US"}, {"password": "x"}):
            with self.assertRaises(AccessError):
                own.write(values)

    def test_only_keys_open_rpc(self):
        self.assertTrue(self.bridge._rpc_api_keys_only())
        self.assertFalse(self.dispatcher._rpc_api_keys_only())
