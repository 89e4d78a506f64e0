from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestDeferral(TransactionCase):
    """Fees billed in advance become income month by month, and the account agrees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )
        cls.company = cls.env.company
        # What the demo company has of its own is no part of these stories.
        cls.env["alarm.deferral.line"].search([("move_id", "=", False)]).unlink()
        cls.company.alarm_deferral_account_id = cls.env["account.account"].create(
            {"name": "Test Deferred", "code": "T8001", "account_type": "liability_current"}
        )
        cls.income = cls.env["account.account"].create(
            {"name": "Test Fees", "code": "T8002", "account_type": "income"}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Test Monitoring",
                "type": "service",
                "property_account_income_id": cls.income.id,
                "taxes_id": [Command.clear()],
            }
        )
        cls.model = cls.env["alarm.business.model"].create(
            {
                "name": "Test Model",
                "code": "test-deferral",
                "defers_income": True,
                "period_months": 12,
                "in_advance": True,
            }
        )
        cls.customer = cls.env["res.partner"].create({"name": "Test Customer"})
        cls.contract = cls._contract()

    @classmethod
    def _contract(cls, price=1000, start=date(2027, 1, 1), **values):
        contract = cls.env["contract.contract"].create(
            {
                "partner_id": cls.customer.id,
                "business_model_id": cls.model.id,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "name": "Monitoring",
                            "quantity": 1,
                            "specific_price": price,
                            "begins": "date",
                            "date_start": start,
                        }
                    )
                ],
                **values,
            }
        )
        with freeze_time(start):
            contract.action_sign()
            contract.action_start()
        return contract

    def charge(self, day, contract=None):
        with freeze_time(day):
            return (contract or self.contract)._charge(day)

    def release(self, day, **kwargs):
        return self.env["alarm.deferral.line"]._release(self.company, day, **kwargs)

    def balance(self, account, until=None):
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        if until:
            domain.append(("date", "<=", until))
        return round(sum(self.env["account.move.line"].search(domain).mapped("balance")), 2)

    def check(self, deferred, income):
        """The accounts, and that the outlook is the account."""
        account = self.company.alarm_deferral_account_id
        self.assertEqual((-self.balance(account), -self.balance(self.income)), (deferred, income))
        rows = self.outlook()
        self.assertEqual(round(sum(rows.mapped("amount")), 2), deferred)
        self.assertFalse(rows.filtered(lambda row: row.kind == "other"))
        if rows:
            self.assertEqual(rows[-1].left, 0)
        return rows

    def outlook(self):
        """Read anew: its rows are numbered, not known."""
        self.env.flush_all()
        self.env["alarm.deferral.outlook"].invalidate_model()
        return self.env["alarm.deferral.outlook"].search(
            [("account_id", "=", self.company.alarm_deferral_account_id.id)]
        )

    def test_a_year_in_advance_is_income_month_by_month(self):
        invoice = self.charge(date(2027, 1, 1))
        self.assertEqual(
            invoice.invoice_line_ids.account_id, self.company.alarm_deferral_account_id
        )
        rows = self.check(1000, 0)
        self.assertEqual(rows.mapped("amount")[:3], [83.33, 83.34, 83.33])
        self.assertEqual(rows[0].left, 916.67)
        moves = self.release(date(2027, 3, 31))
        self.assertEqual(
            moves.mapped("date"),
            [date(2027, month, day) for month, day in ((1, 31), (2, 28), (3, 31))],
        )
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.check(750, 250)
        self.release(date(2027, 12, 31))
        self.check(0, 1000)

    def test_the_schedule_is_on_the_charge(self):
        self.charge(date(2027, 1, 1))
        charge = self.contract.charge_ids
        self.assertEqual(len(charge.deferral_line_ids), 12)
        self.assertEqual(charge.deferral_id.amount, 1000)
        self.release(date(2027, 2, 28))
        self.assertEqual(
            (charge.deferral_id.released, charge.deferral_id.waiting), (166.67, 833.33)
        )

    def test_whoever_releases_twice_gets_nothing_more(self):
        self.charge(date(2027, 1, 1))
        self.assertEqual(len(self.release(date(2027, 1, 31))), 1)
        self.assertFalse(self.release(date(2027, 1, 31)))
        self.check(916.67, 83.33)

    def test_many_fees_are_one_entry_of_a_month(self):
        others = [self._contract(price) for price in (100, 200.05, 333.33)]
        for contract in (self.contract, *others):
            self.charge(date(2027, 1, 1), contract)
        entry = self.release(date(2027, 1, 31))
        self.assertEqual(len(entry), 1)
        self.assertEqual(len(entry.line_ids), 2)
        self.release(date(2027, 12, 31))
        self.check(0, 1633.38)

    def test_a_period_billed_late_is_income_the_month_it_is_billed(self):
        self.charge(date(2027, 4, 10))
        self.release(date(2027, 3, 31))
        self.check(1000, 0)
        self.release(date(2027, 4, 30))
        self.check(666.67, 333.33)

    def test_a_month_and_what_is_billed_afterwards_is_income_at_once(self):
        for months, kind in ((1, "pre-paid"), (3, "post-paid")):
            contract = self._contract(90)
            contract.contract_line_ids.write(
                {"period_months": months, "recurring_invoicing_type": kind}
            )
            invoice = self.charge(date(2027, 4, 1), contract)[0]
            self.assertEqual(invoice.invoice_line_ids.account_id, self.income)
        self.assertEqual(self.balance(self.company.alarm_deferral_account_id), 0)

    def test_an_attendance_is_income_at_once_though_its_quota_is_of_a_year(self):
        attendance = self.env["alarm.charge"]._add(
            [
                {
                    "contract_id": self.contract.id,
                    "kind": "attendance",
                    "name": "Attendance 1 of the period",
                    "period_start": date(2027, 1, 1),
                    "period_end": date(2027, 12, 31),
                    "date_due": date(2027, 3, 1),
                    "unit_price": 80.0,
                    "amount": 80.0,
                    "product_id": self.product.id,
                    "currency_id": self.contract.currency_id.id,
                    "company_id": self.company.id,
                }
            ]
        )
        attendance._invoice(date(2027, 3, 1))
        self.assertEqual(attendance.move_line_id.account_id, self.income)
        self.assertFalse(attendance.deferral_id)

    def test_without_a_contract_that_defers_nothing_waits(self):
        self.contract.defers_income = False
        invoice = self.charge(date(2027, 1, 1))
        self.assertEqual(invoice.invoice_line_ids.account_id, self.income)

    def test_a_credit_note_of_all_takes_back_month_by_month(self):
        invoice = self.charge(date(2027, 1, 1))
        self.release(date(2027, 3, 31))
        with freeze_time("2027-04-05"):
            credit = invoice._reverse_moves(
                [{"date": date(2027, 4, 5), "invoice_date": date(2027, 4, 5)}]
            )
            credit.action_post()
        self.check(-250, 250)
        self.release(date(2027, 4, 30))
        # Of the first three months all was given back when it was credited.
        self.check(0, 0)
        self.release(date(2027, 12, 31))
        self.check(0, 0)

    def test_a_credit_note_of_the_rest_leaves_what_was_earned(self):
        self.charge(date(2027, 1, 1))
        self.release(date(2027, 3, 31))
        self.contract.contract_line_ids.date_end = date(2027, 6, 30)
        self.env["alarm.charge"]._add(
            [
                {
                    "contract_id": self.contract.id,
                    "contract_line_id": self.contract.contract_line_ids.id,
                    "kind": "adjustment",
                    "name": "Rest of the year",
                    "amount": -500,
                    "quantity": 1,
                    "unit_price": -500,
                    "product_id": self.product.id,
                    "period_start": date(2027, 7, 1),
                    "period_end": date(2027, 12, 31),
                    "date_due": date(2027, 6, 30),
                }
            ]
        )._invoice(date(2027, 6, 30))
        self.check(250, 250)
        self.release(date(2027, 6, 30))
        self.check(0, 500)
        self.release(date(2027, 12, 31))
        self.check(0, 500)

    def test_what_ends_early_without_a_credit_note_is_earned_then(self):
        self.charge(date(2027, 1, 1))
        self.release(date(2027, 3, 31))
        self.contract.contract_line_ids.date_end = date(2027, 6, 15)
        self.release(date(2027, 6, 30))
        self.check(0, 1000)
        self.assertEqual(self.contract.charge_ids.deferral_id.stopped_on, date(2027, 6, 15))
        self.assertEqual(-self.balance(self.income, date(2027, 5, 31)), 416.67)

    def test_what_another_line_goes_on_with_is_earned_as_before(self):
        """Other premises, another price to come: what was paid is served by the line that
        follows."""
        self.charge(date(2027, 1, 1))
        line = self.contract.contract_line_ids
        following = line.copy(
            {"contract_id": self.contract.id, "date_start": date(2027, 4, 1), "date_end": False}
        )
        line.write({"date_end": date(2027, 3, 31), "successor_contract_line_id": following.id})
        following.last_date_invoiced = date(2027, 12, 31)
        self.release(date(2027, 4, 30))
        self.check(666.67, 333.33)
        following.date_end = date(2027, 5, 31)
        self.release(date(2027, 5, 31))
        self.check(0, 1000)

    def test_an_entry_that_is_reversed_is_released_again(self):
        self.charge(date(2027, 1, 1))
        entry = self.release(date(2027, 1, 31))
        entry._reverse_moves([{"date": date(2027, 1, 31)}], cancel=True)
        self.check(1000, 0)
        self.release(date(2027, 1, 31))
        self.check(916.67, 83.33)

    def test_a_reversal_that_is_a_draft_takes_nothing_back(self):
        self.charge(date(2027, 1, 1))
        entry = self.release(date(2027, 1, 31))
        reversal = entry._reverse_moves([{"date": date(2027, 1, 31)}])
        self.check(916.67, 83.33)
        self.assertFalse(self.release(date(2027, 1, 31)))
        # Dated ahead it waits for its day.
        reversal._post()
        self.check(916.67, 83.33)
        with freeze_time("2027-02-01"):
            reversal._post()
        self.check(1000, 0)
        self.release(date(2027, 1, 31))
        self.check(916.67, 83.33)

    def test_what_was_reversed_is_not_taken_back_by_other_ways(self):
        self.charge(date(2027, 1, 1))
        entry = self.release(date(2027, 1, 31))
        again = entry._reverse_moves([{"date": date(2027, 1, 31)}])
        reversal = entry._reverse_moves([{"date": date(2027, 1, 31)}], cancel=True)
        self.release(date(2027, 1, 31))
        for take_back in (
            reversal.button_draft,
            reversal.button_cancel,
            reversal._reverse_moves,
            entry.button_draft,
            entry.button_cancel,
        ):
            with self.assertRaisesRegex(UserError, "both entries stay"), self.env.cr.savepoint():
                take_back()
        with self.assertRaisesRegex(UserError, "taken back already"), self.env.cr.savepoint():
            again._post()
        # What is only a draft is nothing.
        again.button_cancel()
        self.check(916.67, 83.33)

    def test_an_entry_that_is_reset_cannot_be_posted_as_it_was(self):
        self.charge(date(2027, 1, 1))
        entry = self.release(date(2027, 1, 31))
        entry.button_draft()
        self.check(1000, 0)
        again = self.release(date(2027, 1, 31))
        with self.assertRaisesRegex(UserError, "release the deferred income anew"):
            entry._post()
        entry.unlink()
        self.assertTrue(again.alarm_deferral_line_ids)
        self.check(916.67, 83.33)

    def test_an_invoice_that_is_reset_waits_no_more_and_waits_again(self):
        invoice = self.charge(date(2027, 1, 1))
        invoice.button_draft()
        self.assertFalse(
            self.env["alarm.deferral"].search([("contract_id", "=", self.contract.id)])
        )
        self.check(0, 0)
        invoice.action_post()
        self.release(date(2027, 1, 31))
        # Changed after a part of it was income.
        invoice.button_draft()
        self.check(-83.33, 83.33)
        invoice.invoice_line_ids.price_unit = 1200
        invoice.action_post()
        self.check(1116.67, 83.33)
        self.release(date(2027, 1, 31))
        self.check(1100, 100)
        self.release(date(2027, 12, 31))
        self.check(0, 1200)

    def test_a_cancelled_invoice_takes_back_what_was_income(self):
        invoice = self.charge(date(2027, 1, 1))
        self.release(date(2027, 1, 31))
        invoice.button_draft()
        invoice.button_cancel()
        self.release(date(2027, 2, 28))
        self.check(0, 0)

    def test_closed_books_are_named_and_another_day_can_be_chosen(self):
        self.charge(date(2027, 1, 1))
        self.company.fiscalyear_lock_date = date(2027, 2, 28)
        with self.assertRaisesRegex(UserError, "books of .* are closed then .*2027"):
            self.release(date(2027, 3, 31))
        self.check(1000, 0)
        # The job leaves those months with their reason, and releases the others.
        with freeze_time("2027-04-02"), self.assertLogs("odoo.addons.alarm_contract", "WARNING"):
            self.env["alarm.deferral.line"]._cron_release()
            late = self.check(916.67, 83.33).filtered(lambda row: row.kind == "late")
        self.assertEqual(late.mapped("month_name"), ["2027-01", "2027-02"])
        for row in late:
            self.assertIn("closed", row.error)
        run = self.env["alarm.deferral.run"].create(
            {"until": date(2027, 3, 31), "one_entry": True, "date": date(2027, 3, 31)}
        )
        self.assertEqual(run.amount, 166.67)
        action = run.action_run()
        entry = self.env["account.move"].search(action["domain"])
        self.assertEqual(entry.date, date(2027, 3, 31))
        self.check(750, 250)

    def test_one_account_that_is_wrong_keeps_nothing_else_from_being_released(self):
        self.charge(date(2027, 1, 1))
        closed = self.income.copy({"code": "T8009"})
        self.product.property_account_income_id = closed
        contract = self._contract(price=600)
        self.charge(date(2027, 1, 1), contract)
        lines = self.env["alarm.deferral.line"]
        posts = type(self.env["account.move"])._post

        def refuse(moves, soft=True):
            if closed in moves.line_ids.account_id:
                raise UserError(closed.code)
            return posts(moves, soft)

        with (
            freeze_time("2027-02-02"),
            self.assertLogs("odoo.addons.alarm_contract", "WARNING"),
            patch.object(type(self.env["account.move"]), "_post", refuse),
        ):
            lines._cron_release()
        self.assertEqual(self.balance(self.income), -83.33)
        waiting = lines.search([("error", "!=", False)])
        self.assertEqual(waiting.contract_id, contract)
        self.assertFalse(waiting.move_id)
        self.assertEqual(waiting.error, closed.code)
        with freeze_time("2027-02-03"):
            lines._cron_release()
        self.assertEqual(self.balance(closed), -50)
        self.assertFalse(waiting.error)

    def test_the_job_releases_the_months_that_are_over(self):
        self.charge(date(2027, 1, 1))
        with freeze_time("2027-03-01"):
            self.env["alarm.deferral.line"]._cron_release()
        self.check(833.33, 166.67)

    def test_another_entry_on_the_account_is_shown_as_such(self):
        self.charge(date(2027, 1, 1))
        account = self.company.alarm_deferral_account_id
        self.env["account.move"].create(
            {
                "date": date(2027, 1, 1),
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": -7, "name": "By hand"}),
                    Command.create({"account_id": self.income.id, "balance": 7, "name": "By hand"}),
                ],
            }
        ).action_post()
        rows = self.outlook()
        other = rows.filtered(lambda row: row.kind == "other")
        self.assertEqual(other.amount, 7)
        self.assertEqual(round(sum(rows.mapped("amount")), 2), -self.balance(account))
        found = self.env["account.move.line"].search(other.action_view_lines()["domain"])
        self.assertEqual(found.mapped("name"), ["By hand"])

    def test_another_currency_keeps_the_rate_of_the_invoice(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rounding": 0.01,
                "rate_ids": [Command.create({"name": date(2026, 1, 1), "rate": 2})],
            }
        )
        journal = self.env["account.journal"].create(
            {"name": "Test Sales", "code": "TSAL", "type": "sale", "currency_id": currency.id}
        )
        contract = self._contract(journal_id=journal.id)
        invoice = self.charge(date(2027, 1, 1), contract)
        self.assertEqual(invoice.currency_id, currency)
        self.check(500, 0)
        self.release(date(2027, 12, 31))
        self.check(0, 500)

    def test_income_goes_where_the_tax_of_the_payer_sends_it(self):
        abroad = self.income.copy({"code": "T8010"})
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Test Abroad",
                "account_ids": [
                    Command.create({"account_src_id": self.income.id, "account_dest_id": abroad.id})
                ],
            }
        )
        # The contract itself names none: the invoice has it of who pays.
        self.customer.property_account_position_id = position
        invoice = self.charge(date(2027, 1, 1))
        self.assertEqual(invoice.fiscal_position_id, position)
        self.release(date(2027, 1, 31))
        self.assertEqual(self.balance(abroad), -83.33)
        self.assertFalse(self.balance(self.income))

    def test_income_of_an_account_of_costs_is_booked_when_it_is_earned(self):
        plan = self.env["account.analytic.plan"].create({"name": "Test Plan"})
        analytic = self.env["account.analytic.account"].create({"name": "Test", "plan_id": plan.id})
        self.contract.contract_line_ids.analytic_distribution = {str(analytic.id): 100}
        self.charge(date(2027, 1, 1))
        invoice_line = self.contract.charge_ids.move_line_id
        self.assertFalse(invoice_line.analytic_line_ids)
        entry = self.release(date(2027, 1, 31))
        self.assertEqual(entry.line_ids.analytic_line_ids.mapped("amount"), [83.33])

    def test_a_clerk_sees_it_and_does_not_release(self):
        self.charge(date(2027, 1, 1))
        clerk = new_test_user(self.env, "t-clerk", "alarm_contract.group_clerk")
        self.env.flush_all()
        self.assertTrue(self.env["alarm.deferral.outlook"].with_user(clerk).search([]))
        with self.assertRaises(AccessError):
            self.env["alarm.deferral.run"].with_user(clerk).create({})
        manager = new_test_user(self.env, "t-manager", "alarm_contract.group_contract_manager")
        run = self.env["alarm.deferral.run"].with_user(manager).create({"until": "2027-01-31"})
        run.action_run()
        self.check(916.67, 83.33)

    def test_many_invoices_take_the_same_number_of_queries(self):
        counts = {}
        for number in (2, 20):
            contracts = self.env["contract.contract"]
            for _index in range(number):
                contracts |= self._contract()
            invoices = self.charge(date(2027, 1, 1), contracts)
            invoices.button_draft()
            self.env.flush_all()
            self.env.invalidate_all()
            lines = invoices.invoice_line_ids
            lines.mapped("parent_state")
            self.env.cr.execute(
                "UPDATE account_move_line SET parent_state = 'posted' WHERE id = ANY(%s)",
                [lines.ids],
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["alarm.deferral"]._follow(lines)
            counts[number] = self.env.cr.sql_log_count - before
        self.assertLessEqual(counts[20], counts[2] + 3)

    def start_fee(self, price=240, **values):
        """A contract with a fee to begin with and no other, of a model that defers nothing."""
        contract = self._contract(price, defers_income=False, term_months=24)
        contract.contract_line_ids.write({"charge_kind": "one_off", **values})
        return contract

    def test_a_start_fee_is_earned_at_once_unless_its_line_says_otherwise(self):
        contract = self.start_fee()
        self.assertEqual(contract.contract_line_ids.earned_over, "at_once")
        invoice = self.charge(date(2027, 1, 1), contract)
        self.assertEqual(invoice.invoice_line_ids.account_id, self.income)
        self.assertFalse(contract.charge_ids.earned_from)

    def test_a_start_fee_is_earned_over_the_term_or_so_many_months(self):
        for values, last in (
            ({"earned_over": "term"}, date(2028, 12, 31)),
            ({"earned_over": "months", "earned_months": 12}, date(2027, 12, 31)),
        ):
            contract = self.start_fee(**values)
            self.charge(date(2027, 1, 1), contract)
            charge = contract.charge_ids
            self.assertEqual((charge.earned_from, charge.earned_to), (date(2027, 1, 1), last))
            # What was charged, and that it is charged no more, goes by its day as before.
            self.assertEqual((charge.period_start, charge.period_end), 2 * (date(2027, 1, 1),))
            self.assertFalse(contract.contract_line_ids.recurring_next_date)
            # What is agreed afterwards changes nothing of it.
            contract.contract_line_ids.earned_over = "at_once"
            self.assertEqual(charge.earned_to, last)
        self.check(480, 0)
        self.release(date(2027, 3, 31))
        self.check(390, 90)
        self.release(date(2027, 12, 31))
        self.check(120, 360)
        self.release(date(2028, 12, 31))
        self.check(0, 480)

    def test_a_start_fee_that_comes_before_the_service_is_earned_over_the_length_of_the_term(self):
        contract = self.start_fee(earned_over="term")
        contract._write_by_verb({"term_end": False})
        self.charge(date(2027, 1, 1), contract)
        self.assertEqual(contract.charge_ids.earned_to, date(2028, 12, 31))

    def test_a_credit_note_of_a_start_fee_waits_with_it(self):
        contract = self.start_fee(earned_over="term")
        invoice = self.charge(date(2027, 1, 1), contract)
        self.release(date(2027, 3, 31))
        with freeze_time("2027-04-05"):
            invoice._reverse_moves(
                [{"date": date(2027, 4, 5), "invoice_date": date(2027, 4, 5)}]
            ).action_post()
        self.end(contract, date(2027, 4, 30))
        self.release(date(2027, 4, 30))
        self.check(0, 0)

    def end(self, contract, day, **values):
        contract._write_by_verb({"terminate_date": day})
        contract._transition("end", **values)

    def test_what_is_left_of_a_start_fee_is_earned_when_the_contract_ends(self):
        contract = self.start_fee(earned_over="term")
        self.charge(date(2027, 1, 1), contract)
        self.release(date(2027, 5, 31))
        self.end(contract, date(2027, 6, 15))
        self.release(date(2027, 5, 31))
        self.check(190, 50)
        self.release(date(2027, 6, 30))
        self.check(0, 240)

    def test_a_start_fee_is_earned_on_under_whoever_takes_the_contract_over(self):
        contract, following = self.start_fee(earned_over="term"), self._contract(0)
        self.charge(date(2027, 1, 1), contract)
        self.end(contract, date(2027, 3, 31), successor_contract_id=following.id)
        self.release(date(2027, 6, 30))
        self.check(180, 60)
        self.end(following, date(2027, 7, 31))
        self.release(date(2027, 7, 31))
        self.check(0, 240)

    def test_over_how_many_months_it_is_earned_is_said(self):
        line = self.contract.contract_line_ids
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            line.write({"charge_kind": "one_off", "earned_over": "months", "earned_months": 0})

    def test_a_subsidy_is_proposed_over_the_months_in_which_it_is_worked_off(self):
        contract = self.env["contract.contract"].create(
            {
                "partner_id": self.customer.id,
                "business_model_id": self.model.id,
                "subsidy_amount": 720,
                "subsidy_months": 24,
                "contract_line_ids": [
                    Command.create(
                        {"product_id": self.product.id, "name": name, "specific_price": price}
                        | values
                    )
                    for name, price, values in (
                        ("Subsidy", 720, {"charge_kind": "one_off"}),
                        ("Agreed", 720, {"charge_kind": "one_off", "earned_over": "at_once"}),
                        ("Set-up", 100, {"charge_kind": "one_off"}),
                        ("Fee", 720, {}),
                    )
                ],
            }
        )
        self.assertEqual(
            contract.contract_line_ids.mapped("earned_over"),
            ["months", "at_once", "at_once", "at_once"],
        )
        self.assertEqual(contract.contract_line_ids[0].earned_months, 24)
        # In the form, where nothing is saved yet.
        with (
            Form(contract, "alarm_contract.contract_contract_view_form") as form,
            form.contract_line_ids.new() as line,
        ):
            line.product_id = self.product
            line.charge_kind = "one_off"
            line.price_unit = 720
            self.assertEqual((line.earned_over, line.earned_months), ("months", 24))
