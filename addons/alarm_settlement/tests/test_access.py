from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

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
