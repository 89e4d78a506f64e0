from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from .common import make_service
from .test_changes import ChangeCase


@tagged("post_install", "-at_install")
class TestChangeRevenue(ChangeCase):
    """What the ledger of revenue makes of a change."""

    def movements(self, *contracts):
        """What was booked after the beginning: {kind: amount}."""
        # It books when the transaction ends.
        self.env.cr.flush()
        kinds = {}
        rows = self.env["alarm.revenue.movement"].search(
            [("contract_id", "in", [contract.id for contract in contracts])], order="id"
        )
        for row in rows:
            kinds[row.kind] = kinds.get(row.kind, 0.0) + row.amount
        kinds.pop("new", None)
        return kinds

    def start(self, *lines, **values):
        contract = self.run_contract(*lines, start=self.today - timedelta(days=40), **values)
        self.env.cr.flush()
        return contract

    def test_a_suspension_and_its_end_are_no_attrition(self):
        contract = self.start(self.fee(300.0))
        contract._action_change("suspend", self.today, reason_id=self.reason.id)
        self.assertEqual(self.movements(contract), {"suspension": -300.0})
        contract._action_change("reactivate", self.today)
        self.assertEqual(sum(self.movements(contract).values()), 0.0)
        self.assertEqual(set(self.movements(contract)), {"suspension", "reactivation"})

    def test_a_new_signature_and_a_move_are_swaps(self):
        contract = self.start(self.fee(300.0, subscriber_id=self.subscriber.id))
        rows = [
            Command.create({"contract_line_id": contract.contract_line_ids.id, "price_unit": 280})
        ]
        contract._action_change("re_sign", self.today - timedelta(days=9), line_ids=rows)
        self.assertEqual(self.movements(contract), {"re_sign": -20.0})
        contract._action_change(
            "move",
            self.today,
            subscriber_id=self.subscriber.id,
            to_subscriber_id=self.other_site().id,
            removal=False,
        )
        self.assertEqual(self.movements(contract), {"re_sign": -20.0, "transfer": 0.0})

    def test_a_take_over_is_a_swap_between_contracts(self):
        owner = self.env["res.partner"].create({"name": "New Owner"})
        self.other_site(owner, predecessor_id=self.subscriber.id)
        contract = self.start(self.fee(300.0))
        change = contract._action_change("take_over", self.today, to_partner_id=owner.id)
        self.assertEqual(self.movements(contract, change.new_contract_id), {"transfer": 0.0})

    def test_a_campaign_is_a_price_step(self):
        contract = self.start(self.fee(200.0))
        campaign = self.env["alarm.price.campaign"].create(
            {
                "name": "Test",
                "date": self.today - timedelta(days=8),
                "by_terms": False,
                "value": 5.0,
                "business_model_ids": [Command.set(self.model.ids)],
                "notify": False,
            }
        )
        campaign.action_preview()
        campaign.action_apply()
        self.env["alarm.price.step"]._run_due(self.today + timedelta(days=60))
        self.assertEqual(contract.contract_line_ids.price_unit, 210.0)
        self.assertEqual(self.movements(contract), {"price_up": 10.0})

    def test_a_cancellation_is_attrition_with_its_reason_when_the_last_day_is_over(self):
        contract = self.start(self.fee(300.0))
        yesterday = self.today - timedelta(days=1)
        cancellation = self.env["alarm.contract.cancellation"].create(
            {
                "contract_id": contract.id,
                "notice_date": date(2026, 1, 1),
                "effective_date": yesterday,
                "reason_id": self.reason.id,
            }
        )
        cancellation._confirm()
        cancellation._finish(self.today)
        self.assertEqual(self.movements(contract), {"cancel": -300.0})
        row = self.env["alarm.revenue.movement"].search(
            [("contract_id", "=", contract.id), ("kind", "=", "cancel")]
        )
        self.assertEqual(row.reason_id, self.reason)
        self.assertEqual(row.contracts, -1)

    def test_a_service_less_is_a_drop(self):
        contract = self.start(self.fee(300.0), self.fee(50.0, product=self.maintenance))
        rows = [
            Command.create({"contract_line_id": contract.contract_line_ids[1].id, "keep": False})
        ]
        contract._action_change("drop", self.today, reason_id=self.reason.id, line_ids=rows)
        self.assertEqual(self.movements(contract), {"drop": -50.0})

    def test_what_is_not_signed_again_or_not_taken_over_is_a_drop(self):
        owner = self.env["res.partner"].create({"name": "New Owner"})
        self.other_site(owner, predecessor_id=self.subscriber.id)
        for kind, values in (("re_sign", {}), ("take_over", {"to_partner_id": owner.id})):
            contract = self.start(self.fee(300.0), self.fee(50.0, product=self.maintenance))
            kept, dropped = contract.contract_line_ids
            rows = [
                Command.create({"contract_line_id": kept.id, "price_unit": 300.0}),
                Command.create({"contract_line_id": dropped.id, "keep": False}),
            ]
            change = contract._action_change(
                kind, self.today, reason_id=self.reason.id, line_ids=rows, **values
            )
            self.assertTrue(change.gives_up)
            swap = "transfer" if kind == "take_over" else kind
            self.assertEqual(
                self.movements(contract, change.new_contract_id), {swap: 0.0, "drop": -50.0}
            )
            movements = self.env["alarm.revenue.movement"].search(
                [("contract_id", "=", contract.id), ("contracts", "<", 0)]
            )
            # Who takes over most of a contract has not ended it.
            self.assertEqual(movements.mapped("kind"), ["transfer"] * bool(values))

    def test_what_is_given_up_while_it_is_suspended_was_lost(self):
        other = self.other_site()
        contract = self.start(
            self.fee(300.0, subscriber_id=self.subscriber.id),
            self.fee(50.0, subscriber_id=other.id),
            subscriber_ids=[Command.set((self.subscriber | other).ids)],
        )
        values = {"subscriber_id": other.id, "reason_id": self.reason.id}
        contract._action_change("suspend", self.today, **values)
        self.assertEqual(self.movements(contract), {"suspension": -50.0})
        contract._action_change("drop", self.today, removal=False, **values)
        self.assertEqual(self.movements(contract), {"suspension": 0.0, "drop": -50.0})

    def test_a_cheaper_service_is_a_downgrade_by_what_it_is_cheaper(self):
        contract = self.start(self.fee(100.0))
        basic = make_service(self, "Basic Monitoring", alarm_revenue_class="monitoring")
        row = {
            "contract_line_id": contract.contract_line_ids.id,
            "instead_id": basic.id,
            "price_unit": 60.0,
        }
        contract._action_change(
            "drop", self.today, reason_id=self.reason.id, line_ids=[Command.create(row)]
        )
        self.assertEqual(self.movements(contract), {"downgrade": -40.0})
        rows = self.env["alarm.revenue.movement"].search([("contract_id", "=", contract.id)])
        self.assertEqual(sum(rows.mapped("contracts")), 1)
        self.assertEqual(rows.filtered("contracts").kind, "new")

    def test_fewer_zones_are_a_downgrade(self):
        zones = self.env["alarm.zone"].create(
            [
                {"panel_id": self.panel.id, "number": number, "name": number, "billable": True}
                for number in ("301", "302")
            ]
        )
        contract = self.start(self.fee(5.0, charge_kind="per_zone"))
        before = self.movements(contract)
        zones[0].billable = False
        contract.contract_line_ids._book_revenue()
        self.assertEqual((before, self.movements(contract)), ({}, {"downgrade": -5.0}))
