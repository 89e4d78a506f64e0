from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import SettlementCase

FEBRUARY = date(2026, 2, 1)


@tagged("post_install", "-at_install")
class TestPreviewOfAll(SettlementCase):
    """What a billing run shows is what it then charges, whoever pays and whatever it is for."""

    def mix(self):
        """Contracts as a centre has them, by name."""
        leased = self.run_contract(
            self.fee(900.0, period_months=3, recurring_invoicing_type="post-paid"),
            partner_id=self.government.id,
        )
        lease = self.env["alarm.capacity.lease"].create(
            {
                "name": "Two cores",
                "contract_id": leased.id,
                "partner_id": self.lessee.id,
                "date_start": date(2026, 1, 1),
                "amount": 300.0,
                "product_id": self.capacity.id,
            }
        )
        lease._transition("start")
        carried = {
            "invoice_partner_id": self.carrier.id,
            "counterparty_id": self.carrier.id,
            "payer": "carrier",
            "biller": "carrier",
            "subscriber_ids": [Command.clear()],
        }
        mixed = self.fee(240.0, product=self.setup_service, charge_kind="one_off")
        contracts = {
            "plain": self.run_contract(self.fee(80.0), self.fee(20.0, self.maintenance)),
            "leased": leased,
            "carried": self.run_contract(self.fee(30.0), **carried),
            "carried and more": self.run_contract(self.fee(30.0), mixed, **carried),
        }
        self.env["alarm.charge"]._add(
            [
                {
                    "contract_id": contracts["plain"].id,
                    "kind": "attendance",
                    "name": "Attendance",
                    "amount": 50.0,
                    "date_due": FEBRUARY,
                    "product_id": self.setup_service.id,
                }
            ]
        )
        return contracts

    def test_the_preview_is_what_is_charged(self):
        contracts = self.mix()
        run = self.env["alarm.billing.run"].with_user(self.clerk).create({"date": FEBRUARY})
        run = run.with_user(self.env.user)
        run.notify = False
        run.with_user(self.clerk).action_preview()
        self.env.invalidate_all()
        items = {item.contract_id: item for item in run.item_ids}
        expected = {name: items[contract].expected for name, contract in contracts.items()}
        self.assertEqual(
            expected, {"plain": 250.0, "leased": 600.0, "carried": 0.0, "carried and more": 240.0}
        )
        lease = items[contracts["leased"]].lines[0]
        self.assertEqual(
            (lease["payer"], lease["service"], lease["period_start"], lease["period_end"]),
            ("Test Lessee", "Test Capacity", "2026-01-01", "2026-01-31"),
        )
        waiting = items[contracts["carried"]]
        self.assertEqual([row["amount"] for row in waiting.lines], [30.0, 30.0])
        self.assertTrue(waiting.reason)
        self.assertIn(waiting.reason, waiting.lines_shown)
        self.assertEqual(waiting.state, "nothing")
        run.with_user(self.clerk).action_start()
        self.env["alarm.billing.run"]._run_due()
        self.env.invalidate_all()
        for name, contract in contracts.items():
            with self.subTest(name):
                item = items[contract]
                self.assertEqual(item.amount, expected[name])
                self.assertFalse(item.differs)
        self.assertEqual(
            sum(run.item_ids.move_ids.mapped("amount_untaxed")), sum(expected.values())
        )

    def test_a_lease_alone_brings_its_contract_into_the_run(self):
        contract = self.mix()["leased"]
        ids = contract._get_ids_to_bill(self.company, FEBRUARY)
        self.assertIn(contract.id, ids)
        contract._charge(FEBRUARY)
        self.assertNotIn(contract.id, contract._get_ids_to_bill(self.company, FEBRUARY))
