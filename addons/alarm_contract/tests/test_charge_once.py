from datetime import date

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import format_date

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestChargeOnce(ContractCase):
    """A clerk charges something beside the fees, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.run_contract(cls.fee(100.0), start=date(2026, 1, 1))
        cls.today = fields.Date.context_today(cls.contract)

    def dialog(self, **values):
        action = self.contract.with_user(self.clerk).action_charge_once()
        model = self.env["alarm.charge.once"].with_user(self.clerk)
        return model.with_context(**action["context"]).create(
            {"product_id": self.setup_service.id, **values}
        )

    def test_it_comes_with_the_next_invoice_once(self):
        dialog = self.dialog(quantity=2, unit_price=30, subscriber_id=self.subscriber.id)
        dialog.action_apply()
        dialog.action_apply()
        charge = self.contract.charge_ids
        self.assertEqual(
            (charge.kind, charge.amount, charge.state, charge.subscriber_id),
            ("one_off", 60, "chargeable", self.subscriber),
        )
        moves = self.contract._charge(self.today)
        self.assertEqual(self.amounts(moves).count(("Test Set-up", 60.0)), 1)
        self.assertFalse(self.contract._charge(self.today))

    def test_it_waits_for_the_fees_of_the_coming_month(self):
        self.contract._charge(self.today)
        following = self.contract.recurring_next_date
        self.dialog(unit_price=30).action_apply()
        self.assertFalse(self.contract._charge(self.today))
        owed = self.contract.with_context(lang="en_US").owed
        self.assertEqual(owed["date"], format_date(self.env, following, lang_code="en_US"))
        [move] = self.contract._charge(following)
        self.assertEqual(move.amount_untaxed, 130)

    def test_it_waits_no_year_for_them(self):
        yearly = self.run_contract(self.fee(100.0, period_months=12), start=self.today)
        yearly._charge(self.today)
        self.contract = yearly
        self.dialog(unit_price=30).action_apply()
        owed = yearly.with_context(lang="en_US").owed
        self.assertEqual(owed["date"], format_date(self.env, self.today, lang_code="en_US"))
        self.assertIn("30.00", owed["total"])
        self.assertEqual(self.amounts(yearly._charge(self.today)), [("Test Set-up", 30.0)])

    def test_at_once_it_has_an_invoice_of_its_own(self):
        action = self.dialog(unit_price=50, when="now").action_apply()
        move = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((move.state, self.amounts(move)), ("posted", [("Test Set-up", 50.0)]))
        self.assertNotIn("Test Set-up", dict(self.amounts(self.contract._charge(self.today))))

    def test_the_dialog_proposes_text_and_price(self):
        action = self.contract.with_user(self.clerk).action_charge_once()
        model = self.env["alarm.charge.once"].with_user(self.clerk)
        with Form(model.with_context(**action["context"])) as form:
            form.product_id = self.setup_service
            self.assertEqual((form.unit_price, form.amount), (100, 100))
            self.assertEqual(form.name, "Test Set-up")

    def test_two_dialogs_are_two_charges(self):
        self.dialog().action_apply()
        self.dialog().action_apply()
        self.assertEqual(len(self.contract.charge_ids), 2)

    def test_what_costs_nothing_and_strange_sites_are_refused(self):
        other = self.make_panel("7099").subscriber_id
        for values in ({"unit_price": 0}, {"quantity": -1}, {"subscriber_id": other.id}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.dialog(**values)

    def test_only_who_keeps_contracts_and_only_while_they_are_in_force(self):
        with self.assertRaises(AccessError):
            self.contract.with_user(self.accountant).action_charge_once()
        dialog = self.dialog()
        for contract in (self.make_contract(), self.ended_contract()):
            with self.assertRaisesRegex(UserError, "is not in force"):
                contract.with_user(self.clerk).action_charge_once()
            dialog.contract_id = contract
            with self.assertRaisesRegex(UserError, "is not in force"):
                dialog.action_apply()

    def ended_contract(self):
        contract = self.run_contract(self.fee(1.0), start=date(2026, 1, 1))
        contract._transition("end")
        return contract
