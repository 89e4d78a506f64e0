from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import alarm_billing_run_work as work
from .common import ContractCase, make_service

JANUARY = date(2026, 1, 1)


class BillingCase(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.alarm_billing_mail = False
        cls.payers = cls.env["res.partner"].create(
            [{"name": f"Payer {number}", "email": f"p{number}@example.com"} for number in range(4)]
        )

    @classmethod
    def make_contracts(cls, number, *lines, **values):
        contracts = cls.env["contract.contract"]
        for n in range(number):
            contracts |= cls.run_contract(*lines, invoice_partner_id=cls.payers[n % 4].id, **values)
        return contracts

    def make_run(self, day=JANUARY, **values):
        run = self.env["alarm.billing.run"].with_user(self.clerk).create({"date": day, **values})
        return run.with_user(self.env.user)

    def start(self, run):
        """As a click of the clerk, with the background work in this transaction."""
        run.with_user(self.clerk).action_start()
        self.env["alarm.billing.run"]._run_due()
        self.env.invalidate_all()
        return run

    def items(self, run, state):
        return run.item_ids.filtered(lambda item: item.state == state)


@tagged("post_install", "-at_install")
class TestBillingRun(BillingCase):
    def test_all_that_is_owed_is_invoiced_once(self):
        contracts = self.make_contracts(3)
        run = self.start(self.make_run())
        self.assertEqual(run.state, "done")
        self.assertEqual(self.items(run, "done").contract_id, contracts)
        moves = run.item_ids.move_ids
        self.assertEqual(len(moves), 3)
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(set(moves.mapped("invoice_date")), {JANUARY})
        self.assertEqual(run.progress, 100)
        self.assertIn("300", run.invoiced)
        again = self.start(self.make_run())
        self.assertFalse(again.item_ids)
        self.assertEqual(again.state, "done")

    def test_a_preview_makes_nothing_and_says_what_will_be(self):
        contract = self.make_contracts(1, self.fee(80), self.fee(20, self.maintenance))
        run = self.make_run()
        run.with_user(self.clerk).action_preview()
        self.env.invalidate_all()
        self.assertEqual(run.state, "previewed")
        item = run.item_ids
        self.assertEqual(item.contract_id, contract)
        self.assertEqual(item.expected, 100)
        self.assertEqual([line["amount"] for line in item.lines], [80, 20])
        self.assertIn("Test Maintenance", item.lines_shown)
        self.assertFalse(self.env["alarm.charge"].search([("contract_id", "=", contract.id)]))
        self.start(run)
        self.assertEqual(item.amount, 100)
        self.assertFalse(item.differs)

    def test_a_preview_shows_what_others_added_and_what_changed_since(self):
        contract = self.make_contracts(1)
        charge = self.env["alarm.charge"]._add(
            [
                {
                    "contract_id": contract.id,
                    "kind": "attendance",
                    "name": "Attendance",
                    "amount": 50,
                    "date_due": JANUARY,
                    "product_id": self.setup_service.id,
                }
            ]
        )
        run = self.make_run()
        run.with_user(self.clerk).action_preview()
        self.assertEqual(run.item_ids.expected, 150)
        charge._waive("As agreed")
        self.start(run)
        self.assertEqual(run.item_ids.amount, 100)
        self.assertTrue(run.item_ids.differs)

    def test_a_preview_again_forgets_the_first_one(self):
        contracts = self.make_contracts(2)
        run = self.make_run()
        run.with_user(self.clerk).action_preview()
        contracts[0].contract_line_ids.specific_price = 70
        run.with_user(self.clerk).action_preview()
        self.assertEqual(sorted(run.item_ids.mapped("expected")), [70, 100])

    def test_one_bad_contract_stops_no_other_and_says_why(self):
        contracts = self.make_contracts(5)
        bad = contracts[2]
        bad.invoice_partner_id = self.env["res.partner"].create({"name": "Gone", "active": False})
        run = self.start(self.make_run())
        self.assertEqual(run.state, "done")
        self.assertEqual(self.items(run, "done").contract_id, contracts - bad)
        self.assertIn("Gone", self.items(run, "failed").reason)
        self.assertIn("Gone", bad.invoice_generation_error)
        self.assertEqual(run.activity_ids.user_id, self.clerk)
        bad.invoice_partner_id = self.payers[0]
        run.with_user(self.clerk).action_retry()
        self.env["alarm.billing.run"]._run_due()
        self.env.invalidate_all()
        self.assertEqual(run.failed_count, 0)
        self.assertFalse(bad.invoice_generation_error)
        self.assertEqual(len(run.item_ids.move_ids), 5)

    def two_runs(self):
        """Two runs in the background, neither of which has begun."""
        self.make_contracts(1)
        runs = self.make_run() | self.make_run()
        with patch.object(type(runs), "_go_on", return_value=True):
            for run in runs:
                run.with_user(self.clerk).action_start()
        return runs

    @mute_logger("odoo.addons.alarm_contract.models.alarm_billing_run_work")
    def test_a_run_that_breaks_stops_no_other(self):
        first, second = self.two_runs()
        original = type(first)._work

        def work_or_break(run):
            if run == first:
                raise ValueError("broken")
            return original(run)

        with patch.object(type(first), "_work", work_or_break):
            first.browse()._run_due()
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("running", "done"))

    def test_a_run_that_another_process_works_on_stops_no_other(self):
        first, second = self.two_runs()
        locks = [work.LockNotAvailable, None]
        original = work.matters_locked

        def locked_once(*args, **kwargs):
            if error := locks.pop(0):
                raise error
            return original(*args, **kwargs)

        with patch.object(work, "matters_locked", locked_once):
            first.browse()._run_due()
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("running", "done"))

    def test_an_archived_account_is_said_in_the_preview(self):
        account = self.env["account.account"].create(
            {"name": "Old Income", "code": "OLDINC", "account_type": "income"}
        )
        product = make_service(self, "Old Service", property_account_income_id=account.id)
        good, bad = self.make_contracts(1), self.make_contracts(1, self.fee(10, product))
        account.active = False
        run = self.make_run()
        run.with_user(self.clerk).action_preview()
        self.env.invalidate_all()
        self.assertIn("Old Income", self.items(run, "failed").reason)
        self.assertEqual(self.items(run, "failed").contract_id, bad)
        self.start(run)
        self.assertEqual(self.items(run, "done").contract_id, good)
        self.assertEqual(self.items(run, "failed").contract_id, bad)

    def test_a_company_without_a_journal_is_said_of_each(self):
        self.make_contracts(2)
        journals = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)]
        )
        journals.active = False
        run = self.start(self.make_run())
        self.assertEqual(run.failed_count, 2)
        for item in run.item_ids:
            self.assertIn(journals[0].with_context(lang=self.clerk.lang).display_name, item.reason)

    def test_what_nobody_foresaw_is_found_by_halves_and_costs_no_other(self):
        contracts = self.make_contracts(9)
        bad = contracts[4]
        charge = type(self.env["contract.contract"])._charge
        batches = []

        def fails(records, day):
            batches.append(len(records))
            if bad in records:
                raise ZeroDivisionError("unforeseen")
            return charge(records, day)

        with (
            patch.object(type(self.env["contract.contract"]), "_charge", fails),
            self.assertLogs(work.__name__, "WARNING"),
        ):
            run = self.start(self.make_run())
        self.assertEqual(self.items(run, "done").contract_id, contracts - bad)
        self.assertIn("unforeseen", self.items(run, "failed").reason)
        self.assertLess(len(batches), 9)
        self.assertEqual(len(run.item_ids.move_ids), 8)

    def test_contracts_of_one_payer_come_on_one_invoice_whatever_the_batch(self):
        contracts = self.make_contracts(12, invoice_grouping="customer")
        with patch.object(work, "BATCH", 2):
            run = self.start(self.make_run())
        self.assertEqual(run.done_count, 12)
        self.assertEqual(len(run.item_ids.move_ids), 4)
        for item in run.item_ids:
            self.assertEqual(item.move_ids.partner_id, item.payer_id)
            self.assertEqual(item.amount, 100)
        self.assertEqual(contracts, run.item_ids.contract_id)

    def test_a_bad_contract_does_not_keep_its_payers_others(self):
        contracts = self.make_contracts(8, invoice_grouping="customer")
        bad, refused = contracts[0], UserError("no such tax")
        charge = type(self.env["contract.contract"])._charge

        def fails(records, day):
            if bad in records:
                raise refused
            return charge(records, day)

        with patch.object(type(self.env["contract.contract"]), "_charge", fails):
            run = self.start(self.make_run())
        self.assertEqual(self.items(run, "failed").contract_id, bad)
        self.assertEqual(self.items(run, "failed").reason, "no such tax")
        self.assertEqual(len(run.item_ids.move_ids), 4)

    def test_a_stopped_run_goes_on_where_it_was(self):
        self.make_contracts(6)
        run = self.make_run()
        bill_next = work.AlarmBillingRun._bill_next
        runs = type(self.env["alarm.billing.run"])

        def stops(record):
            done = bill_next(record)
            record.action_stop()
            return done

        with patch.object(work, "BATCH", 2):
            with patch.object(runs, "_bill_next", stops):
                self.start(run)
            self.assertEqual((run.state, run.done_count), ("stopped", 2))
            self.assertAlmostEqual(run.progress, 100 / 3)
            run.with_user(self.clerk).action_resume()
        self.env.invalidate_all()
        self.assertEqual((run.state, run.done_count), ("done", 6))
        self.assertEqual(len(run.item_ids.move_ids), 6)

    def test_periods_in_arrear_are_all_invoiced(self):
        contract = self.make_contracts(1)
        run = self.start(self.make_run(date(2026, 3, 1)))
        self.assertEqual(run.item_ids.amount, 300)
        self.assertEqual(contract.contract_line_ids.recurring_next_date, date(2026, 4, 1))

    def test_only_a_verb_changes_the_state_or_whose_name_it_works_in(self):
        run = self.make_run().with_user(self.clerk)
        for vals in ({"state": "done"}, {"user_id": self.env.ref("base.user_admin").id}):
            with self.assertRaises(UserError):
                run.write(vals)
            with self.assertRaises(UserError):
                self.env["alarm.billing.run"].with_user(self.clerk).create(vals)
        made = run.with_context(default_state="done", default_user_id=1).create({})
        self.assertEqual((made.state, made.user_id), ("draft", self.clerk))

    def test_an_accountant_reads_runs_and_starts_none(self):
        run = self.make_run()
        as_accountant = run.with_user(self.accountant)
        self.assertEqual(as_accountant.state, "draft")
        for verb in ("action_preview", "action_start", "action_retry", "action_stop"):
            with self.assertRaises(AccessError):
                getattr(as_accountant, verb)()
        with self.assertRaises(AccessError):
            run.with_user(self.dispatcher).read(["state"])

    def test_a_run_that_has_begun_stays(self):
        self.make_contracts(1)
        run = self.start(self.make_run())
        with self.assertRaises(UserError):
            run.with_user(self.clerk).unlink()
        with self.assertRaises(UserError):
            run.with_user(self.clerk).date = date(2027, 1, 1)
        with self.assertRaises(AccessError):
            run.item_ids.with_user(self.clerk).write({"state": "pending"})

    def test_the_daily_run_bills_the_companies_that_want_it(self):
        self.make_contracts(2)
        runs = self.env["alarm.billing.run"]
        runs._run_daily()
        self.assertFalse(runs.search([("kind", "=", "daily")]))
        self.company.write({"alarm_billing_daily": True, "alarm_billing_user_id": self.clerk.id})
        runs._run_daily()
        run = runs.search([("kind", "=", "daily")])
        self.assertEqual((run.state, run.user_id, run.done_count), ("done", self.clerk, 2))
        runs._run_daily()
        self.assertEqual(runs.search_count([("kind", "=", "daily")]), 1)

    def lose_company(self, user):
        """Who bills works for another company from now on."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})

    def test_only_who_works_for_a_company_bills_it_every_day(self):
        self.lose_company(self.manager)
        with self.assertRaisesRegex(ValidationError, "Mona cannot bill"), self.env.cr.savepoint():
            self.company.alarm_billing_user_id = self.manager
        self.clerk.active = False
        with self.assertRaisesRegex(ValidationError, "Cleo cannot bill"), self.env.cr.savepoint():
            self.company.alarm_billing_user_id = self.clerk

    @mute_logger("odoo.addons.alarm_contract.models.alarm_billing_run_work")
    def test_a_daily_run_that_stands_still_says_why_and_is_one(self):
        self.company.write({"alarm_billing_daily": True, "alarm_billing_user_id": self.clerk.id})
        self.make_contracts(2)
        home = self.clerk.company_ids
        self.lose_company(self.clerk)
        runs = self.env["alarm.billing.run"]
        for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
            with freeze_time(day):
                runs._run_daily()
                runs._run_due()
        run = runs.search([("kind", "=", "daily")])
        self.assertEqual(len(run), 1)
        self.assertEqual(run.state, "running")
        self.assertTrue(run.problem)
        self.assertEqual(len(run.activity_ids), 1)
        self.assertTrue(run.activity_ids.user_id.has_group("alarm_contract.group_contract_manager"))
        self.clerk.write({"company_ids": [Command.link(home.id)]})
        runs._run_due()
        self.env.invalidate_all()
        self.assertEqual((run.state, run.problem, run.done_count), ("done", False, 2))

    def test_plain_contracts_are_left_to_their_own_job(self):
        plain = self.env["contract.contract"].create(
            {
                "name": "Plain",
                "partner_id": self.customer.id,
                "contract_line_ids": [
                    Command.create(
                        {"product_id": self.monitoring.id, "name": "x", "date_start": JANUARY}
                    )
                ],
            }
        )
        run = self.start(self.make_run())
        self.assertNotIn(plain, run.item_ids.contract_id)

    def test_queries_do_not_grow_with_what_is_previewed(self):
        def queries(run):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._reckon()
            return self.env.cr.sql_log_count - before

        self.make_contracts(3)
        few = self.make_run()
        few._transition("preview")
        few._collect()
        number = queries(few)
        self.make_contracts(12)
        many = self.make_run()
        many._transition("preview")
        many._collect()
        self.assertLessEqual(queries(many), number + 2)
