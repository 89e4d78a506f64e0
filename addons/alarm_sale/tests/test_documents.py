import io

from pypdf import PdfReader

from odoo.tests import tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestDocuments(SaleCase):
    """Plan, quotation and delivery note say what the survey and the order say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.survey = cls.make_survey()
        for place, zone in enumerate(cls.survey.zone_ids):
            zone._place(cls.survey.plan_ids, 0.2 + 0.2 * place, 0.5)
        cls.order = cls.quote(cls.survey)

    def printed(self, report, record, lang="en_US"):
        self.order.sudo().partner_id.lang = lang
        self.order.sudo().partner_shipping_id.lang = lang
        pdf, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(report, record.ids)
        )
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(pdf)).pages
        return "\n".join(page.extract_text() for page in pages)

    def test_the_plan_has_rooms_zones_service_and_price(self):
        text = self.printed("alarm_sale.report_protection_plan", self.order)
        for words in (
            "Protection Plan",
            "Gold Harbour Road",
            "19 Harbour Road",
            "Where the Detectors Are",
            "Shop Door or Window Contact",
            "Response Service",
            "130.00",
            "1,900.00",
            "It stays the property of",
        ):
            self.assertIn(words, text)
        self.assertNotIn("480", text, "what it costs us is not the customer's to read")

    def test_the_plan_is_chinese_for_a_chinese_customer(self):
        text = self.printed("alarm_sale.report_protection_plan", self.order, "zh_CN")
        for words in ("报警管理方案", "防区", "每月", "客户"):
            self.assertIn(words, text)
        self.assertNotIn("Room", text)

    def test_the_quotation_keeps_once_and_monthly_apart(self):
        text = self.printed("sale.action_report_saleorder", self.order)
        self.assertIn("Fees, charged by the service contract", text)
        self.assertIn("Leased: stays our property", text)
        self.assertIn("1,900.00", text)
        text = self.printed("sale.action_report_saleorder", self.order, "zh_CN")
        self.assertIn("每月", text)

    def test_the_delivery_note_names_each_serial_and_owner(self):
        self.stock_up(self.order)
        self.order.action_confirm()
        pickings = self.deliver(self.order).sudo()
        text = self.printed("alarm_sale.report_delivery_note", pickings)
        self.assertIn(f"Panel-{self.order.id}-0", text)
        self.assertIn("Leased: property of", text)
        self.assertIn(self.order.sudo().work_order_ids.name, text)
        text = self.printed("alarm_sale.report_delivery_note", pickings, "zh_CN")
        self.assertIn("送货单", text)
