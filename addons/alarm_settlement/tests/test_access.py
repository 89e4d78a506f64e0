from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.alarm_contract.tests.test_changes import reason_of

from .common import SettlementCase

MODELS = (
    "alarm.settlement",
    "alarm.settlement.line",
    "alarm.capacity.lease",
    "alarm.carrier.file",
    "alarm.carrier.file.line",
    "alarm.contract.milestone",
    "alarm.transfer.list",
    "alarm.transfer.list.line",
)


@tagged("post_install", "-at_install")
class TestAccess(SettlementCase):
    def test_a_clerk_settles_from_statement_to_bill(self):
        contract = self.share_contract()
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract.with_user(self.clerk), date(2026, 4, 1))
        settlement = settlement.with_user(self.clerk)
        settlement.action_confirm()
        settlement.action_invoice()
        self.assertEqual(settlement.confirmed_by_id, self.clerk)
        self.assertEqual(settlement.move_id.state, "posted")

    def test_a_manager_ends_a_contract_that_is_shared_and_subsidised(self):
        today = self.company._alarm_today()
        contract = self.share_contract(
            start=today - timedelta(days=100),
            has_subsidy=True,
            subsidy_returned=True,
            subsidy_amount=1200.0,
            subsidy_months=24,
            exit_method="unamortised_subsidy",
            term_months=24,
        )
        self.env["alarm.capacity.lease"].create(
            {
                "name": "Two cores",
                "contract_id": contract.id,
                "partner_id": self.lessee.id,
                "date_start": today - timedelta(days=60),
                "amount": 300.0,
                "product_id": self.capacity.id,
            }
        ).with_user(self.clerk).action_start()
        contract = contract.with_user(self.manager)
        contract.action_charge()
        cancellation = contract.env["alarm.contract.cancellation"].create(
            {
                "contract_id": contract.id,
                "notice_date": today - timedelta(days=40),
                "effective_date": today - timedelta(days=1),
                "reason_id": reason_of(self.env, "other").id,
            }
        )
        cancellation.action_confirm()
        cancellation.action_end_now()
        self.assertEqual((cancellation.state, contract.alarm_state), ("done", "ended"))
        self.assertEqual(contract.capacity_lease_ids.state, "ended")
        contract.action_settle()
        self.assertTrue(contract.settlement_ids)

    def test_a_clerk_makes_a_statement_by_its_form(self):
        contract = self.share_contract()
        with Form(self.env["alarm.settlement"].with_user(self.clerk)) as form:
            form.contract_id = contract
            form.date_start = date(2026, 1, 1)
            form.date_end = date(2026, 3, 31)
        self.assertEqual(form.record.share_direction, "we_pay")
        self.assertEqual(form.record.share_base, "turnover")

    def test_nobody_types_what_a_statement_comes_to(self):
        contract = self.share_contract()
        contract._charge(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 4, 1)).with_user(self.clerk)
        settlement.action_confirm()
        for name in ("amount", "fee", "collected", "adjustment", "turnover"):
            with self.assertRaises(UserError):
                settlement.write({name: 1_000_000})
        with self.assertRaises(UserError):
            settlement.share_direction = "they_pay"

    def test_an_accountant_reads_and_changes_nothing(self):
        contract = self.share_contract()
        settlement = self.settle(contract, date(2026, 4, 1)).with_user(self.accountant)
        self.assertTrue(settlement.name)
        for verb in ("action_confirm", "action_reckon", "action_invoice"):
            with self.assertRaises(AccessError):
                getattr(settlement, verb)()

    def test_dispatchers_and_technicians_see_nothing_of_it(self):
        for name in MODELS:
            with self.assertRaises(AccessError):
                self.env[name].with_user(self.dispatcher).search([])

    def test_another_companys_records_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Test Other"})
        user = new_test_user(
            self.env,
            "t-other-clerk",
            "alarm_contract.group_clerk",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        contract = self.share_contract()
        self.settle(contract, date(2026, 4, 1))
        self.file("contract,amount\nX,1\n").action_compare()
        self.env["alarm.transfer.list"].create(
            {"contract_id": contract.id, "line_ids": [Command.create({"name": "Rack"})]}
        )
        for name in MODELS:
            self.assertFalse(self.env[name].with_user(user).search([]), name)
