from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .test_changes import ChangeCase


@tagged("post_install", "-at_install")
class TestAgreedStories(ChangeCase):
    """What is agreed changes by every verb, for whoever may use it."""

    def rich_contract(self, **values):
        model = self.env["alarm.business.model"].create(
            {
                "name": "Test Rich",
                "code": "TRICH",
                "period_months": 1,
                "term_months": 12,
                "exit_method": "declining",
                "tier_ids": [Command.create({"rate": 10})],
                "exit_step_ids": [Command.create({"from_month": 0, "rate": 50})],
            }
        )
        return self.run_contract(
            self.fee(300.0),
            self.fee(1200.0, product=self.maintenance, period_months=12),
            self.fee(80.0, charge_kind="per_attendance", free_quota=1),
            self.fee(50.0, begins="date", date_start=self.today + timedelta(days=90)),
            business_model_id=model.id,
            deposit_amount=100.0,
            start=self.today - timedelta(days=100),
            **values,
        )

    def test_a_manager_cancels_and_ends_by_hand(self):
        contract = self.rich_contract().with_user(self.manager)
        contract.action_charge()
        cancellation = contract.env["alarm.contract.cancellation"].create(
            {
                "contract_id": contract.id,
                "notice_date": self.today - timedelta(days=40),
                "effective_date": self.today - timedelta(days=1),
                "reason_id": self.reason.id,
            }
        )
        cancellation.action_confirm()
        cancellation.action_end_now()
        self.assertEqual((cancellation.state, contract.alarm_state), ("done", "ended"))
        self.assertTrue(contract.is_terminated)
        contract.action_archive()
        self.assertFalse(contract.active)

    def test_a_clerk_has_another_customer_take_it_over(self):
        owner = self.env["res.partner"].create({"name": "New Owner"})
        self.other_site(owner, predecessor_id=self.subscriber.id)
        contract = self.rich_contract().with_user(self.clerk)
        contract.action_charge()
        change = contract._action_change("take_over", self.today, to_partner_id=owner.id)
        new = change.new_contract_id
        self.assertEqual((change.state, new.alarm_state), ("done", "running"))
        self.assertEqual(new.tier_ids.mapped("rate"), [10])
        self.assertEqual(new.exit_step_ids.mapped("rate"), [50])
        self.assertEqual(contract.alarm_state, "ended")

    def test_a_clerk_leads_a_contract_from_draft_through_every_change(self):
        other = self.other_site()
        contract = (
            self.env["contract.contract"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_id": self.customer.id,
                    "business_model_id": self.model.id,
                    "subscriber_ids": [Command.set(self.subscriber.ids)],
                    "contract_line_ids": [
                        self.fee(300.0, subscriber_id=self.subscriber.id),
                        self.fee(50.0, product=self.maintenance),
                    ],
                    "deposit_months": 2,
                }
            )
        )
        contract.action_sign()
        with freeze_time(self.today - timedelta(days=40)):
            contract.action_start()
        contract.action_charge()
        clerk = contract.env
        once = clerk["alarm.charge.once"].create(
            {"contract_id": contract.id, "product_id": self.setup_service.id, "when": "now"}
        )
        once.action_apply()
        contract._action_change("suspend", self.today, reason_id=self.reason.id)
        contract._action_change("reactivate", self.today, extend_term=True)
        contract._action_change("re_sign", self.today, term_months=24)
        contract._action_change(
            "move", self.today, subscriber_id=self.subscriber.id, to_subscriber_id=other.id
        )
        contract.subscriber_ids = [Command.link(self.subscriber.id)]
        contract._action_change(
            "drop", self.today, subscriber_id=other.id, reason_id=self.reason.id
        )
        self.assertEqual(contract.subscriber_ids, self.subscriber)

    def test_a_manager_raises_prices_at_once(self):
        contract = self.rich_contract()
        campaign = (
            self.env["alarm.price.campaign"]
            .with_user(self.manager)
            .create({"name": "Now", "date": self.today, "kind": "percent", "value": 10.0})
        )
        campaign.action_preview()
        campaign.action_apply()
        self.assertIn(campaign.state, ("applied", "applying"))
        self.assertEqual(
            set(campaign.line_ids.filtered(lambda row: row.contract_id == contract).mapped("state"))
            - {"applied", "skipped"},
            set(),
        )
