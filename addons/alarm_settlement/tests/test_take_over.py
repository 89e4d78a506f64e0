from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.alarm_contract.tests.test_changes import reason_of

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestTakeOver(SettlementCase):
    """A contract under which others share their income, or which a carrier collects, is taken over
    by another customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = reason_of(cls.env, "other")
        cls.successor = cls.env["res.partner"].create({"name": "Test Successor", "lang": "en_US"})

    def concession(self, **values):
        return self.share_contract(
            self.fee(0.0), partner_id=self.government.id, subscriber_ids=[Command.clear()], **values
        )

    def take_over(self, contract, day, today=None, **values):
        with freeze_time(today or day):
            change = contract.with_user(self.clerk)._action_change(
                "take_over", day, to_partner_id=self.successor.id, **values
            )
        self.assertEqual(change.state, "done")
        return change.new_contract_id.with_env(self.env)

    def test_a_clerk_takes_over_what_others_share_under(self):
        contract = self.concession()
        source = self.run_contract(share_contract_id=contract.id)
        new = self.take_over(contract, date(2026, 2, 15))
        self.assertEqual(source.share_contract_id, new)
        self.assertFalse(contract.share_source_ids)

    def test_turnover_is_settled_once_under_the_one_or_the_other(self):
        contract = self.concession()
        source = self.run_contract(share_contract_id=contract.id)
        days = [date(2026, month, 1) for month in (1, 2, 3)]
        self.charge_until(source, *days)
        new = self.take_over(contract, date(2026, 2, 15))
        old, following = (self.settle(one, date(2026, 4, 1)) for one in (contract, new))
        self.assertEqual(
            (old.date_start, old.date_end, old.turnover),
            (date(2026, 1, 1), date(2026, 2, 14), 200),
        )
        self.assertEqual(
            (following.date_start, following.date_end, following.turnover),
            (date(2026, 2, 15), date(2026, 3, 31), 100),
        )
        self.assertEqual(following.partner_id, self.government)

    def test_what_is_settled_when_the_take_over_is_told_stays_settled(self):
        contract = self.concession()
        source = self.run_contract(share_contract_id=contract.id)
        self.charge_until(source, *(date(2026, month, 1) for month in (1, 2, 3, 4)))
        old = self.settle(contract, date(2026, 4, 1))
        old.action_confirm()
        new = self.take_over(contract, date(2026, 2, 15), today=date(2026, 4, 10))
        self.assertEqual(new.settled_from, date(2026, 4, 1))
        following = self.settle(new, date(2026, 7, 1))
        self.assertEqual((following.date_start, following.turnover), (date(2026, 4, 1), 100))
        self.assertFalse(old._is_outdated())
        self.assertFalse(self.settle(contract, date(2026, 7, 1)))

    def test_a_loss_is_worked_off_by_whoever_follows(self):
        contract = self.concession(share_base="profit", share_carries_loss=True, tiers=((0, 50),))
        source = self.run_contract(share_contract_id=contract.id)
        self.charge_until(source, *(date(2026, month, 1) for month in (1, 2, 3)))
        new = self.take_over(contract, date(2026, 2, 1))
        old = self.settle(contract, date(2026, 4, 1))
        old.line_ids = [Command.create({"kind": "cost", "name": "Power", "amount": -150})]
        self.assertEqual(old.loss_to_carry, -50)
        following = self.settle(new, date(2026, 4, 1))
        self.assertEqual((following.turnover, following.base, following.amount), (200, 150, 75))

    def test_another_contract_to_share_under_leaves_what_was_settled(self):
        one, other = self.concession(), self.concession()
        source = self.run_contract(share_contract_id=one.id)
        self.charge_until(source, date(2026, 1, 1), date(2026, 2, 1))
        with freeze_time("2026-02-15"):
            source.with_user(self.clerk).share_contract_id = other
        self.charge_until(source, date(2026, 3, 1))
        first, second = self.settle(one, date(2026, 4, 1)), self.settle(other, date(2026, 4, 1))
        self.assertEqual((first.turnover, second.turnover), (200, 100))

    def test_from_when_income_is_shared_is_not_typed_alone(self):
        one, other = self.concession(), self.concession()
        source = self.run_contract(share_contract_id=one.id)
        with freeze_time("2026-02-15"):
            source.with_user(self.clerk).share_contract_id = other
        self.assertEqual(source.share_from, date(2026, 2, 15))
        for vals in (
            {"share_from": date(2026, 1, 1)},
            {"share_from": False},
            {"share_from": date(2026, 1, 1), "share_contract_id": other.id},
        ):
            with self.assertRaisesRegex(UserError, "is signed"), self.env.cr.savepoint():
                source.with_user(self.manager).write(vals)
        # A form sends what it shows.
        source.with_user(self.clerk).write({"share_from": date(2026, 2, 15), "note": "Seen"})

    def test_no_day_of_income_is_shared_twice(self):
        one, other = self.concession(), self.concession()
        source = self.run_contract(share_contract_id=one.id)
        with freeze_time("2026-02-15"):
            source.with_user(self.clerk).share_contract_id = other
        with (
            freeze_time("2026-03-15"),
            self.assertRaisesRegex(UserError, "from a later day"),
            self.env.cr.savepoint(),
        ):
            source.with_user(self.clerk).write(
                {"share_contract_id": one.id, "share_from": date(2026, 2, 1)}
            )

    def test_a_running_contract_is_shared_under_another_and_loses_its_own_share(self):
        contract, above = self.share_contract(), self.concession()
        with freeze_time("2026-02-15"):
            with self.assertRaisesRegex(AccessError, "a contract manager ends it"):
                contract.with_user(self.clerk).share_contract_id = above
            contract.invalidate_recordset()
            contract.with_user(self.manager).share_contract_id = above
        self.assertEqual((contract.share_base, contract.share_from), ("none", date(2026, 2, 15)))

    def test_what_is_invoiced_after_the_last_day_belongs_to_the_last_period(self):
        contract = self.share_contract(
            self.fee(100.0, recurring_invoicing_type="post-paid"), renewal_kind="none"
        )
        contract._write_by_verb({"terminate_date": date(2026, 3, 31)})
        contract.contract_line_ids.date_end = date(2026, 3, 31)
        contract._transition("end")
        self.charge_until(contract, date(2026, 2, 1), date(2026, 3, 1))
        settlement = self.settle(contract, date(2026, 4, 1))
        settlement.action_confirm()
        self.assertEqual(settlement.turnover, 200)
        contract._charge(date(2026, 4, 1))
        self.env["alarm.settlement"]._prepare_corrections(contract, date(2026, 4, 2))
        self.assertEqual(settlement.correction_ids.amount, 10)

    def test_milestones_that_are_not_reached_are_the_new_customers(self):
        contract = self.run_contract(
            self.fee(0.0),
            partner_id=self.government.id,
            subscriber_ids=[Command.clear()],
            build_amount=1000.0,
            milestone_ids=[
                Command.create({"name": name, "percent": percent, "product_id": self.capacity.id})
                for name, percent in (("Advance", 40), ("Built", 50), ("Retention", 10))
            ],
        )
        contract.milestone_ids[0].action_reach()
        new = self.take_over(contract, date(2026, 2, 15))
        self.assertEqual(
            [(one.name, one.state, one.amount) for one in new.milestone_ids],
            [("Built", "open", 500), ("Retention", "open", 100)],
        )
        with self.assertRaisesRegex(UserError, "reached under"):
            contract.milestone_ids[1].action_reach()
        new.milestone_ids[0].action_reach()
        self.assertEqual(new.charge_ids.amount, 500)

    def test_leased_capacity_is_charged_on_under_the_new_contract(self):
        contract = self.concession()
        lease = self.env["alarm.capacity.lease"].create(
            {
                "name": "Two cores",
                "contract_id": contract.id,
                "partner_id": self.lessee.id,
                "date_start": date(2026, 1, 1),
                "amount": 300.0,
                "product_id": self.capacity.id,
                "pass_on_when": "paid",
            }
        )
        with freeze_time("2026-01-01"):
            lease.action_start()
        self.charge_until(contract, date(2026, 1, 1), date(2026, 2, 1))
        new = self.take_over(contract, date(2026, 2, 15))
        following = new.capacity_lease_ids
        self.assertEqual((lease.state, lease.date_end), ("ended", date(2026, 2, 28)))
        self.assertEqual((following.state, following.date_start), ("running", date(2026, 3, 1)))
        (contract | new)._charge(date(2026, 3, 1))
        self.assertEqual(len(lease.charge_ids), 2)
        self.assertEqual(len(following.charge_ids), 1)
        # What the lessee pays after the end is passed on to whose it was, once.
        with freeze_time("2026-04-01"):
            statement = self.settle(contract, date(2026, 4, 1)).filtered(
                lambda one: one.kind == "pass_on"
            )
            self.assertFalse(statement.amount)
            statement.action_confirm()
            statement.action_invoice()
            for move in lease.charge_ids.move_id:
                self.env["account.payment.register"].with_context(
                    active_model="account.move", active_ids=move.ids
                ).create({})._create_payments()
            settlements = self.env["alarm.settlement"]
            correction = settlements._prepare_corrections(contract, date(2026, 4, 2))
            self.assertEqual(correction.amount, 600)
            correction.action_confirm()
            correction.action_invoice()
            self.assertFalse(settlements._prepare_corrections(contract, date(2026, 4, 2)))

    def test_a_carrier_goes_on_collecting_on_the_terms_agreed_with_it(self):
        position = self.env["account.fiscal.position"].create({"name": "Carriers"})
        term = self.env["account.payment.term"].create({"name": "Carriers"})
        contract = self.run_contract(
            invoice_partner_id=self.carrier.id,
            counterparty_id=self.carrier.id,
            payer="carrier",
            biller="carrier",
            subscriber_ids=[Command.clear()],
            fiscal_position_id=position.id,
            payment_term_id=term.id,
        )
        new = self.take_over(contract, date(2026, 2, 1))
        self.assertEqual(
            (new.invoice_partner_id, new.fiscal_position_id, new.payment_term_id),
            (self.carrier, position, term),
        )
