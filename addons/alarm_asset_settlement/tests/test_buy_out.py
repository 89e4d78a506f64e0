from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import START, StoryCase


@tagged("post_install", "-at_install")
class TestBuyOut(StoryCase):
    def sell(self, contract, day, price):
        with freeze_time(day):
            wizard = (
                self.env["alarm.asset.buy.out"]
                .with_user(self.manager)
                .create({"contract_id": contract.id})
            )
            wizard.line_ids.price = price
            action = wizard.action_sell()
        return self.env["account.move"].browse(action["res_id"])

    def test_who_buys_pays_though_a_carrier_collects_the_fees(self):
        contract = self.sign(
            "carrier",
            self.fee(30.0, recurring_invoicing_type="post-paid"),
            invoice_partner_id=self.carrier.id,
            counterparty_id=self.carrier.id,
            asset_treatment="own_asset",
            term_months=10,
        )
        self.bring(["DET-1"], "leased")
        self.go_live()
        invoice = self.sell(contract, date(2027, 3, 1), 100.0)
        self.assertEqual((invoice.partner_id, invoice.amount_total), (self.customer, 100))
        card = self.card("DET-1")
        self.assertEqual((card.ownership, card.owner_id), ("sold", self.customer))
        asset = self.asset("DET-1", running=False)
        self.assertEqual((asset.state, asset.alarm_end), ("removed", "sold"))
        self.last_move = self._last("account.move")
        self.depreciate(date(2027, 12, 31))
        # Nothing is depreciated after it.
        self.check_posted()

    def test_the_customer_who_took_over_buys(self):
        contract = self.sign("lease_to_build", self.fee(1200.0, period_months=12), term_months=10)
        self.bring(["DET-1"], "leased")
        self.go_live()
        owner = self.env["res.partner"].create({"name": "Test New Owner"})
        self.env["alarm.subscriber"].create(
            {"name": "His", "partner_id": owner.id, "predecessor_id": self.subscriber.id}
        )
        with freeze_time("2027-02-01"):
            change = contract._action_change("take_over", date(2027, 2, 1), to_partner_id=owner.id)
        new = change.new_contract_id
        self.assertFalse(contract._running_assets())
        invoice = self.sell(new, date(2027, 3, 1), 90.0)
        self.assertEqual(invoice.partner_id, owner)
        self.assertEqual(self.card("DET-1").owner_id, owner)

    def test_equipment_that_is_sold_is_no_turnover_that_is_shared(self):
        contract = self.sign(
            "lease_to_build",
            self.fee(100.0),
            share_base="turnover",
            share_direction="we_pay",
            settlement_months=3,
            counterparty_id=self.government.id,
            tier_ids=[Command.create({"from_amount": 0, "rate": 10})],
            in_advance=True,
        )
        self.bring(["DET-1"], "leased")
        self.go_live()
        with freeze_time(START):
            contract._charge(START)
        self.sell(contract, date(2027, 2, 1), 80.0)
        settlement = self.env["alarm.settlement"]._prepare_due(contract, date(2027, 4, 1))
        self.assertEqual(settlement.turnover, 100)
