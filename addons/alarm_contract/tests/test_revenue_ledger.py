from datetime import date, timedelta

import psycopg2
from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ContractCase

START = date(2030, 1, 10)


@tagged("post_install", "-at_install")
class TestRevenueLedger(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(START))

    def live(self, *lines, start=START, **values):
        contract = self.run_contract(*lines, start=start, **values)
        self.env.cr.flush()
        return contract

    def book(self, contracts, days):
        """Book so many days after the start; the kinds and amounts that were booked."""
        before = contracts.revenue_movement_ids
        with freeze_time(START + timedelta(days=days)):
            self.env.cr.flush()
            contracts.contract_line_ids._book_revenue()
        contracts.invalidate_recordset(["revenue_movement_ids"])
        return self.told(contracts.revenue_movement_ids - before)

    def told(self, movements):
        return [(movement.kind, movement.amount) for movement in movements.sorted("id")]

    def test_a_contract_is_booked_when_it_goes_live(self):
        contract = self.live(self.fee(1200, period_months=12), self.fee(30))
        movements = contract.revenue_movement_ids.sorted("id")
        self.assertEqual(self.told(movements), [("new", 100), ("new", 30)])
        self.assertEqual(movements.mapped("contracts"), [1, 0])
        self.assertEqual(set(movements.mapped("booked_on")), {START})
        self.assertEqual(set(movements.mapped("cohort_on")), {START.replace(day=1)})

    def test_what_does_not_come_back_does_not_count(self):
        contract = self.live(
            self.fee(50, charge_kind="one_off"),
            self.fee(50, charge_kind="deposit"),
            self.fee(50, charge_kind="per_attendance"),
            self.fee(50, product=self.setup_service),
        )
        self.assertFalse(contract.revenue_movement_ids)

    def test_a_draft_or_one_that_waits_is_worth_nothing(self):
        contract = self.make_contract(self.fee(50, begins="date", date_start=START), self.fee(60))
        contract.contract_line_ids._book_revenue()
        self.assertFalse(contract.revenue_movement_ids)
        contract._action_sign(START)
        self.env.cr.flush()
        self.assertEqual(self.told(contract.revenue_movement_ids), [("new", 50)])

    def test_nothing_is_booked_twice(self):
        contract = self.live()
        self.assertEqual(self.book(contract, 0), [])
        self.assertEqual(self.book(contract, 40), [])

    def test_prices_and_pieces_that_change(self):
        contract = self.live(self.fee(10, quantity=4))
        contract.contract_line_ids.write({"specific_price": 12, "quantity": 5})
        self.assertEqual(self.book(contract, 5), [("add_on", 10), ("price_up", 10)])
        contract.contract_line_ids.write({"quantity": 2})
        self.assertEqual(self.book(contract, 6), [("downgrade", -36)])

    def test_counted_lines_grow_with_what_is_counted(self):
        contract = self.live(self.fee(5, charge_kind="per_zone"))
        before = contract.revenue_movement_ids
        self.env["alarm.zone"].create(
            [
                {"panel_id": self.panel.id, "number": number, "name": number, "billable": True}
                for number in ("301", "302")
            ]
        )
        self.assertEqual(self.book(contract, 3), [("add_on", 10)])
        self.assertEqual(self.told(before)[0][0], "new")

    def test_the_end_of_a_discount_is_a_price_up_since_then(self):
        until = START + timedelta(days=20)
        contract = self.live(self.fee(100, discount=100, discount_until=until))
        self.assertEqual(self.told(contract.revenue_movement_ids), [("new", 0)])
        self.assertEqual(self.book(contract, 30), [("price_up", 100)])
        movement = contract.revenue_movement_ids[0]
        self.assertEqual(movement.effective_on, until + timedelta(days=1))
        self.assertEqual(movement.booked_on, START + timedelta(days=30))

    def test_what_is_entered_afterwards_leaves_the_months_before_alone(self):
        early = START - relativedelta(months=3)
        contract = self.live(start=early)
        movement = contract.revenue_movement_ids
        self.assertEqual((movement.effective_on, movement.booked_on), (early, START))
        self.assertEqual(movement.cohort_on, early.replace(day=1))
        # Not even who asks for a day that is over changes it.
        contract.contract_line_ids.specific_price = 150
        contract.contract_line_ids._book_revenue(early)
        contract.invalidate_recordset(["revenue_movement_ids"])
        self.assertEqual(contract.revenue_movement_ids[0].booked_on, START)

    def test_a_line_that_ends_is_dropped_and_the_last_one_cancelled(self):
        contract = self.live(self.fee(100), self.fee(30))
        one, other = contract.contract_line_ids
        other.date_end = START + timedelta(days=4)
        self.assertEqual(self.book(contract, 4), [])
        self.assertEqual(self.book(contract, 5), [("drop", -30)])
        one.date_end = START + timedelta(days=9)
        self.assertEqual(self.book(contract, 12), [("cancel", -100)])
        movement = contract.revenue_movement_ids[0]
        self.assertEqual(movement.contracts, -1)
        self.assertEqual(movement.effective_on, START + timedelta(days=10))

    def test_the_reason_is_kept(self):
        reason = self.env["contract.terminate.reason"].create({"name": "T", "kind": "price"})
        contract = self.live()
        contract.contract_line_ids.write(
            {"date_end": START, "end_cause": "cancel", "end_reason_id": reason.id}
        )
        self.book(contract, 1)
        self.assertEqual(contract.revenue_movement_ids[0].reason_id, reason)

    def successor(self, line, price, cause, **values):
        line.write({"date_end": START + timedelta(days=9), "end_cause": cause})
        successor = line.copy(
            {
                "date_start": START + timedelta(days=10),
                "waiting": False,
                "specific_price": price,
                **values,
            }
        )
        successor.start_cause = cause
        return successor

    def test_who_signs_anew_is_no_loss(self):
        contract = self.live()
        self.successor(contract.contract_line_ids, 120, "re_sign")
        self.assertEqual(self.book(contract, 10), [("re_sign", -100), ("re_sign", 120)])
        self.assertEqual(set(contract.revenue_movement_ids.mapped("contracts")), {0, 1})

    def test_who_takes_over_keeps_the_month_of_who_was_before(self):
        contract = self.live()
        follower = self.make_contract(predecessor_contract_id=contract.id)
        contract.successor_contract_id = follower
        with freeze_time(START + relativedelta(months=2)):
            day = START + relativedelta(months=2)
            contract.contract_line_ids.write(
                {"date_end": day - timedelta(days=1), "end_cause": "transfer"}
            )
            follower.contract_line_ids.start_cause = "transfer"
            follower._action_sign(day)
            follower._action_start(day)
            self.env.cr.flush()
        contract.invalidate_recordset(["revenue_movement_ids"])
        came, went = follower.revenue_movement_ids, contract.revenue_movement_ids[0]
        self.assertEqual((came.kind, came.amount, came.contracts), ("transfer", 100, 1))
        self.assertEqual((went.kind, went.amount, went.contracts), ("transfer", -100, -1))
        self.assertEqual(came.cohort_on, START.replace(day=1))

    def test_who_is_suspended_and_leaves_is_lost_after_all(self):
        contract = self.live()
        line = contract.contract_line_ids
        line.write({"date_end": START + timedelta(days=2), "end_cause": "suspension"})
        self.assertEqual(self.book(contract, 3), [("suspension", -100)])
        contract._write_by_verb({"alarm_state": "ended"})
        self.assertEqual(self.book(contract, 9), [("suspension", 100), ("cancel", -100)])
        movements = contract.revenue_movement_ids.sorted("id")
        self.assertEqual(movements.mapped("contracts"), [1, -1, 1, -1])
        self.assertEqual(movements[-1].effective_on, START + timedelta(days=9))
        self.assertEqual(self.book(contract, 10), [])

    def test_an_end_that_is_taken_back_puts_its_own_row_right(self):
        contract = self.live()
        contract.contract_line_ids.date_end = START
        self.assertEqual(self.book(contract, 1), [("cancel", -100)])
        contract.contract_line_ids.date_end = False
        self.assertEqual(self.book(contract, 2), [("cancel", 100)])
        self.assertEqual(sum(contract.revenue_movement_ids.mapped("contracts")), 1)

    def test_the_daily_job_finds_what_nobody_booked(self):
        contract = self.live(self.fee(100), self.fee(30))
        lines = contract.contract_line_ids
        lines[0].specific_price = 90
        lines[1].date_end = START
        self.env.cr.precommit.clear()
        with freeze_time(START + timedelta(days=1)), self.enter_registry_test_mode():
            self.env.ref("alarm_contract.ir_cron_book_revenue").method_direct_trigger()
        contract.invalidate_recordset()
        self.assertEqual(
            self.told(contract.revenue_movement_ids.sorted("id")[2:]),
            [("price_down", -10), ("drop", -30)],
        )

    def test_the_number_of_queries_does_not_depend_on_the_number_of_contracts(self):
        def count(number):
            contracts = self.env["contract.contract"].union(
                *(self.make_contract() for _index in range(number))
            )
            contracts._action_sign(START)
            contracts._write_by_verb({"alarm_state": "running", "live_on": START})
            contracts.contract_line_ids.write({"waiting": False, "date_start": START})
            self.env.flush_all()
            self.env.cr.precommit.clear()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            contracts.contract_line_ids._book_revenue()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(12))

    def test_nobody_changes_what_is_booked(self):
        movement = self.live().revenue_movement_ids
        for change in (
            lambda: movement.write({"amount": 1}),
            movement.unlink,
            lambda: movement.create({"amount": 1}),
        ):
            with self.assertRaises(UserError):
                change()
        for statement in (
            "UPDATE alarm_revenue_movement SET amount = 1",
            "DELETE FROM alarm_revenue_movement",
            "TRUNCATE alarm_revenue_movement",
        ):
            with (
                self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)

    def test_a_line_that_brought_revenue_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "revenue ledger"):
            self.live().contract_line_ids.unlink()

    def test_who_reads_it(self):
        movement = self.live().revenue_movement_ids
        self.assertEqual(movement.with_user(self.clerk).amount, 100)
        self.assertEqual(movement.with_user(self.accountant).amount, 100)
        with self.assertRaises(AccessError):
            movement.with_user(new_test_user(self.env, "t-r-out", "base.group_user")).read(["kind"])
        other = self.env["res.company"].create({"name": "Other Centre"})
        stranger = new_test_user(
            self.env,
            "t-r-other",
            "alarm_contract.group_contract_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(movement.with_user(stranger).search([("id", "=", movement.id)]))
