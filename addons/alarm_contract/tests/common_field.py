from datetime import date

from odoo.addons.alarm_work_order.tests.common import WorkCase

from .common import ContractCase


class FieldChargeCase(WorkCase, ContractCase):
    """An inspection under way at a site that is under one contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.lang = "en_US"
        cls.contract = cls.run_contract(cls.fee(100.0), start=date(2026, 1, 1))
        cls.labour = cls.setup_service
        cls.made = cls.begun()

    @classmethod
    def begun(cls, **values):
        order = cls.soon("inspection", **values)
        order.action_schedule()
        order.with_user(cls.technician).action_start()
        return order.with_env(cls.env)

    @classmethod
    def say(cls, order=None, user=None, **values):
        """What a technician says that the customer pays for."""
        lines = cls.env["alarm.work.order.charge"].with_user(user or cls.technician)
        return lines.create(
            {"work_order_id": (order or cls.made).id, "product_id": cls.labour.id, **values}
        ).with_env(cls.env)

    def finish(self, order=None):
        self.mine(order or self.made).action_finish()

    def charges(self):
        """What was charged beside the fees."""
        return self.env["alarm.charge"].search([("source_ref", "=like", "work_order_charge:%")])
