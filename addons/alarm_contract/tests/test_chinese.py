import re

from lxml import html

from odoo.tests import tagged

from .test_dunning import START, DunningCase

# What a Chinese reader sees as it is: names of things that have no Chinese one.
_AS_IT_IS = {"PDF", "SMS", "IFRS", "IFRIC", "CAS", "ID", "Excel", "CSV", "XML", "OFD", "INV", "IP"}


def words(text):
    """The words in Latin letters of some rendered text, without what is code, address or number."""
    text = re.sub(r"\S+@\S+|https?://\S+|\{\{.*?\}\}|%\(\w+\)\w|\S*\d\S*", " ", text, flags=re.S)
    return {word for word in re.findall(r"[A-Za-z]{2,}", text)} - _AS_IT_IS


def plain(markup):
    tree = html.fromstring(f"<div>{markup}</div>")
    for node in tree.xpath("//script|//style|//title"):
        node.drop_tree()
    return tree.text_content()


@tagged("post_install", "-at_install")
class TestChinese(DunningCase):
    """Who works or is written to in Chinese reads Chinese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"]._load_module_terms(["alarm_contract"], ["zh_CN"])
        cls.company.name = "联网报警中心"
        cls.customer.write({"name": "街角商店", "lang": "zh_CN"})
        cls.subscriber.name = "街角商店"
        cls.contract.contract_line_ids.product_id.name = "监控费"

    def test_screens(self):
        Views = self.env["ir.ui.view"]
        field = Views._fields["arch_db"]
        known = self.env["ir.model.data"].search(
            [("module", "=", "alarm_contract"), ("model", "=", "ir.ui.view")]
        )
        views = Views.browse(known.mapped("res_id"))
        left = {}
        for view in views:
            terms = {
                lang: field.get_trans_terms(view.with_context(lang=lang).arch_db)
                for lang in ("en_US", "zh_CN")
            }
            same = set(terms["en_US"]) & set(terms["zh_CN"])
            if same := {term for term in same if words(plain(term))}:
                left[view.name] = same
        self.assertFalse(left)

    def test_fields_and_their_choices(self):
        left = {}
        for name in self.env:
            model = self.env[name].with_context(lang="zh_CN")
            for field in model._fields.values():
                if field._module != "alarm_contract":
                    continue
                label = field.get_description(model.env, ["string"]).get("string")
                choices = (
                    [text for _value, text in field._description_selection(model.env)]
                    if field.type == "selection" and isinstance(field.selection, list)
                    else []
                )
                if bad := {text for text in [label, *choices] if text and words(text)}:
                    left[str(field)] = bad
        self.assertFalse(left)

    def test_mails_and_the_letter_of_dunning(self):
        self.dun(1, 52)
        steps = self.contract.dunning_step_ids
        known = words(" ".join((self.contract.code, self.invoice.name, self.contract.name)))
        for step in steps.filtered("message_id"):
            message = step.message_id
            self.assertFalse(words(message.subject) - known, step.action)
            self.assertFalse(words(plain(message.body)) - known, step.action)
        notice = steps.filtered(lambda step: step.action == "notice")
        self.assertFalse(words(plain(notice.legal_text)))
        body = notice.letter_id.raw.decode()
        self.assertFalse(words(plain(body)) - known - {"Page"})
        self.assertNotIn(START.isoformat(), plain(notice.message_id.body))
