from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ContractCase

LIFE = "odoo.addons.alarm_contract.models.alarm_customer_life.AlarmCustomerLife._get_life_months"


@tagged("post_install", "-at_install")
class TestCustomerLife(ContractCase):
    """What customers cost to win and what they are worth."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.run_contract(cls.fee(100.0), start=date(2026, 1, 1))
        cls.second = cls.run_contract(cls.fee(300.0), start=date(2026, 1, 1))
        cls.first.write({"creation_cost": 3000, "monthly_cost": 40})
        cls.second.write({"creation_cost": 1000, "monthly_cost": 200})
        cls.unknown = cls.run_contract(cls.fee(50.0), start=date(2026, 1, 1))
        (cls.first | cls.second | cls.unknown).contract_line_ids._book_revenue()
        cls.env.flush_all()

    def rows(self):
        contracts = self.first | self.second | self.unknown
        return (
            self.env["alarm.customer.life"]
            .with_user(self.manager)
            .search([("contract_id", "in", contracts.ids)])
        )

    def test_a_contract_is_worth_its_margin_over_its_life(self):
        with patch(LIFE, lambda self: 50.0):
            row = self.rows().filtered(lambda one: one.contract_id == self.first)
            self.assertEqual(
                (row.monthly_revenue, row.margin, row.created, row.creation_cost),
                (100, 60, 100, 3000),
            )
            self.assertEqual((row.creation_multiple, row.payback_months), (30, 50))
            self.assertEqual((row.life_value, row.net_value), (3000, 0))

    def test_the_ratio_of_a_group_is_that_of_its_sums(self):
        [[customer, multiple, payback, revenue]] = self.env["alarm.customer.life"]._read_group(
            [("id", "in", self.rows().ids)],
            ["partner_id"],
            ["creation_multiple:avg", "payback_months:avg", "monthly_revenue:sum"],
        )
        self.assertEqual(customer, self.customer)
        # Who is not known to have cost anything is in neither part.
        self.assertEqual((multiple, payback, revenue), (10, 25, 450))

    def test_life_is_what_attrition_leaves(self):
        life = self.env["alarm.customer.life"]._get_life_months()
        dashboard = self.env["alarm.revenue.movement"].get_dashboard()
        self.assertEqual(life, dashboard["attrition"]["life_months"] or 0)

    def test_only_managers_read_margins(self):
        for user in (self.clerk, self.accountant):
            with self.assertRaises(AccessError):
                self.env["alarm.customer.life"].with_user(user).search([])
