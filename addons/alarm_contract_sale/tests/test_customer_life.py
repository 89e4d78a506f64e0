from odoo import fields
from odoo.tests import tagged

from .common import ContractSaleCase


@tagged("post_install", "-at_install")
class TestCustomerLife(ContractSaleCase):
    def test_a_customer_is_shown_by_the_channel_by_which_he_came(self):
        order, contract = self.signed()
        order.source_id = self.env["utm.source"].create({"name": "Test Fair"})
        # As the ledger does when it books the first line.
        self.env["alarm.revenue.head"]._keep({contract.id: (1, fields.Date.today(), None)})
        self.env.flush_all()
        [[channel, number]] = self.env["alarm.customer.life"]._read_group(
            [("contract_id", "=", contract.id)], ["source_id"], ["__count"]
        )
        self.assertEqual((channel, number), (order.source_id, 1))
