from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ContractCase

NUMBER = "25317000000123456789"


@tagged("post_install", "-at_install")
class TestEinvoice(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_fiscal_country_id = cls.env.ref("base.cn")
        bank = cls.env["res.bank"].create({"name": "中国工商银行测试支行"})
        cls.buyer = cls.env["res.partner"].create(
            {
                "name": "测试商贸有限公司",
                "is_company": True,
                "vat": "91310000MA1K35X18T",
                "street": "测试路1号",
                "city": "上海市",
                "phone": "021-55550000",
                "lang": "en_US",
                "bank_ids": [
                    Command.create({"acc_number": "6222020000000000", "bank_id": bank.id})
                ],
            }
        )
        cls.moves = cls.run_contract(invoice_partner_id=cls.buyer.id)._charge(date(2026, 2, 1))
        cls.move = cls.moves[0]

    def test_twenty_digits_as_pasted(self):
        self.move.einvoice_number = " 2531 7000 0001 2345 6789 "
        self.assertEqual(self.move.einvoice_number, NUMBER)
        self.move.einvoice_number = "２５３１７０００００００１２３４５６７８９"[:20]
        self.assertEqual(len(self.move.einvoice_number), 20)

    def test_anything_else_is_refused_and_says_why(self):
        for wrong in ("12345678", NUMBER + "0", "2531700000012345678X"):
            with self.assertRaisesRegex(ValidationError, "20 digits"):
                self.move.einvoice_number = wrong

    def test_a_number_is_on_one_invoice_of_a_company(self):
        other = self.run_contract(invoice_partner_id=self.buyer.id)._charge(date(2026, 1, 1))
        self.move.einvoice_number = NUMBER
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            other.einvoice_number = NUMBER
            other.flush_recordset()
        self.move.einvoice_number = False
        other.einvoice_number = NUMBER
        other.flush_recordset()

    def test_it_is_not_copied(self):
        self.move.einvoice_number = NUMBER
        self.assertFalse(self.move.copy().einvoice_number)

    def test_the_buyer_is_as_the_company_is_known(self):
        self.assertEqual(self.move.buyer_name, "测试商贸有限公司")
        self.assertEqual(self.move.buyer_tax_number, "91310000MA1K35X18T")
        self.assertIn("测试路1号", self.move.buyer_address_phone)
        self.assertIn("021-55550000", self.move.buyer_address_phone)
        self.assertEqual(self.move.buyer_bank_account, "中国工商银行测试支行 6222020000000000")

    def test_the_buyer_is_as_his_e_fapiao_wants_it(self):
        self.buyer.write(
            {
                "einvoice_name": "测试商贸有限公司上海分公司",
                "einvoice_address": "开票路2号",
                "einvoice_phone": "021-55551111",
            }
        )
        person = self.env["res.partner"].create({"name": "王会计", "parent_id": self.buyer.id})
        buyer = person._get_einvoice_buyer()
        self.assertEqual(buyer["name"], "测试商贸有限公司上海分公司")
        self.assertEqual(buyer["address_phone"], "开票路2号 021-55551111")

    def printed(self, lang):
        self.buyer.lang = lang
        self.env.invalidate_all()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", self.move.ids
        )
        return html.decode()

    def test_the_print_shows_number_and_buyer_in_china_only(self):
        self.move.einvoice_number = NUMBER
        html = self.printed("en_US")
        for text in (NUMBER, "91310000MA1K35X18T", "6222020000000000", "E-Fapiao Number"):
            self.assertIn(text, html)
        self.env["res.lang"]._activate_lang("zh_CN")
        self.assertIn("测试路1号", self.printed("zh_CN"))
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        self.assertNotIn("6222020000000000", self.printed("en_US"))

    def test_a_clerk_fills_in_the_list_or_imports_it(self):
        number = NUMBER[:-1] + "0"
        result = (
            self.moves.with_user(self.clerk)
            .with_context(import_file=True)
            .load(
                [".id", "einvoice_number"],
                [[str(self.moves[0].id), NUMBER]],
            )
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self.move.einvoice_number, NUMBER)
        self.move.with_user(self.clerk).einvoice_number = number
        self.assertEqual(self.move.einvoice_number, number)
