from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SettlementCase

CODES = ["BUYOUT", "LEASE", "CARRIER", "GOVOWN", "GOVINVEST", "JOINT", "CONCESSION"]


@tagged("post_install", "-at_install")
class TestBusinessModels(SettlementCase):
    def seeded(self):
        return self.env["alarm.business.model"].search([("code", "in", CODES)])

    def test_the_seven_models_are_there_and_explained(self):
        models = self.seeded()
        self.assertEqual(models.mapped("code"), CODES)
        for model in models:
            self.assertTrue(model.description)
            self.assertIn("not advice", model.accounting_note)
            self.assertRegex(model.accounting_note, "IFRS|IFRIC")
            self.assertRegex(model.accounting_note, "CAS|财会")

    def test_the_seven_models_are_explained_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        module = self.env["ir.module.module"].search([("name", "=", "alarm_settlement")])
        module._update_translations(["zh_CN"])
        for model in self.seeded().with_context(lang="zh_CN"):
            self.assertRegex(model.name, "[一-龥]")
            self.assertIn("不构成会计意见", model.accounting_note)
            self.assertIn("到期", model.description)

    def test_a_contract_takes_over_tiers_and_rules_of_sharing(self):
        model = self.env.ref("alarm_settlement.business_model_concession")
        contract = self.make_contract(
            business_model_id=model.id, counterparty_id=self.government.id
        )
        self.assertEqual(contract.tier_ids.mapped("rate"), [1, 5, 10, 30])
        self.assertEqual(contract.share_rule, "slice")
        self.assertEqual(contract.end_action, "transfer_to_government")

    def test_a_joint_venture_says_whose_the_equipment_is_in_per_cent(self):
        model = self.env.ref("alarm_settlement.business_model_joint_venture")
        contract = self.make_contract(
            business_model_id=model.id, counterparty_id=self.government.id, joint_share=60.0
        ).with_context(lang="en_US")
        part = f"60 % is that of {self.company.name} and 40 % that of the other side"
        self.assertIn(part, contract.terms_in_words)
        contract.write(
            {"funder": "operator", "owner_in_term": "operator", "owner_after": "operator"}
        )
        contract.invalidate_recordset()
        self.assertNotIn("the other side", contract.terms_in_words)
        contract._action_sign(date(2026, 1, 1))
        with self.assertRaisesRegex(UserError, "is signed"):
            contract.with_user(self.clerk).joint_share = 70.0

    def test_an_eighth_model_is_a_form_that_is_filled_in(self):
        """A model that nobody has thought of: a housing company bills its tenants, owns nothing,
        and pays us 60 % of the turnover, above 1,000 a month 70 %."""
        with Form(self.env["alarm.business.model"].with_user(self.manager)) as form:
            form.name = "Housing Company Bills"
            form.code = "HOUSING"
            form.description = "<p>The housing company bills its tenants and pays us a share.</p>"
            form.funder = "operator"
            form.owner_in_term = "operator"
            form.owner_after = "operator"
            form.payer = "users"
            form.term_months = 12
            form.share_base = "turnover"
            form.share_direction = "we_receive"
            form.settlement_months = 1
            with form.tier_ids.new() as tier:
                tier.from_amount = 0
                tier.rate = 60
            with form.tier_ids.new() as tier:
                tier.from_amount = 1000
                tier.rate = 70
        model = form.record
        contract = self.make_contract(
            self.fee(0.0),
            business_model_id=model.id,
            partner_id=self.lessee.id,
            counterparty_id=self.lessee.id,
            subscriber_ids=[Command.set(self.subscriber.ids)],
        ).with_user(self.clerk)
        contract._action_sign(date(2026, 1, 1))
        contract._action_start(date(2026, 1, 1))
        settlement = self.settle(contract, date(2026, 2, 1))
        # The turnover is theirs: they tell it.
        settlement.line_ids = [
            Command.create({"kind": "turnover", "name": "As reported", "amount": 1500})
        ]
        self.assertEqual(settlement.amount, 950)
        settlement.action_confirm()
        settlement.action_invoice()
        self.assertEqual(settlement.invoice_id.partner_id, self.lessee)
        self.check_entry(settlement.invoice_id, asset_receivable=950, income=-950)
