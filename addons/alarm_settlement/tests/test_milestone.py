from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestMilestone(SettlementCase):
    def build(self, *percents, amount=100_000.0, **values):
        return self.make_contract(
            partner_id=self.government.id,
            build_amount=amount,
            milestone_ids=[
                Command.create(
                    {
                        "name": f"Part {number}",
                        "condition": "Both sides have signed",
                        "percent": percent,
                        "sequence": number,
                        "product_id": self.setup_service.id,
                    }
                )
                for number, percent in enumerate(percents, 1)
            ],
            **values,
        )

    def test_milestones_that_are_not_all_of_the_price_are_not_signed(self):
        for percents in ((30, 60), (30, 60, 20)):
            with self.assertRaisesRegex(UserError, "not 100 %"):
                self.build(*percents)._action_sign(date(2026, 1, 1))
        with self.assertRaisesRegex(UserError, "no price of building"):
            self.build(100, amount=0)._action_sign(date(2026, 1, 1))

    def test_amounts_add_up_to_the_price(self):
        contract = self.build(33.3333, 33.3333, 33.3334, amount=100.0)
        self.assertEqual(contract.milestone_ids.mapped("amount"), [33.33, 33.34, 33.33])
        contract._action_sign(date(2026, 1, 1))

    @freeze_time("2026-03-01")
    def test_what_is_reached_is_owed_and_invoiced_once(self):
        contract = self.build(30, 60, 10)
        contract._action_sign(date(2026, 1, 1))
        first = contract.milestone_ids[0]
        first.proof = "Certificate 7"
        first.with_user(self.clerk).action_reach()
        self.assertEqual((first.reached_on, first.reached_by_id), (date(2026, 3, 1), self.clerk))
        move = contract._charge(date(2026, 3, 1))
        self.assertEqual(first.move_id, move)
        self.assertIn("Certificate 7", move.invoice_line_ids.name)
        self.check_entry(move, asset_receivable=30_000, income=-30_000)
        with self.assertRaises(UserError):
            first.action_reach()
        self.assertFalse(contract._charge(date(2026, 3, 2)))

    def test_what_was_signed_stays(self):
        contract = self.build(30, 70)
        with self.assertRaises(UserError):
            contract.milestone_ids[0].action_reach()
        contract._action_sign(date(2026, 1, 1))
        for operation in (
            lambda: contract.write({"build_amount": 5}),
            lambda: contract.milestone_ids[0].write({"percent": 40}),
            lambda: contract.milestone_ids[0].write({"amount": 5}),
            lambda: contract.milestone_ids[0].unlink(),
            lambda: contract.write(
                {"milestone_ids": [Command.create({"name": "More", "percent": 5})]}
            ),
            lambda: contract.milestone_ids[0].write({"state": "reached"}),
        ):
            with self.assertRaises(UserError):
                operation()
