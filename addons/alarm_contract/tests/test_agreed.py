from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestAgreed(ContractCase):
    """What was signed changes by verbs, and not by writing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.run_contract(cls.fee(100.0))
        cls.line = cls.contract.contract_line_ids
        cls.other_site = cls.env["alarm.subscriber"].create(
            {"name": "Other Shop", "partner_id": cls.customer.id}
        )

    def another_value(self, record, name):
        """A value of the field that is not the one it has."""
        field = record._fields[name]
        if field.type in ("float", "monetary", "integer"):
            return record[name] + 2
        if field.type == "boolean":
            return not record[name]
        if field.type == "date":
            return date(2031, 2, 3)
        if field.type in ("char", "text"):
            return "Something else"
        if field.type == "selection":
            values = [value for value in field.get_values(self.env) if value != record[name]]
            return values[0]
        if field.type == "many2one":
            other = self.env[field.comodel_name].search([("id", "!=", record[name].id)], limit=1)
            return other.id or 123456
        if name == "subscriber_ids":
            return [Command.unlink(self.subscriber.id)]
        return [Command.create({"rate": 5})]

    def assert_all_refused(self, record, users):
        for name in record._get_agreed_fields():
            if name not in record._fields:
                continue
            values = {name: self.another_value(record, name)}
            for user in users:
                # A call over the network may pass any context, but not what the verbs pass.
                context = {"alarm_by_verb": True}
                with self.subTest(field=name, user=user.login):
                    with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
                        call_kw(
                            self.env(user=user)[record._name],
                            "write",
                            [record.ids, values],
                            {"context": context},
                        )
                    self.assertIn("is signed", str(caught.exception))
                    self.assertIn(self.contract.code, str(caught.exception))

    def test_no_agreed_term_of_a_running_contract_is_written(self):
        self.assert_all_refused(self.contract, (self.clerk, self.manager))

    def test_no_agreed_part_of_a_running_fee_is_written(self):
        self.assert_all_refused(self.line, (self.clerk, self.manager))

    def test_the_refusal_names_the_contract_the_field_and_what_changes_it(self):
        for record, name, verb in (
            (self.contract, "partner_id", "Take-over"),
            (self.contract, "notice_days", "Signed Anew"),
            (self.line, "price_unit", "Price Campaign"),
            (self.line, "date_end", "Service Dropped"),
            (self.line, "subscriber_id", "Move of Premises"),
        ):
            with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
                record.with_user(self.clerk)[name] = self.another_value(record, name)
            message = str(caught.exception)
            self.assertIn(self.contract.display_name, message)
            self.assertIn(record._fields[name]._description_string(self.env), message)
            self.assertIn(verb, message)

    def test_a_signed_contract_is_guarded_before_it_runs(self):
        contract = self.make_contract()
        contract.with_user(self.clerk).action_sign()
        with self.assertRaisesRegex(UserError, "is signed"), self.env.cr.savepoint():
            contract.with_user(self.clerk).notice_days = 99

    def test_a_draft_is_written_freely(self):
        contract = self.make_contract().with_user(self.clerk)
        contract.write({"notice_days": 77, "term_months": 24, "partner_id": self.customer.id})
        contract.contract_line_ids.write({"price_unit": 12.0, "quantity": 3})
        self.assertEqual(contract.contract_line_ids.price_subtotal, 36.0)
        contract.contract_line_ids.unlink()

    def test_what_stays_the_same_may_be_sent_again(self):
        contract = self.contract.with_user(self.clerk)
        contract.write({"notice_days": contract.notice_days, "note": "Rings twice"})
        line = self.line.with_user(self.clerk)
        line.write({"price_unit": line.price_unit, "quantity": 1.0, "name": "Monitoring, all day"})
        self.assertIn("Rings twice", contract.note)
        self.assertEqual(line.name, "Monitoring, all day")

    def test_a_fee_is_added_to_a_running_contract_but_none_is_deleted(self):
        contract = self.contract.with_user(self.clerk)
        contract.write({"contract_line_ids": [self.fee(30.0, product=self.maintenance)]})
        added = contract.contract_line_ids - self.line
        self.assertEqual((added.price_unit, added.start_cause), (30.0, "add_on"))
        with self.assertRaisesRegex(UserError, "is not deleted"), self.env.cr.savepoint():
            added.unlink()

    def test_a_site_is_added_but_none_that_is_served_vanishes(self):
        contract = self.contract.with_user(self.clerk)
        contract.subscriber_ids = [Command.link(self.other_site.id)]
        with self.assertRaisesRegex(UserError, "Move"), self.env.cr.savepoint():
            contract.subscriber_ids = [Command.set(self.other_site.ids)]

    def test_tiers_and_exit_steps_are_as_they_were_signed(self):
        model = self.env["alarm.business.model"].create(
            {
                "name": "Test Shared",
                "code": "TSHARED",
                "period_months": 1,
                "tier_ids": [Command.create({"rate": 10})],
                "exit_step_ids": [Command.create({"from_month": 0, "rate": 50})],
            }
        )
        contract = self.run_contract(business_model_id=model.id)
        for part in (contract.tier_ids, contract.exit_step_ids):
            part = part.with_user(self.manager)
            with self.assertRaisesRegex(UserError, "is signed"), self.env.cr.savepoint():
                part.rate = 7
            with self.assertRaisesRegex(UserError, "is signed"), self.env.cr.savepoint():
                part.unlink()
            with self.assertRaisesRegex(UserError, "is signed"), self.env.cr.savepoint():
                part.copy({"contract_id": contract.id})

    def test_what_plain_contracts_do_to_a_line_is_no_way_round(self):
        line = self.line.with_user(self.manager)
        day = date(2026, 6, 30)
        for call in (
            lambda: line.stop(day),
            lambda: line.cancel(),
            lambda: line.plan_successor(date(2026, 7, 1), False, False),
            lambda: line.stop_plan_successor(day, date(2026, 8, 1), False),
            lambda: line.uncancel(date(2026, 8, 1)),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call()
        self.manager.group_ids += self.env.ref("account.group_account_manager")
        wizard = self.env["contract.line.wizard"].with_user(self.manager)
        with self.assertRaisesRegex(UserError, "is signed"), self.env.cr.savepoint():
            wizard.create({"contract_line_id": line.id, "date_end": day}).stop()

    def test_the_form_of_a_running_contract_does_not_offer_what_is_agreed(self):
        view = self.env.ref("alarm_contract.contract_contract_view_form")
        with Form(self.contract.with_user(self.clerk), view=view) as form:
            self.assertFalse(form.terms_open)
            for name in ("notice_days", "invoice_partner_id", "term_months", "business_model_id"):
                with self.assertRaisesRegex(AssertionError, "readonly"):
                    form[name] = form[name]
            form.note = "Rings twice"
            with (
                form.contract_line_ids.edit(0) as row,
                self.assertRaisesRegex(AssertionError, "readonly"),
            ):
                row.price_unit = 7
            with form.contract_line_ids.new() as row:
                row.product_id = self.maintenance
                row.price_unit = 55.0
        self.assertEqual(self.contract.contract_line_ids[-1].price_unit, 55.0)
        draft = self.make_contract()
        with Form(draft.with_user(self.clerk), view=view) as form:
            form.notice_days = 5
            with form.contract_line_ids.edit(0) as row:
                row.price_unit = 7.0
        self.assertEqual((draft.notice_days, draft.contract_line_ids.price_unit), (5, 7.0))
