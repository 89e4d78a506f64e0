from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.alarm_contract.tests.common import make_service

from .common import SettlementCase

Q1 = (date(2026, 1, 1), date(2026, 3, 31))


@tagged("post_install", "-at_install")
class TestSettlement(SettlementCase):
    def concession(self, **values):
        """A contract without fees of its own, and two of users that are shared under it."""
        above = self.share_contract(
            self.fee(0.0), partner_id=self.government.id, subscriber_ids=[Command.clear()], **values
        )
        users = self.run_contract(share_contract_id=above.id)
        users |= self.run_contract(self.fee(250.0), share_contract_id=above.id)
        return above, users

    def test_turnover_of_a_period_is_what_was_invoiced_in_it(self):
        above, users = self.concession()
        self.charge_until(
            users, date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
        )
        settlement = self.settle(above, date(2026, 4, 1))
        self.assertEqual((settlement.date_start, settlement.date_end), Q1)
        self.assertEqual(
            [
                (line.source_contract_id, line.amount)
                for line in settlement.line_ids
                if line.kind == "turnover"
            ],
            [(users[0], 300), (users[1], 750)],
        )
        self.assertEqual(
            (settlement.turnover, settlement.share, settlement.amount), (1050, 105, 105)
        )
        self.assertEqual(settlement.partner_id, self.government)

    def test_what_was_credited_is_no_turnover(self):
        contract = self.share_contract()
        with freeze_time("2026-02-01"):
            moves = contract._charge(date(2026, 1, 1)) | contract._charge(date(2026, 2, 1))
            moves[0]._reverse_moves([{"date": date(2026, 2, 1)}], cancel=True)
        self.assertEqual(self.settle(contract, date(2026, 4, 1)).turnover, 100)

    def test_turnover_and_its_share_are_before_tax(self):
        tax, included = self.env["account.tax"].create(
            [
                {
                    "name": f"Test VAT {how}",
                    "amount": 6.0,
                    "type_tax_use": "sale",
                    "price_include_override": how,
                }
                for how in ("tax_excluded", "tax_included")
            ]
        )
        services = [
            make_service(self, "Taxed", taxes_id=[Command.set(one.ids)]) for one in (tax, included)
        ]
        contract = self.share_contract(
            self.fee(100.0, services[0]), self.fee(106.0, services[1]), share_direction="we_receive"
        )
        with freeze_time("2026-01-02"):
            moves = contract._charge(date(2026, 1, 1)) | contract._charge(date(2026, 2, 1))
            self.assertEqual(moves.mapped("amount_total"), [212, 212])
            moves[1]._reverse_moves([{"date": date(2026, 2, 1)}], cancel=True)
        settlement = self.settle(contract, date(2026, 4, 1))
        self.assertEqual((settlement.turnover, settlement.amount), (200, 20))
        settlement.action_confirm()
        contract._charge(date(2026, 3, 1))
        self.env["alarm.settlement"]._prepare_corrections(contract, date(2026, 4, 2))
        self.assertEqual(settlement.correction_ids.turnover, 400)
        self.assertEqual(settlement.correction_ids.amount, 20)

    def test_what_was_credited_of_a_charge_without_a_fee_is_no_turnover(self):
        contract = self.share_contract()
        charges = self.env["alarm.charge"]._add(
            [
                {
                    "contract_id": contract.id,
                    "kind": kind,
                    "name": kind,
                    "amount": amount,
                    "date_due": date(2026, 2, 1),
                }
                for kind, amount in (("adjustment", 40.0), ("exit_fee", 500.0), ("milestone", 70.0))
            ]
        )
        with freeze_time("2026-02-01"):
            moves = charges._invoice(date(2026, 2, 1))
            settlement = self.settle(contract, date(2026, 4, 1))
            self.assertEqual(settlement.turnover, 540)
            moves._reverse_moves([{"date": date(2026, 2, 1)}], cancel=True)
        settlement.action_reckon()
        self.assertEqual(settlement.turnover, 0)

    def test_deposits_are_no_turnover(self):
        contract = self.share_contract(deposit_amount=500.0)
        contract._charge(date(2026, 1, 1))
        self.assertEqual(
            contract.charge_ids.filtered(lambda one: one.kind == "deposit").amount, 500
        )
        self.assertEqual(self.settle(contract, date(2026, 4, 1)).turnover, 100)

    def test_each_period_is_settled_once(self):
        contract = self.share_contract()
        self.assertEqual(len(self.settle(contract, date(2026, 7, 1))), 2)
        self.assertFalse(self.settle(contract, date(2026, 7, 1)))
        with self.assertRaises(UserError):
            self.env["alarm.settlement"].create(
                {
                    "contract_id": contract.id,
                    "date_start": date(2026, 2, 1),
                    "date_end": date(2026, 4, 30),
                }
            )

    def test_a_period_that_is_not_over_is_not_settled(self):
        contract = self.share_contract()
        self.assertFalse(self.settle(contract, date(2026, 3, 31)))

    def test_tiers_of_one_to_thirty_percent_and_a_minimum(self):
        tiers = ((0, 1), (100, 10), (250, 30))
        contract = self.share_contract(tiers=tiers)
        self.charge_until(contract, date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        self.assertEqual(
            self.lines(settlement), [("turnover", 300), ("tier", 1), ("tier", 15), ("tier", 15)]
        )
        contract.share_minimum = 50
        settlement.action_reckon()
        self.assertEqual(self.lines(settlement)[-1], ("minimum", 19))
        self.assertEqual(settlement.amount, 50)

    def test_the_minimum_of_a_part_of_a_period_is_its_part(self):
        contract = self.share_contract(
            term_months=4, share_minimum=92, renewal_kind="none", settlement_months=3
        )
        contract._write_by_verb({"terminate_date": date(2026, 4, 30)})
        contract._transition("end")
        first, second = self.settle(contract, date(2026, 5, 1))
        self.assertEqual(
            (second.date_start, second.date_end), (date(2026, 4, 1), date(2026, 4, 30))
        )
        self.assertEqual((first.amount, second.amount), (92, 30.33))

    def test_we_pay_by_a_bill(self):
        contract = self.share_contract()
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        with self.assertRaises(UserError):
            settlement.action_invoice()
        settlement.action_confirm()
        settlement.action_invoice()
        self.assertEqual(settlement.state, "invoiced")
        self.assertEqual(settlement.move_id.move_type, "in_invoice")
        self.assertEqual(settlement.move_id.partner_id, self.government)
        self.check_entry(settlement.move_id, expense=10, liability_payable=-10)
        with self.assertRaises(UserError):
            settlement.action_invoice()

    def test_we_receive_by_an_invoice_to_the_other_side(self):
        contract = self.share_contract(share_direction="we_receive")
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        settlement.action_confirm()
        settlement.action_invoice()
        move = settlement.invoice_id
        self.assertEqual((move.move_type, move.partner_id), ("out_invoice", self.government))
        self.check_entry(move, asset_receivable=10, income=-10)
        # What is received is no turnover that would be shared once more.
        self.assertFalse(settlement._has_changed())

    def test_a_statement_shows_the_invoice_that_took_the_place_of_another(self):
        contract = self.share_contract(share_direction="we_receive")
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        settlement.action_confirm()
        settlement.action_invoice()
        old = settlement.invoice_id
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=old.ids)
            .create({"journal_id": old.journal_id.id, "date": old.date})
        )
        wizard.modify_moves()
        new = wizard.new_move_ids
        self.assertEqual(settlement.invoice_id, new)
        self.assertEqual(settlement.action_view_moves()["domain"], [("id", "in", (old | new).ids)])
        # Both sides have agreed to the amount.
        new.invoice_line_ids.price_unit += 1
        with self.assertRaisesRegex(UserError, settlement.name), self.env.cr.savepoint():
            new.action_post()

    def test_a_profit_is_shared_after_the_losses_before_it(self):
        plan = self.env["account.analytic.plan"].create({"name": "Test Plan"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Test Venture", "plan_id": plan.id}
        )
        contract = self.share_contract(
            share_base="profit",
            share_carries_loss=True,
            share_analytic_account_id=analytic.id,
            tiers=((0, 40),),
        )
        for day, cost in ((date(2026, 1, 15), 500), (date(2026, 5, 15), 40)):
            bill = self.env["account.move"].create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.lessee.id,
                    "invoice_date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Power",
                                "price_unit": cost,
                                "tax_ids": [Command.clear()],
                                "analytic_distribution": {str(analytic.id): 100},
                            }
                        )
                    ],
                }
            )
            bill.action_post()
        self.charge_until(contract, *(date(2026, month, 1) for month in range(1, 10)))
        first, second, third = self.settle(contract, date(2026, 10, 1))
        self.assertEqual((first.turnover, first.cost, first.base, first.amount), (300, 500, 0, 0))
        self.assertEqual(first.loss_to_carry, -200)
        self.assertEqual(
            self.lines(second), [("turnover", 300), ("cost", -40), ("carried", -200), ("tier", 24)]
        )
        self.assertEqual((second.base, second.amount), (60, 24))
        self.assertEqual((third.base, third.amount), (300, 120))
        with self.assertRaises(UserError):
            second.action_confirm()
        first.action_confirm()
        second.action_confirm()

    def test_a_share_of_profit_needs_costs(self):
        contract = self.share_contract(share_base="profit")
        settlement = self.settle(contract, date(2026, 4, 1))
        with self.assertRaisesRegex(UserError, "needs costs"):
            settlement.action_confirm()
        settlement.line_ids = [Command.create({"kind": "cost", "name": "As agreed", "amount": -10})]
        settlement.action_confirm()

    def test_a_clerk_types_what_the_books_do_not_know(self):
        contract = self.share_contract()
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1)).with_user(self.clerk)
        settlement.line_ids = [
            Command.create({"kind": "turnover", "name": "Cash in the shop", "amount": 50}),
            Command.create({"kind": "adjustment", "name": "Service level missed", "amount": -3}),
        ]
        self.assertEqual((settlement.turnover, settlement.share, settlement.amount), (150, 15, 12))
        settlement.action_reckon()
        self.assertEqual(settlement.amount, 12)
        calculated = settlement.line_ids.filtered(lambda line: not line.is_typed)
        for operation in (
            lambda: calculated[0].write({"amount": 1}),
            lambda: calculated[0].unlink(),
            lambda: settlement.write(
                {"line_ids": [Command.create({"kind": "tier", "name": "x", "amount": 1})]}
            ),
            lambda: settlement.write({"loss_to_carry": 5}),
            lambda: settlement.write({"state": "invoiced"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                operation()

    def test_what_was_confirmed_stays(self):
        contract = self.share_contract()
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        settlement.action_confirm()
        for operation in (
            settlement.action_reckon,
            settlement.action_confirm,
            settlement.unlink,
            lambda: settlement.write({"date_end": date(2026, 4, 1)}),
            lambda: settlement.write(
                {"line_ids": [Command.create({"kind": "adjustment", "name": "x", "amount": 1})]}
            ),
        ):
            with self.assertRaises(UserError):
                operation()

    def test_what_changed_since_is_looked_at_before_it_is_confirmed(self):
        contract = self.share_contract()
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        contract._charge(date(2026, 2, 1))
        with self.assertRaisesRegex(UserError, "calculate it again"):
            settlement.action_confirm()
        settlement.action_reckon()
        settlement.action_confirm()
        self.assertEqual(settlement.amount, 20)

    def test_a_late_invoice_is_settled_by_a_correction(self):
        contract = self.share_contract(tiers=((0, 1), (100, 10)))
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        settlement.action_confirm()
        settlement.action_invoice()
        self.assertEqual(settlement.amount, 1)
        self.assertFalse(settlement.is_outdated)
        contract._charge(date(2026, 2, 1))
        settlement.invalidate_recordset(["is_outdated"])
        self.assertTrue(settlement.is_outdated)
        with freeze_time("2026-05-01"):
            self.env["alarm.settlement"]._prepare_corrections(contract, date(2026, 5, 1))
        correction = settlement.correction_ids
        # All of the period by its tiers, less what was settled.
        self.assertEqual(
            self.lines(correction), [("turnover", 200), ("tier", 1), ("tier", 10), ("settled", -1)]
        )
        correction.action_confirm()
        correction.action_invoice()
        self.check_entry(correction.move_id, expense=10, liability_payable=-10)
        self.assertFalse(
            self.env["alarm.settlement"]._prepare_corrections(contract, date(2026, 5, 1))
        )

    def test_a_correction_keeps_what_a_clerk_typed(self):
        contract = self.share_contract()
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        settlement.line_ids = [
            Command.create({"kind": "turnover", "name": "Cash in the shop", "amount": 50}),
            Command.create({"kind": "adjustment", "name": "Service level missed", "amount": -3}),
        ]
        settlement.action_confirm()
        for day, turnover in ((date(2026, 2, 1), 250), (date(2026, 3, 1), 350)):
            contract._charge(day)
            settlement.with_user(self.clerk).action_correct()
            correction = settlement.correction_ids.sorted("id")[-1]
            self.assertEqual((correction.turnover, correction.amount), (turnover, 10))
            correction.action_reckon()
            correction.action_confirm()
        # What was typed wrongly is taken out of a correction.
        settlement.action_correct()
        last = settlement.correction_ids.sorted("id")[-1].with_user(self.clerk)
        last.line_ids.filtered(lambda line: line.kind == "adjustment").unlink()
        self.assertEqual(last.amount, 3)

    def test_a_correction_goes_by_what_was_agreed_for_its_period(self):
        contract = self.share_contract(share_minimum=5)
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        settlement.action_confirm()
        settlement.action_invoice()
        contract.tier_ids.rate = 30
        contract.write({"share_minimum": 500, "share_direction": "we_receive"})
        contract._charge(date(2026, 2, 1))
        self.env["alarm.settlement"]._prepare_corrections(contract, date(2026, 5, 1))
        correction = settlement.correction_ids
        correction.action_reckon()
        self.assertEqual(
            self.lines(correction), [("turnover", 200), ("tier", 20), ("settled", -10)]
        )
        self.assertEqual(correction.share_direction, "we_pay")
        # What is agreed now counts for the period that follows.
        self.charge_until(contract, date(2026, 4, 1))
        following = self.settle(contract, date(2026, 7, 1))
        self.assertEqual((following.amount, following.share_direction), (500, "we_receive"))

    def test_a_share_that_ended_is_corrected_still(self):
        contract = self.share_contract()
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        settlement.action_confirm()
        contract._charge(date(2026, 2, 1))
        with freeze_time("2026-05-01"):
            contract.share_base = "none"
            self.assertEqual(settlement.share_base, "turnover")
            self.env["alarm.settlement"]._cron_prepare()
        self.assertEqual(settlement.correction_ids.amount, 10)

    def test_more_credited_than_invoiced_gives_back_and_the_minimum_stays(self):
        contract = self.share_contract(tiers=((0, 10), (100, 30)))
        moves = contract._charge(date(2026, 1, 1))
        with freeze_time("2026-04-10"):
            moves._reverse_moves([{"date": date(2026, 4, 10)}], cancel=True)
        first, second = self.settle(contract, date(2026, 7, 1))
        self.assertEqual((first.turnover, first.amount), (100, 10))
        self.assertEqual((second.turnover, second.amount), (-100, -10))
        contract.share_minimum = 40
        second.action_reckon()
        self.assertEqual(second.amount, 40)

    def test_turnover_in_another_currency_is_shared_as_it_is_in_the_books(self):
        other = self.env["res.currency"].create(
            {
                "name": "TDX",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 4.0})],
            }
        )
        contract = self.share_contract(manual_currency_id=other.id, share_direction="we_receive")
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        self.assertEqual((settlement.turnover, settlement.amount), (25, 2.5))
        settlement.action_confirm()
        settlement.action_invoice()
        # Invoiced in the contract's currency, at the same worth.
        self.assertEqual(settlement.invoice_id.currency_id, other)
        self.assertEqual(settlement.invoice_id.amount_total, 10)
        self.check_entry(settlement.invoice_id, asset_receivable=2.5, income=-2.5)

    def test_a_correction_below_zero_is_a_refund(self):
        contract = self.share_contract()
        with freeze_time("2026-03-01"):
            moves = contract._charge(date(2026, 1, 1))
            settlement = self.settle(contract, date(2026, 4, 1))
            settlement.action_confirm()
            moves._reverse_moves([{"date": date(2026, 3, 1)}], cancel=True)
            settlement.action_correct()
        correction = settlement.correction_ids
        self.assertEqual(correction.amount, -10)
        correction.action_confirm()
        correction.action_invoice()
        self.assertEqual(correction.move_id.move_type, "in_refund")
        self.check_entry(correction.move_id, expense=-10, liability_payable=10)

    def test_income_is_shared_once(self):
        above, users = self.concession()
        with self.assertRaises(ValidationError):
            users[0].share_base = "turnover"
        with self.assertRaises(ValidationError):
            self.run_contract(share_contract_id=users[0].id)
        with self.assertRaises(ValidationError):
            above.write({"share_base": "none", "share_contract_id": self.share_contract().id})

    def test_the_daily_job_makes_what_is_due(self):
        contract = self.share_contract()
        with freeze_time("2026-04-01"):
            self.env["alarm.settlement"]._cron_prepare()
            self.env["alarm.settlement"]._cron_prepare()
        self.assertEqual(len(contract.settlement_ids), 1)

    @mute_logger("odoo.addons.alarm_settlement.models.alarm_settlement")
    def test_one_contract_that_cannot_be_settled_stops_no_other(self):
        bad, good = self.share_contract(), self.share_contract()

        def add_lease_charges(contracts, date):
            if bad in contracts:
                raise ValueError

        with (
            freeze_time("2026-04-01"),
            patch.object(type(bad), "_add_lease_charges", add_lease_charges),
        ):
            self.env["alarm.settlement"]._cron_prepare()
        self.assertEqual(len(good.settlement_ids), 1)
        self.assertFalse(bad.settlement_ids)

    def test_a_statement_is_printed_with_its_calculation(self):
        contract = self.share_contract()
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("alarm_settlement.settlement_statement", settlement.ids)[0]
            .decode()
        )
        for text in (settlement.name, "10 % of the base", contract.code, "not agreed yet"):
            self.assertIn(text, html)
