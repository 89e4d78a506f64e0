from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestSettlementPeriods(SettlementCase):
    """Which days a contract settles: all of its service, each once, whatever its term becomes."""

    def re_sign(self, contract, day, today=None, **values):
        with freeze_time(today or day):
            change = contract.with_user(self.clerk)._action_change(
                "re_sign", day, **{"term_months": 24, **values}
            )
        self.assertEqual(change.state, "done")

    def days(self, settlements):
        return [(one.date_start, one.date_end) for one in settlements.sorted("date_start")]

    def test_a_new_signature_moves_no_period(self):
        contract = self.share_contract()
        self.settle(contract, date(2026, 10, 1))
        self.re_sign(contract, date(2026, 11, 15))
        self.assertEqual(contract.term_start, date(2026, 11, 15))
        with freeze_time("2027-01-01"):
            self.assertEqual(contract.not_settled_since, date(2026, 12, 31))
        statements = self.settle(contract, date(2027, 4, 1))
        self.assertEqual(
            self.days(statements),
            [(date(2026, 10, 1), date(2026, 12, 31)), (date(2027, 1, 1), date(2027, 3, 31))],
        )

    def test_a_new_signature_within_what_is_settled_stops_no_statement(self):
        contract = self.share_contract()
        self.settle(contract, date(2026, 4, 1)).action_confirm()
        self.re_sign(contract, date(2026, 2, 15), today=date(2026, 4, 10))
        self.assertEqual(
            self.days(self.settle(contract, date(2026, 7, 1))),
            [(date(2026, 4, 1), date(2026, 6, 30))],
        )

    def test_a_service_that_goes_on_after_its_term_is_settled_on(self):
        contract = self.share_contract(term_months=4, renewal_kind="manual")
        contract._charge(date(2026, 6, 1))
        statements = self.settle(contract, date(2026, 10, 1))
        self.assertEqual(
            self.days(statements),
            [
                (date(2026, 1, 1), date(2026, 3, 31)),
                (date(2026, 4, 1), date(2026, 6, 30)),
                (date(2026, 7, 1), date(2026, 9, 30)),
            ],
        )
        self.assertEqual(statements[1].turnover, 600)

    def test_what_a_statement_made_by_hand_leaves_of_a_period_is_settled(self):
        contract = self.share_contract()
        self.env["alarm.settlement"].create(
            {
                "contract_id": contract.id,
                "date_start": date(2026, 1, 1),
                "date_end": date(2026, 1, 31),
            }
        )
        with freeze_time("2026-04-05"):
            self.assertTrue(contract.is_not_settled)
        self.assertEqual(
            self.days(self.settle(contract, date(2026, 4, 1))),
            [(date(2026, 2, 1), date(2026, 3, 31))],
        )
        contract.invalidate_recordset()
        with freeze_time("2026-04-05"):
            self.assertFalse(contract.is_not_settled)

    def test_whoever_takes_over_keeps_the_periods_of_the_first_signature(self):
        contract = self.share_contract(subscriber_ids=[Command.clear()])
        self.re_sign(contract, date(2026, 2, 15))
        for day, customer, new_term in (
            (date(2026, 5, 20), self.lessee, False),
            (date(2026, 6, 10), self.carrier, True),
        ):
            with freeze_time(day):
                change = contract.with_user(self.clerk)._action_change(
                    "take_over", day, to_partner_id=customer.id, new_term=new_term
                )
            contract = change.new_contract_id.with_env(self.env)
            self.assertEqual(contract.settlement_anchor, date(2026, 1, 1))
        self.assertEqual(
            self.days(self.settle(contract, date(2026, 7, 1))),
            [(date(2026, 6, 10), date(2026, 6, 30))],
        )

    def test_nobody_types_from_when_periods_are_counted(self):
        contract = self.share_contract()
        for name in ("settlement_anchor", "settled_from"):
            with self.assertRaisesRegex(UserError, "is signed"), self.env.cr.savepoint():
                contract.with_user(self.clerk).write({name: date(2026, 6, 1)})

    def run_jobs(self, contract, day):
        """The scheduler's jobs of a day, and the billing of the contract."""
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref("alarm_contract.ir_cron_contract_changes").method_direct_trigger()
            contract._charge(day)
            self.env.cr.precommit.clear()
            self.env.ref("alarm_settlement.ir_cron_settlement").method_direct_trigger()
        contract.invalidate_recordset()

    def test_the_jobs_settle_a_joint_venture_through_a_new_signature(self):
        venture = self.share_contract(
            share_base="profit", tiers=((0, 40),), renewal_kind="manual", start=date(2026, 7, 1)
        )
        first = [date(2026, month, 1) for month in range(7, 13)]
        following = [date(2027, month, 1) for month in range(1, 5)]
        for day in first[:5]:
            self.run_jobs(venture, day)
        with freeze_time("2026-11-10"):
            change = venture.with_user(self.clerk)._action_change(
                "re_sign", date(2026, 11, 15), term_months=24
            )
        self.assertEqual(change.state, "planned")
        for day in (date(2026, 11, 15), *first[5:], *following):
            self.run_jobs(venture, day)
        self.assertEqual(venture.term_start, date(2026, 11, 15))
        statements = venture.settlement_ids.sorted("date_start")
        self.assertEqual(
            self.days(statements),
            [
                (date(2026, 7, 1), date(2026, 9, 30)),
                (date(2026, 10, 1), date(2026, 12, 31)),
                (date(2027, 1, 1), date(2027, 3, 31)),
            ],
        )
        self.assertEqual(statements.mapped("turnover"), [300, 300, 300])
        self.assertEqual(statements.mapped("amount"), [120, 120, 120])
