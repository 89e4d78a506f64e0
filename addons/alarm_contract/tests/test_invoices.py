from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import ContractCase, make_service

DAY = date(2026, 1, 1)
_SHORTCUTS = ("balance", "amount_currency")


@tagged("post_install", "-at_install")
class TestInvoices(ContractCase):
    """Invoices are written in one go; to the cent they are what Odoo makes of the same lines."""

    def tax(self, **values):
        return self.env["account.tax"].create(
            {
                "name": f"Test {len(values)} {values.get('price_include_override', '')}",
                "amount": 13.0,
                "type_tax_use": "sale",
                **values,
            }
        )

    def entry(self, move):
        return sorted(
            (
                line.display_type,
                line.account_id.id,
                line.balance,
                line.amount_currency,
                line.quantity,
                line.price_unit,
                line.price_subtotal,
                line.price_total,
                tuple(line.tax_ids.ids),
                tuple(line.tax_tag_ids.ids),
                line.tax_line_id.id,
                line.date_maturity or DAY,
            )
            for line in move.line_ids
        )

    def ordinary(self, contract):
        """What Odoo makes of the same values without our shortcut."""
        charges = contract.charge_ids
        values = charges._prepare_invoice_values(DAY)
        for command in values["invoice_line_ids"]:
            for name in _SHORTCUTS:
                command[2].pop(name, None)
            command[2].pop("alarm_charge_id")
        move = self.env["account.move"].create(values)
        move.action_post()
        return move

    def assert_as_ordinary(self, *lines, **values):
        contract = self.run_contract(*lines, **values)
        move = contract._charge(DAY)
        self.assertEqual(self.entry(move), self.entry(self.ordinary(contract)))
        return move

    def test_without_taxes(self):
        move = self.assert_as_ordinary(self.fee(33.33, quantity=3), self.fee(0.05))
        self.assertEqual(move.amount_total, 100.04)

    def test_with_a_tax(self):
        service = make_service(self, "Taxed", taxes_id=[Command.set(self.tax().ids)])
        move = self.assert_as_ordinary(
            self.fee(33.33, service), self.fee(0.05, service), self.fee(10.0)
        )
        self.assertEqual(move.amount_tax, 4.34)

    def test_with_a_tax_that_the_price_includes(self):
        tax = self.tax(price_include_override="tax_included")
        service = make_service(self, "Included", taxes_id=[Command.set(tax.ids)])
        move = self.assert_as_ordinary(self.fee(113.0, service), self.fee(50.0))
        self.assertEqual(move.amount_untaxed, 150.0)
        self.assertEqual(move.amount_total, 163.0)

    def test_with_a_tax_that_is_reported(self):
        tag = self.env["account.account.tag"].create(
            {
                "name": "Test Base",
                "applicability": "taxes",
                "country_id": self.env.ref("base.cn").id,
            }
        )
        tax = self.tax()
        tax.invoice_repartition_line_ids.filtered(
            lambda line: line.repartition_type == "base"
        ).tag_ids = tag
        service = make_service(self, "Reported", taxes_id=[Command.set(tax.ids)])
        move = self.assert_as_ordinary(self.fee(33.33, service, quantity=7))
        self.assertEqual(move.invoice_line_ids.tax_tag_ids, tag)

    def test_with_terms_of_payment(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Test Half and Half",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        move = self.assert_as_ordinary(self.fee(99.99), payment_term_id=terms.id)
        due = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(len(due), 2)

    def test_in_a_foreign_currency(self):
        currency = self.env.ref("base.EUR")
        if currency == self.company.currency_id:
            currency = self.env.ref("base.USD")
        currency.active = True
        self.env["res.currency.rate"].create(
            {
                "name": DAY,
                "rate": 0.125,
                "currency_id": currency.id,
                "company_id": self.company.id,
            }
        )
        contract = self.make_contract(self.fee(100.0))
        contract.currency_id = currency
        contract._action_sign(DAY)
        contract._action_start(DAY)
        move = contract._charge(DAY)
        self.assertEqual(move.currency_id, currency)
        self.assertEqual(move.amount_total, 100.0)
        self.assertEqual(abs(move.amount_total_signed), 800.0)
        self.assertEqual(self.entry(move), self.entry(self.ordinary(contract)))

    def test_what_is_given_back_on_the_whole_is_a_credit_note(self):
        contract = self.run_contract()
        contract._charge(DAY)
        self.env["alarm.charge"]._add(
            [
                {
                    "contract_id": contract.id,
                    "kind": "adjustment",
                    "name": "Given back",
                    "amount": -40.0,
                    "date_due": DAY,
                }
            ]
        )
        move = contract._charge(DAY)
        self.assertEqual(move.move_type, "out_refund")
        self.assertEqual(move.amount_total, 40.0)
        self.assertEqual(move.state, "posted")
