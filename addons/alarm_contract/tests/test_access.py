from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestAccess(ContractCase):
    def test_a_clerk_makes_and_charges_contracts(self):
        contract = (
            self.env["contract.contract"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_id": self.customer.id,
                    "business_model_id": self.model.id,
                    "subscriber_ids": [(6, 0, self.subscriber.ids)],
                    "contract_line_ids": [self.fee()],
                    "deposit_amount": 200.0,
                }
            )
        )
        contract.action_sign()
        contract.action_start()
        moves = contract._charge(date(2100, 1, 1))
        self.assertEqual(moves.state, "posted")

    def test_a_clerk_makes_no_business_models(self):
        with self.assertRaises(AccessError):
            self.model.with_user(self.clerk).name = "Mine"
        self.model.with_user(self.manager).name = "Better"
        tiers = self.env["alarm.business.model.tier"]
        tier = tiers.with_user(self.manager).create(
            {"business_model_id": self.model.id, "from_amount": 7, "rate": 10}
        )
        own = tiers.with_user(self.clerk).create(
            {"contract_id": self.make_contract().id, "from_amount": 7, "rate": 10}
        )
        own.rate = 20
        for operation in (
            lambda: tier.with_user(self.clerk).write({"rate": 90}),
            tier.with_user(self.clerk).unlink,
            lambda: own.write({"contract_id": False, "business_model_id": self.model.id}),
        ):
            with self.assertRaises(AccessError):
                operation()

    def test_an_accountant_reads_contracts_and_their_charges(self):
        contract = self.run_contract().with_user(self.accountant)
        self.assertTrue(contract.name)
        self.assertFalse(contract.charge_ids)
        with self.assertRaises(AccessError):
            contract.action_charge()
        with self.assertRaises(AccessError):
            contract.name = "Mine"

    def test_dispatchers_see_no_contracts(self):
        contract = self.run_contract()
        with self.assertRaises(AccessError):
            contract.with_user(self.dispatcher).read(["name"])
        with self.assertRaises(AccessError):
            self.subscriber.with_user(self.dispatcher).read(["contract_ids"])

    def test_charges_of_another_company_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Test Other"})
        user = new_test_user(
            self.env,
            "t-other-clerk",
            "alarm_contract.group_clerk",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        contract = self.run_contract()
        contract._charge(date(2026, 1, 1))
        self.assertFalse(self.env["alarm.charge"].with_user(user).search([]))
        own = self.env["alarm.business.model"].create(
            {"name": "Own", "code": "OWN", "company_id": self.company.id}
        )
        self.assertNotIn(own, own.with_user(user).search([]))
        self.assertIn(self.model, self.model.with_user(user).search([]))
