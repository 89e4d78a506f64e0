from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestCapacityLease(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.run_contract(
            cls.fee(900.0, period_months=3, recurring_invoicing_type="post-paid"),
            partner_id=cls.government.id,
            settlement_months=3,
        )

    def lease(self, start=True, **values):
        lease = self.env["alarm.capacity.lease"].create(
            {
                "name": "Two cores",
                "contract_id": self.contract.id,
                "partner_id": self.lessee.id,
                "date_start": date(2026, 1, 1),
                "amount": 300.0,
                "product_id": self.capacity.id,
                "pass_on_when": "invoiced",
                **values,
            }
        )
        if start:
            with freeze_time("2026-01-01"):
                lease.action_start()
        return lease

    def pay(self, moves):
        for move in moves:
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            ).create({})._create_payments()

    def test_the_lessee_is_invoiced_and_it_is_no_income(self):
        self.lease()
        moves = self.contract._charge(date(2026, 1, 1))
        self.assertEqual(moves.partner_id, self.lessee)
        self.check_entry(moves, asset_receivable=300, liability_current=-300)
        self.assertEqual(
            moves.line_ids.filtered(lambda line: line.balance < 0).account_id,
            self.company.alarm_held_account_id,
        )

    def test_each_period_is_charged_once_and_a_part_of_it_by_days(self):
        lease = self.lease(date_end=date(2026, 2, 14))
        for _time in range(2):
            self.contract._charge(date(2026, 3, 31))
        self.assertEqual(lease.charge_ids.sorted("id").mapped("amount"), [300, 150])

    def test_a_lease_that_runs_stays_as_it_was_agreed(self):
        lease = self.lease().with_user(self.clerk)
        for values in (
            {"amount": 1.0},
            {"fee_rate": 90.0},
            {"pass_on_when": "paid"},
            {"partner_id": self.customer.id},
        ):
            with self.assertRaisesRegex(UserError, "as it was agreed"), self.env.cr.savepoint():
                lease.write(values)
        lease.write({"name": "Two cores of the ring", "date_end": date(2026, 12, 31)})
        lease.action_end()

    def test_all_of_it_is_passed_on(self):
        self.lease()
        self.charge_until(self.contract, *(date(2026, month, 1) for month in (1, 2, 3)))
        settlement = self.settle(self.contract, date(2026, 4, 1))
        self.assertEqual(settlement.kind, "pass_on")
        self.assertEqual(settlement.amount, 900)
        settlement.action_confirm()
        settlement.action_invoice()
        self.assertFalse(settlement.charge_id)
        self.check_entry(settlement.move_id, liability_current=900, liability_payable=-900)
        held = self.company.alarm_held_account_id
        lines = self.env["account.move.line"].search([("account_id", "=", held.id)])
        self.assertEqual(sum(lines.mapped("balance")), 0)

    def test_our_fee_is_invoiced_to_the_owner(self):
        self.lease(fee_rate=10)
        self.contract._charge(date(2026, 1, 1))
        settlement = self.settle(self.contract, date(2026, 4, 1))
        self.assertEqual((settlement.collected, settlement.fee, settlement.amount), (300, 30, 270))
        settlement.action_confirm()
        settlement.action_invoice()
        self.check_entry(settlement.move_id, liability_current=300, liability_payable=-300)
        self.assertEqual(settlement.invoice_id.partner_id, self.government)
        self.check_entry(settlement.invoice_id, asset_receivable=30, income=-30)

    def test_it_is_passed_on_when_it_is_paid_and_once(self):
        lease = self.lease(pass_on_when="paid")
        self.charge_until(self.contract, date(2026, 1, 1), date(2026, 2, 1))
        first = self.settle(self.contract, date(2026, 4, 1))
        self.assertEqual(first.amount, 0)
        self.pay(lease.charge_ids.move_id.sorted("id")[:1])
        first.action_reckon()
        self.assertEqual(first.amount, 300)
        first.action_confirm()
        self.pay(lease.charge_ids.move_id.sorted("id")[1:])
        second = self.settle(self.contract, date(2026, 7, 1))
        self.assertEqual(second.amount, 300)
        self.assertEqual(
            second.line_ids.charge_id & first.line_ids.charge_id, lease.charge_ids.browse()
        )

    def test_what_is_credited_after_that_is_taken_back_once(self):
        lease = self.lease()
        self.contract._charge(date(2026, 1, 1))
        first = self.settle(self.contract, date(2026, 4, 1))
        first.action_confirm()
        lease.charge_ids._mark_credited()
        second = self.settle(self.contract, date(2026, 7, 1))
        self.assertEqual(second.amount, -300)
        second.action_confirm()
        self.assertEqual(self.settle(self.contract, date(2026, 10, 1)).amount, 0)
        second.action_invoice()
        self.assertEqual(second.move_id.move_type, "in_refund")

    def credit(self, invoice, amount):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": invoice.date})
        )
        wizard.reverse_moves()
        wizard.new_move_ids.invoice_line_ids.price_unit = amount
        wizard.new_move_ids.action_post()
        return wizard.new_move_ids

    def test_what_a_credit_note_by_hand_gave_back_is_not_passed_on(self):
        self.lease(fee_rate=10)
        self.credit(self.contract._charge(date(2026, 1, 1)), 100)
        settlement = self.settle(self.contract, date(2026, 4, 1))
        self.assertEqual((settlement.collected, settlement.fee), (200, 20))

    def test_what_is_credited_by_hand_after_it_was_passed_on_is_taken_back_each_time_once(self):
        self.lease()
        invoice = self.contract._charge(date(2026, 1, 1))
        first = self.settle(self.contract, date(2026, 4, 1))
        self.assertEqual(first.amount, 300)
        first.action_confirm()
        self.credit(invoice, 100)
        second = self.settle(self.contract, date(2026, 7, 1))
        self.assertEqual(second.amount, -100)
        second.action_confirm()
        note = self.credit(invoice, 50)
        third = self.settle(self.contract, date(2026, 10, 1))
        self.assertEqual(third.amount, -50)
        third.action_confirm()
        note.button_cancel()
        fourth = self.settle(self.contract, date(2027, 1, 1))
        self.assertEqual(fourth.amount, 50)
        self.assertEqual(fourth.line_ids.turn, 4)

    def test_a_lease_that_ends_is_charged_no_more(self):
        lease = self.lease()
        self.contract._charge(date(2026, 1, 1))
        with freeze_time("2026-01-20"):
            lease.action_end()
        self.assertEqual(lease.date_end, date(2026, 1, 31))
        self.contract._charge(date(2026, 6, 1))
        self.assertEqual(len(lease.charge_ids), 1)

    def test_a_lease_that_has_begun_stays(self):
        lease = self.lease()
        with self.assertRaises(ValidationError):
            lease.unlink()
        with self.assertRaises(UserError):
            lease.action_start()
        with self.assertRaises(ValidationError):
            lease.date_end = date(2026, 1, 15)
        self.lease(start=False).unlink()
