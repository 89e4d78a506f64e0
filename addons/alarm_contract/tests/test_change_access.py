from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .test_changes import ChangeCase


@tagged("post_install", "-at_install")
class TestChangeAccess(ChangeCase):
    def cancellation(self, contract):
        return self.env["alarm.contract.cancellation"].create(
            {
                "contract_id": contract.id,
                "notice_date": date(2026, 5, 1),
                "effective_date": date(2026, 6, 30),
                "reason_id": self.reason.id,
            }
        )

    def test_a_clerk_makes_every_change(self):
        owner = self.env["res.partner"].create({"name": "New Owner"})
        other = self.other_site()
        self.other_site(owner, predecessor_id=other.id)
        contract = self.run_contract(
            self.fee(300.0, subscriber_id=self.subscriber.id),
            self.fee(50.0, product=self.maintenance),
            deposit_amount=100.0,
        )
        contract._charge(date(2026, 3, 1))
        clerk = contract.with_user(self.clerk)
        clerk._action_change("suspend", date(2026, 3, 10), reason_id=self.reason.id)
        clerk._action_change("reactivate", date(2026, 3, 20))
        clerk._action_change("re_sign", date(2026, 4, 1), term_months=24)
        clerk._action_change(
            "move", date(2026, 5, 1), subscriber_id=self.subscriber.id, to_subscriber_id=other.id
        )
        lines = contract.contract_line_ids._open_from(date(2026, 6, 1))
        dropped = lines.filtered(lambda line: line.product_id == self.maintenance)
        clerk._action_change(
            "drop",
            date(2026, 6, 1),
            reason_id=self.reason.id,
            line_ids=[Command.create({"contract_line_id": dropped.id, "keep": False})],
        )
        change = clerk._action_change("take_over", date(2026, 7, 1), to_partner_id=owner.id)
        self.assertEqual(change.new_contract_id.alarm_state, "running")
        self.assertEqual(change.new_contract_id.monthly_revenue, 300.0)

    def test_only_a_site_of_the_contract_moves(self):
        contract = self.run_contract().with_user(self.clerk)
        other = self.other_site()
        with self.assertRaisesRegex(ValidationError, "no site of the contract"):
            contract._action_change(
                "move", date(2026, 5, 1), subscriber_id=other.id, to_subscriber_id=other.id
            )

    def test_accountants_read_and_dispatchers_see_the_notice_only(self):
        contract = self.run_contract()
        cancellation = self.cancellation(contract)
        cancellation._confirm()
        accountant = cancellation.with_user(self.accountant)
        self.assertTrue(accountant.calculation_line_ids.mapped("name"))
        self.assertTrue(contract.with_user(self.accountant).timeline)
        with self.assertRaises(AccessError):
            accountant.action_recalculate()
        with self.assertRaises(AccessError):
            contract.with_user(self.accountant)._action_change(
                "suspend", date(2026, 4, 1), reason_id=self.reason.id
            )
        with self.assertRaises(AccessError):
            cancellation.with_user(self.dispatcher).read(["state"])
        self.env.invalidate_all()
        self.assertTrue(self.subscriber.with_user(self.dispatcher).contract_notice)

    def test_another_company_sees_none_of_it(self):
        contract = self.run_contract()
        change = contract._action_change("suspend", date(2026, 2, 1), reason_id=self.reason.id)
        cancellation = self.cancellation(self.run_contract())
        other = self.env["res.company"].create({"name": "Test Other"})
        user = new_test_user(
            self.env,
            "t-other-clerk",
            "alarm_contract.group_contract_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for record in (
            change,
            cancellation,
            cancellation.calculation_id,
            cancellation.calculation_line_ids[:1],
        ):
            with self.assertRaises(AccessError, msg=record._name):
                record.with_user(user).read(["display_name"])

    def test_a_context_gives_no_state(self):
        contract = self.run_contract()
        change = (
            self.env["alarm.contract.change"]
            .with_context(default_state="done", default_outcome="<p>Done</p>")
            .create({"contract_id": contract.id, "kind": "re_sign", "date": date(2026, 2, 1)})
        )
        self.assertEqual((change.state, bool(change.outcome)), ("draft", False))
        cancellation = self.cancellation(contract.with_context(default_state="pending"))
        self.assertEqual(cancellation.state, "draft")
