from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import ContractCase, make_service

DAY = date(2026, 1, 1)
FIELDS = (
    "display_type", "name", "account_id", "balance", "amount_currency", "debit", "credit",
    "quantity", "price_unit", "discount", "price_subtotal", "price_total", "tax_ids",
    "tax_tag_ids", "tax_repartition_line_id", "tax_base_amount", "date_maturity",
    "amount_residual", "currency_id", "partner_id", "product_id",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestInvoiceBalance(ContractCase):
    """An invoice line comes with its balance, so that Odoo need not write it again. The invoice
    must be what Odoo would have made of it without."""

    def tax(self, **values):
        return self.env["account.tax"].create(
            {"name": f"T{next(self.numbers)}", "amount": 13, "type_tax_use": "sale", **values}
        )

    def service(self, *taxes):
        return make_service(self, "Taxed", taxes_id=[Command.set([tax.id for tax in taxes])])

    def content(self, move):
        """Of each line what matters, ids as they are; labels of the number left out."""
        return sorted(
            str(
                [
                    line[name] if name != "name" else line.name.replace(move.name, "")
                    for name in FIELDS
                ]
            )
            for line in move.line_ids
        )

    def assert_same(self, *lines, **values):
        contract = self.run_contract(*lines, **values)
        charges = self.env["alarm.charge"].create(contract._prepare_charges(DAY))
        charge_type = type(charges)
        prepare = charge_type._prepare_invoice_line

        def without_balance(charge):
            return {
                name: value
                for name, value in prepare(charge).items()
                if name not in ("balance", "amount_currency", "alarm_charge_id")
            }

        self.patch(charge_type, "_prepare_invoice_line", without_balance)
        plain = self.env["account.move"].create(charges._prepare_invoice_values(DAY))
        plain._post(soft=False)
        self.patch(charge_type, "_prepare_invoice_line", prepare)
        move = charges._invoice(DAY)
        self.assertEqual(self.content(move), self.content(plain))
        for name in ("amount_untaxed", "amount_tax", "amount_total", "amount_residual"):
            self.assertEqual(move[name], plain[name], name)
        return move

    def test_without_tax(self):
        self.assertEqual(self.assert_same(self.fee(99.99)).amount_total, 99.99)

    def test_with_tax_on_top(self):
        service = self.service(self.tax())
        move = self.assert_same(self.fee(33.33, service), self.fee(12.05, service), self.fee(7))
        self.assertTrue(move.amount_tax)

    def test_with_tax_included(self):
        service = self.service(self.tax(price_include_override="tax_included"))
        move = self.assert_same(self.fee(113, service), self.fee(50))
        self.assertEqual(move.amount_total, 163)
        self.assertEqual(move.amount_untaxed, 150)

    def test_with_two_taxes_one_on_the_other(self):
        first = self.tax(include_base_amount=True, sequence=1)
        self.assert_same(self.fee(19.99, self.service(first, self.tax(amount=2, sequence=2))))

    def test_with_discount_and_pieces(self):
        service = self.service(self.tax())
        self.assert_same(self.fee(33.35, service, quantity=3, discount=7.5))

    def test_rounded_over_the_whole_invoice(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        service = self.service(self.tax(amount=13.5))
        self.assert_same(*[self.fee(0.37, service) for _number in range(7)])

    def test_in_a_foreign_currency(self):
        other = (
            self.env.ref("base.EUR")
            if self.company.currency_id.name != "EUR"
            else self.env.ref("base.USD")
        )
        other.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "rate": 0.127,
                "name": "2025-12-01",
                "company_id": self.company.id,
            }
        )
        service = self.service(self.tax())
        move = self.assert_same(self.fee(33.33, service), manual_currency_id=other.id)
        self.assertEqual(move.currency_id, other)

    def test_payable_in_two_parts(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        service = self.service(self.tax())
        self.assert_same(self.fee(33.33, service), payment_term_id=term.id)

    def test_a_deposit(self):
        move = self.assert_same(self.fee(100), deposit_amount=300.0)
        self.assertEqual(move.amount_total, 400)

    def test_what_is_given_back_is_a_credit_note(self):
        contract = self.run_contract()
        contract._charge(DAY)
        service = self.service(self.tax())
        self.env["alarm.charge"]._add(
            [
                {
                    "contract_id": contract.id,
                    "kind": "adjustment",
                    "name": "Given back",
                    "amount": -40,
                    "product_id": service.id,
                    "date_due": DAY,
                }
            ]
        )
        move = contract._charge(DAY)
        self.assertEqual(move.move_type, "out_refund")
        self.assertEqual(move.amount_untaxed, 40)
        self.assertAlmostEqual(move.amount_total, 45.2)
        self.assertEqual(move.state, "posted")
