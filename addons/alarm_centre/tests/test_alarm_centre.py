from unittest.mock import patch

from odoo.tests import Form, TransactionCase, new_test_user, tagged

LOGINS = {
    "dispatcher1": "alarm_monitoring.group_dispatcher",
    "dispatcher2": "alarm_monitoring.group_dispatcher",
    "supervisor": "alarm_monitoring.group_supervisor",
    "backoffice": "alarm_subscriber.group_back_office",
    "approver": "alarm_subscriber.group_approver",
    "responder1": "alarm_dispatch.group_responder",
    "responder2": "alarm_dispatch.group_responder",
    "technician1": "alarm_work_order.group_technician",
    "planner": "alarm_work_order.group_planner",
    "storekeeper": "stock.group_stock_user",
    "sales1": "sales_team.group_sale_salesman",
    "accounts1": "alarm_contract.group_clerk",
    "manager": "alarm_centre.group_manager",
}
SUITE_GROUPS = {
    "alarm_subscriber.group_reader",
    "alarm_subscriber.group_back_office",
    "alarm_subscriber.group_approver",
    "alarm_monitoring.group_dispatcher",
    "alarm_monitoring.group_supervisor",
    "alarm_monitoring.group_bridge",
    "alarm_dispatch.group_responder",
    "alarm_work_order.group_technician",
    "alarm_work_order.group_planner",
    "alarm_contract.group_clerk",
    "alarm_contract.group_contract_manager",
    "alarm_centre.group_manager",
    # Odoo's own, of the people who work with the suite's records.
    "stock.group_stock_user",
    "sales_team.group_sale_salesman",
}


@tagged("post_install", "-at_install")
class TestAlarmCentre(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )

    def suite_groups_of(self, group):
        xmlids = set(group.all_implied_ids.get_external_id().values())
        return xmlids & SUITE_GROUPS

    def test_manager_has_every_group_but_the_bridge(self):
        manager = self.env.ref("alarm_centre.group_manager")
        self.assertEqual(
            self.suite_groups_of(manager), SUITE_GROUPS - {"alarm_monitoring.group_bridge"}
        )

    def test_manager_is_no_administrator_of_odoo(self):
        user = new_test_user(self.env, "t-manager", "alarm_centre.group_manager")
        self.assertTrue(user.has_group("base.group_user"))
        self.assertFalse(user.has_group("base.group_system"))
        settings = self.env.ref("alarm_centre.res_config_settings_menu").id
        self.assertNotIn(settings, self.env["ir.ui.menu"].with_user(user)._visible_menu_ids())

    def test_settings_show_the_state_of_the_key_file(self):
        get_key_state = "odoo.addons.alarm_subscriber.models.alarm_secret.AlarmSecret.get_key_state"
        for problem in (False, "No key file for secrets is configured."):
            with patch(get_key_state, lambda self, problem=problem: problem):
                settings = Form(self.env["res.config.settings"])
                self.assertEqual(settings.alarm_secret_key_problem, problem)

    def test_who_issues_material_sees_serial_numbers_and_locations(self):
        user = new_test_user(self.env, "t-store", "stock.group_stock_user")
        self.assertTrue(user.has_group("stock.group_production_lot"))
        self.assertTrue(user.has_group("stock.group_stock_multi_locations"))
        warehouse = self.env.ref("stock.warehouse0")
        self.assertTrue(warehouse.int_type_id.active)

    def require_demo(self):
        # Not whether the records are there: demo data that failed to load must fail here.
        if not self.env.ref("base.module_base").demo:
            self.skipTest("installed without demonstration data")

    def test_one_demo_login_for_each_role(self):
        self.require_demo()
        for login, group in LOGINS.items():
            user = self.env["res.users"].search([("login", "=", login)])
            with self.subTest(login=login):
                self.assertEqual(user.tz, "Asia/Shanghai")
                explicit = set(user.group_ids.get_external_id().values())
                self.assertEqual(explicit & SUITE_GROUPS, {group})
                self.assertFalse(user.has_group("base.group_system"))
                self.assertTrue(
                    user.with_user(user)._check_credentials(
                        {"type": "password", "login": login, "password": login},
                        {"interactive": True},
                    )
                )

    def test_both_languages_are_spoken_by_the_demo_logins(self):
        self.require_demo()
        users = self.env["res.users"].search([("login", "in", list(LOGINS))])
        self.assertEqual(set(users.mapped("lang")), {"zh_CN", "en_US"})

    def test_demo_company_is_plainly_a_demo(self):
        self.require_demo()
        company = self.env.ref("base.main_company")
        self.assertEqual(company.name, "演示联网报警中心")
        self.assertEqual(company.partner_id.tz, "Asia/Shanghai")

    def test_demo_panels_send_with_every_length_of_key(self):
        self.require_demo()
        lengths = {
            len(self.env.ref(f"alarm_subscriber.demo_panel_{account}")._get_dc09_key()) * 4
            for account in range(1038, 1051)
        }
        self.assertEqual(lengths, {128, 192, 256})

    def test_demo_company_has_a_work_order_in_each_state(self):
        self.require_demo()
        orders = self.env["alarm.work.order"].search([])
        states = dict(orders._fields["state"].selection)
        self.assertEqual(set(orders.mapped("state")), set(states))

    def test_demo_serial_numbers_know_their_supplier_and_their_owner(self):
        self.require_demo()
        cards = self.env["alarm.device"].search([("lot_id", "!=", False)])
        self.assertEqual(set(cards.mapped("ownership")), {"sold", "leased"})
        self.assertEqual(cards.supplier_id, self.env.ref("alarm_centre.demo_supplier"))
        leased = cards.filtered(lambda card: card.ownership == "leased")
        self.assertEqual(leased.owner_id, self.env.company.partner_id)

    def test_demo_leads_are_in_each_stage_and_one_is_signed(self):
        self.require_demo()
        leads = self.env["crm.lead"].search([("user_id.login", "=", "sales1")])
        self.assertEqual(leads.stage_id, self.env["crm.stage"].search([]))
        signed = self.env.ref("alarm_centre.demo_lead_won").order_ids
        self.assertEqual(signed.state, "sale")
        self.assertTrue(signed.work_order_ids)

    def test_demo_company_has_a_contract_of_each_business_model(self):
        self.require_demo()
        contracts = self.env["contract.contract"].search([("alarm_state", "!=", "draft")])
        models = self.env["alarm.business.model"].search([("company_id", "=", False)])
        self.assertLessEqual(models, contracts.business_model_id)
        self.assertIn("notice", contracts.mapped("alarm_state"))
        self.assertIn("paid", contracts.charge_ids.move_id.mapped("payment_state"))
        self.assertTrue(contracts.filtered("overdue_since"))
        self.assertTrue(contracts.filtered(lambda one: one.device_ids and not one.subscriber_ids))
        # What was signed on the demo quotation is one of them.
        signed = self.env.ref("alarm_centre.demo_lead_won").order_ids
        self.assertEqual(signed.contract_id.alarm_state, "signed")
