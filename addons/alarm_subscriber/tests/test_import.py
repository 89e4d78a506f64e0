from odoo.tests import tagged
from odoo.tools import file_open

from .common import RegisterCase

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@tagged("post_install", "-at_install")
class TestImportTemplates(RegisterCase):
    def load_template(self, model, lang):
        """Import the template offered to a back office user of `lang`, as the screen does."""
        env = self.env(user=self.back_office, context={"lang": lang, "tracking_disable": True})
        (offered,) = env[model].get_import_templates()
        with file_open(offered["template"].lstrip("/"), "rb") as template:
            content = template.read()
        wizard = env["base_import.import"].create(
            {"res_model": model, "file": content, "file_name": "t.xlsx", "file_type": XLSX}
        )
        options = {"has_headers": True, "quoting": '"', "separator": ","}
        preview = wizard.parse_preview(dict(options))
        self.assertNotIn("error", preview)
        headers = preview["headers"]
        self.assertEqual(
            set(preview["matches"]), set(range(len(headers))), f"unmatched heading of {headers}"
        )
        columns = ["/".join(preview["matches"][column]) for column in range(len(headers))]
        options = preview["options"] | {
            "name_create_enabled_fields": {"partner_id": True},
            "import_skip_records": [],
            "import_set_empty_fields": [],
            "fallback_values": {},
        }
        result = wizard.execute_import(columns, headers, options)
        self.assertEqual(result["messages"], [])
        return env[model].browse(result["ids"])

    def check(self, lang):
        subscribers = self.load_template("alarm.subscriber", lang)
        shop, bank = subscribers
        self.assertEqual(shop.ref, "X0001")
        self.assertEqual(shop.state, "draft")
        self.assertEqual(shop.category_id, self.env.ref("alarm_subscriber.category_shop"))
        self.assertEqual(shop.address_id.parent_id, shop.partner_id)
        self.assertTrue(shop.address_id.street)
        self.assertEqual(shop.address_id.phone, "100 0000 0001")
        self.assertEqual(shop.panel_ids.account, "9001")
        self.assertEqual(shop.panel_ids.supervision_interval, 86400)
        self.assertEqual(bank.panel_ids.mapped("account"), ["9002", "9003"])

        zones = self.load_template("alarm.zone", lang)
        self.assertEqual(len(zones), 4)
        self.assertEqual(zones[:2].panel_id, shop.panel_ids)
        self.assertEqual(zones[:2].mapped("number"), ["001", "002"])
        self.assertEqual(zones.mapped("detector_type"), ["contact", "motion", "hold_up", "smoke"])
        self.assertEqual(len(zones[:2].area_id), 1)
        self.assertEqual(zones[2:].mapped("account"), ["9002", "9003"])
        self.assertEqual(zones.mapped("billable"), [True, True, True, False])

    def test_english_templates_are_importable(self):
        self.check("en_US")

    def test_chinese_templates_are_importable(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["alarm_subscriber"], ["zh_CN"])
        self.check("zh_CN")

    def test_imported_subscriber_is_approved_like_any_other(self):
        subscriber = self.load_template("alarm.subscriber", "en_US")[0]
        self.activate(subscriber)
        self.assertEqual(subscriber.state, "active")
