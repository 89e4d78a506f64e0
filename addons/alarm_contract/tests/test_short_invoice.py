from datetime import date

from odoo import Command
from odoo.tests import tagged
from odoo.tools import format_date

from .common import ContractCase

START = date(2030, 1, 1)


@tagged("post_install", "-at_install")
class TestShortInvoice(ContractCase):
    """A bureau reads one line for each service; the books keep one for each charge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bureau = cls.env["res.partner"].create(
            {"name": "Bureau", "is_company": True, "lang": "en_US", "alarm_short_invoice": True}
        )
        cls.contracts = cls.env["contract.contract"]
        for number in range(3):
            site = cls.env["alarm.subscriber"].create(
                {"name": f"Branch {number}", "partner_id": cls.customer.id}
            )
            cls.contracts |= cls.run_contract(
                cls.fee(20.0),
                cls.fee(5.0, product=cls.maintenance),
                start=START,
                subscriber_ids=[Command.set(site.ids)],
                invoice_partner_id=cls.bureau.id,
                invoice_grouping="customer",
            )
        cls.move = cls.contracts._charge(START)

    def printed(self, move=None):
        self.env.invalidate_all()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", (move or self.move).ids
        )
        return html.decode()

    def test_one_row_for_each_service_and_price(self):
        rows = self.move._get_short_rows()
        self.assertEqual(
            [(row["quantity"], row["price_unit"], row["subtotal"]) for row in rows],
            [(3, 20.0, 60.0), (3, 5.0, 15.0)],
        )
        self.assertIn("Test Monitoring", rows[0]["name"])
        first, last = (format_date(self.env, day) for day in (START, date(2030, 1, 31)))
        self.assertIn(f"{first} – {last}", rows[0]["name"])
        self.assertEqual(sum(row["subtotal"] for row in rows), self.move.amount_untaxed)

    def test_another_price_is_another_row(self):
        other = self.run_contract(
            self.fee(30.0),
            start=START,
            invoice_partner_id=self.bureau.id,
            invoice_grouping="customer",
        )
        self.contracts |= other
        move = self.contracts._charge(date(2030, 2, 1))
        quantities = [(row["quantity"], row["price_unit"]) for row in move._get_short_rows()]
        self.assertIn((3, 20.0), quantities)
        self.assertIn((2, 30.0), quantities)

    def test_the_annex_lists_every_site(self):
        rows = self.move._get_annex_rows()
        self.assertEqual(len(rows), 6)
        self.assertEqual(sum(row["amount"] for row in rows), self.move.amount_untaxed)
        self.assertEqual(len({row["site"] for row in rows}), 3)
        html = self.printed()
        for text in ("Branch 0", "Branch 1", "Branch 2", "Annex to", "items, see the annex"):
            self.assertIn(text, html)

    def test_in_the_books_each_charge_has_its_line(self):
        self.assertEqual(len(self.move.invoice_line_ids), 6)
        self.assertEqual(
            self.move.invoice_line_ids.alarm_charge_id, self.move.alarm_charge_ids.sorted()
        )

    def test_who_did_not_choose_it_reads_every_line(self):
        self.bureau.alarm_short_invoice = False
        html = self.printed()
        self.assertNotIn("Annex to", html)
        self.assertEqual(html.count("account_invoice_line_name"), 6)

    def test_a_branch_of_the_payer_is_printed_as_the_company_is(self):
        branch = self.env["res.partner"].create({"name": "Office", "parent_id": self.bureau.id})
        contract = self.run_contract(self.fee(30.0), start=START, invoice_partner_id=branch.id)
        self.assertTrue(contract._charge(START)._is_printed_short())

    def test_an_invoice_that_charges_nothing_is_printed_as_ever(self):
        plain = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.bureau.id,
                "invoice_line_ids": [Command.create({"name": "By hand", "price_unit": 10.0})],
            }
        )
        self.assertFalse(plain._is_printed_short())

    def test_an_accountant_prints_it(self):
        move = self.move.with_user(self.accountant)
        self.assertTrue(move._is_printed_short())
        self.assertEqual(len(move._get_annex_rows()), 6)
