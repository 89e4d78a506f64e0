from datetime import date

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.alarm_monitoring.tests.common import MonitoringCase


def setup_contracts(cls):
    """A clerk, a manager, an accountant, a business model without frills, and services without
    taxes. Needs `cls.env`."""
    env = cls.env
    cls.company = env.company
    # The days of the tests are those of UTC, whatever the hour they run at.
    cls.company.partner_id.tz = "UTC"
    cls.clerk = new_test_user(env, "t-clerk", "alarm_contract.group_clerk", name="Cleo")
    cls.manager = new_test_user(
        env, "t-manager", "alarm_contract.group_contract_manager", name="Mona"
    )
    cls.accountant = new_test_user(env, "t-accountant", "account.group_account_invoice")
    cls.model = env["alarm.business.model"].create(
        {"name": "Test Model", "code": "TEST", "period_months": 1, "term_months": 12}
    )
    cls.monitoring = make_service(cls, "Monitoring", alarm_revenue_class="monitoring")
    cls.maintenance = make_service(cls, "Maintenance", alarm_revenue_class="maintenance")
    cls.setup_service = make_service(cls, "Set-up")


def make_service(cls, name, **values):
    return cls.env["product.product"].create(
        {
            "name": f"Test {name}",
            "type": "service",
            "list_price": 100.0,
            "taxes_id": [Command.clear()],
            **values,
        }
    )


class ContractCase(MonitoringCase):
    """Active subscribers (`make_panel`) and contracts for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        setup_contracts(cls)
        # Invoices speak the language of who pays, and jobs that of who planned what they do.
        cls.customer.lang = "en_US"
        cls.env.user.lang = "en_US"

    @classmethod
    def fee(cls, price=100.0, product=None, **values):
        """A command that makes a line."""
        product = product or cls.monitoring
        return Command.create(
            {
                "product_id": product.id,
                "name": product.name,
                "quantity": 1,
                "specific_price": price,
                **values,
            }
        )

    @classmethod
    def make_contract(cls, *lines, **values):
        """A draft; without lines one of 100 a month."""
        return cls.env["contract.contract"].create(
            {
                "partner_id": cls.customer.id,
                "business_model_id": cls.model.id,
                "subscriber_ids": [Command.set(cls.subscriber.ids)],
                "contract_line_ids": list(lines) or [cls.fee()],
                **values,
            }
        )

    @classmethod
    def run_contract(cls, *lines, start=date(2026, 1, 1), **values):
        """A contract that is signed and begins on `start`."""
        contract = cls.make_contract(*lines, **values)
        contract._action_sign(start)
        contract._action_start(start)
        return contract

    def amounts(self, moves):
        """What is on invoices: [(first line of the text, amount)], by line."""
        return [(line.name.split("\n")[0], line.price_subtotal) for line in moves.invoice_line_ids]
