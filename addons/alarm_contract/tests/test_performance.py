from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ContractCase

TODAY = date(2026, 4, 15)


@tagged("post_install", "-at_install")
class TestPerformance(ContractCase):
    """What was not reached is deducted from the fee, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.run_contract(cls.fee(1000.0), start=date(2026, 1, 1))
        cls.indicator = cls.make_indicator()

    @classmethod
    def make_indicator(cls, **values):
        steps = ((95, 5), (90, 10), (80, 30))
        return cls.env["alarm.contract.indicator"].create(
            {
                "name": "Detectors on line",
                "contract_id": cls.contract.id,
                "target": 98,
                "date_start": date(2026, 1, 1),
                "step_ids": [
                    Command.create({"below": below, "percent": percent}) for below, percent in steps
                ],
                **values,
            }
        )

    def first_result(self, indicator=None):
        return (indicator or self.indicator)._open_results(TODAY).sorted("period_start")[0]

    def measured(self, value, result=None):
        result = (result or self.first_result()).with_user(self.clerk)
        result.write({"value": value, "evidence": "Log of January"})
        result.action_measured()
        return result

    def test_every_period_that_is_over_gets_one_result(self):
        results = self.indicator._open_results(TODAY)
        self.assertEqual(
            sorted(results.mapped("period_end")),
            [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)],
        )
        self.assertEqual(set(results.mapped("state")), {"draft"})
        self.assertFalse(self.indicator._open_results(TODAY))
        self.indicator.date_end = date(2026, 2, 10)
        self.assertFalse(self.indicator._open_results(TODAY + timedelta(days=60)))

    def test_it_is_deducted_with_the_next_invoice_once_and_printed(self):
        self.contract._charge(date(2026, 1, 1))
        result = self.measured(92)
        result.with_user(self.manager).action_approve()
        self.assertEqual((result.fee, result.percent, result.amount), (1000, 5, 50))
        with self.assertRaisesRegex(UserError, "is not to be approved"):
            result.with_user(self.manager).action_approve()
        today = fields.Date.context_today(self.contract)
        moves = self.contract._charge(today)
        line = moves.invoice_line_ids.filtered(lambda line: line.price_subtotal < 0)
        self.assertEqual(line.price_subtotal, -50)
        for part in ("Deduction: Detectors on line", "Measured 92 %, agreed 98 %", "Below 95 %"):
            self.assertIn(part, line.name)
        self.assertEqual(line.product_id, self.monitoring)
        # Nobody makes the same charge again.
        self.assertFalse(self.env["alarm.charge"]._add([result.sudo()._prepare_charge()]))
        self.assertFalse(self.contract._charge(today))

    def test_of_what_is_billed_for_longer_the_days_count(self):
        self.contract.contract_line_ids.period_months = 3
        self.contract._charge(date(2026, 1, 1))
        charge = self.contract.charge_ids
        fee, _source = self.first_result()._get_fee()
        self.assertEqual(fee, round(charge.amount * 31 / 90, 2))

    def test_what_is_not_charged_yet_counts_as_it_was_agreed(self):
        self.contract._charge(date(2026, 1, 1))
        quarter = self.make_indicator(name="By quarter", period_months="3")
        fee, source = self.first_result(quarter)._get_fee()
        self.assertEqual((fee, source), (3000, "as charged, and by the fees agreed"))

    def test_a_fee_in_arrears_counts_beside_one_in_advance(self):
        self.contract = self.run_contract(
            self.fee(1000.0), self.fee(500.0, recurring_invoicing_type="post-paid")
        )
        self.contract._charge(date(2026, 1, 1))
        indicator = self.make_indicator(name="Both", contract_id=self.contract.id)
        self.assertEqual(self.first_result(indicator)._get_fee()[0], 1500)

    def test_a_fee_that_ended_within_the_period_counts_until_then(self):
        line = self.contract.contract_line_ids
        line._by_verb().write({"date_end": date(2026, 1, 10)})
        self.assertEqual(self.first_result()._get_fee()[0], round(1000 * 10 / 31, 2))

    def test_what_was_paid_before_a_change_counts_once(self):
        self.contract.contract_line_ids.period_months = 3
        self.contract._charge(date(2026, 1, 1))
        charged = self.first_result()._get_fee()
        line = self.contract.contract_line_ids
        after = line._replace_from(date(2026, 1, 11), "re_sign", "re_sign", {})
        self.assertEqual(after.last_date_invoiced, date(2026, 3, 31))
        self.assertEqual(self.indicator.result_ids.sorted("period_start")[0]._get_fee(), charged)

    def test_what_was_given_back_is_no_fee(self):
        invoice = self.contract._charge(date(2026, 1, 1))
        invoice.button_cancel()
        self.assertEqual(self.first_result()._get_fee()[0], 0)

    def test_what_a_credit_note_by_hand_gave_back_of_it_is_no_fee(self):
        invoice = self.contract._charge(date(2026, 1, 1))
        self.credit_by_hand(invoice, 400.0)
        fee, source = self.first_result()._get_fee()
        self.assertEqual((fee, source), (600, "as charged"))

    def credit_by_hand(self, invoice, amount):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": invoice.date})
        )
        wizard.reverse_moves()
        wizard.new_move_ids.invoice_line_ids.price_unit = amount
        wizard.new_move_ids.action_post()

    def test_approval_is_offered_to_who_may_approve(self):
        result = self.first_result()
        self.manager.group_ids += self.env.ref("alarm_contract.group_clerk")
        self.assertFalse(result.with_user(self.manager).may_approve)
        self.measured(92, result)
        self.assertTrue(result.with_user(self.manager).may_approve)
        self.assertFalse(result.with_user(self.clerk).may_approve)
        result.sudo().measured_by_id = self.manager
        self.assertFalse(result.with_user(self.manager).may_approve)

    def test_a_deduction_that_was_approved_is_not_edited_on_its_invoice(self):
        self.contract._charge(date(2026, 1, 1))
        self.measured(92).with_user(self.manager).action_approve()
        invoice = self.contract._charge(fields.Date.context_today(self.contract))
        invoice.button_draft()
        line = invoice.invoice_line_ids.filtered(
            lambda line: (line.alarm_charge_id.source_ref or "").startswith("indicator:")
        )
        line.price_unit = -20.0
        with self.assertRaisesRegex(UserError, "Deduction: Detectors"), self.env.cr.savepoint():
            invoice.action_post()

    def test_of_a_deduction_for_longer_the_days_are_taken(self):
        quarter = self.make_indicator(name="By quarter", period_months="3")
        result = self.measured(10, self.first_result(quarter))
        result.with_user(self.manager).action_approve()
        self.assertEqual(result.amount, 900)
        january = self.first_result()
        self.assertEqual(january._get_taken(), 310)

    def test_days_are_those_of_the_company(self):
        partner = self.contract.company_id.partner_id
        partner.write({"tz": False, "country_id": self.env.ref("base.cn").id})
        first, after = self.indicator._as_instants(date(2026, 1, 1), date(2026, 1, 31))
        self.assertEqual(str(first), "2025-12-31 16:00:00")
        self.assertEqual(str(after), "2026-01-31 16:00:00")

    @mute_logger("odoo.addons.alarm_contract.models.alarm_contract_indicator")
    def test_one_that_cannot_be_measured_keeps_no_other(self):
        bad = self.make_indicator(name="Bad")
        indicators = type(self.indicator)
        measure = indicators._measure

        def broken(indicator, start, end):
            if indicator == bad:
                raise TypeError("no meter")
            return measure(indicator, start, end)

        with patch.object(indicators, "_measure", broken):
            self.env["alarm.contract.indicator"]._open_results_daily()
        self.assertTrue(self.indicator.result_ids)
        self.assertFalse(bad.result_ids)

    def test_the_whole_calculation_is_in_the_payers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.contract.partner_id.lang = "zh_CN"
        _fee, source = self.first_result()._get_fee()
        self.assertNotIn("fees", source)

    def test_what_reaches_its_steps_not_costs_nothing(self):
        result = self.measured(97)
        result.with_user(self.manager).action_approve()
        self.assertEqual((result.state, result.amount), ("approved", 0))
        self.assertFalse(result.charge_id)
        self.assertIn("Nothing is deducted", result.calculation)

    def test_all_indicators_together_take_the_fee_at_most(self):
        self.contract._charge(date(2026, 1, 1))
        amounts = []
        for number in range(4):
            indicator = self.make_indicator(name=f"No. {number}")
            result = self.measured(10, self.first_result(indicator))
            result.with_user(self.manager).action_approve()
            amounts.append(result.amount)
        self.assertEqual(amounts, [300, 300, 300, 100])

    def test_who_typed_it_does_not_approve_it_and_a_clerk_never(self):
        result = self.first_result().with_user(self.manager)
        with self.assertRaisesRegex(UserError, "where the value comes from"):
            result.action_measured()
        result.write({"value": 50, "evidence": "seen"})
        result.action_measured()
        with self.assertRaisesRegex(UserError, "Somebody else"):
            result.action_approve()
        with self.assertRaisesRegex(UserError, "contract manager"):
            result.with_user(self.clerk).action_approve()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            result.write({"value": 99})
        with self.assertRaisesRegex(UserError, "by its buttons"):
            result.with_user(self.clerk).write({"state": "approved"})
        with self.assertRaises(AccessError):
            self.indicator.with_user(self.clerk).write({"target": 1})

    def test_what_is_rejected_is_measured_again(self):
        result = self.measured(50)
        result.with_user(self.manager).action_reject()
        again = self.indicator.result_ids.filtered(
            lambda one: one.period_start == result.period_start and one.state == "draft"
        )
        self.assertEqual(len(again), 1)

    def test_the_system_measures_what_it_knows(self):
        indicator = self.make_indicator(name="Taken", source="answered", limit_seconds=30)
        incidents = self.env["alarm.incident"].sudo()
        for seconds in (10, 20, 29, 90):
            queued = fields.Datetime.to_datetime("2026-01-10 10:00:00")
            self.make_incident(incidents, queued, queued + timedelta(seconds=seconds))
        result = self.first_result(indicator)
        self.assertEqual((result.state, result.value), ("measured", 75))
        self.assertIn("3 of 4 alarms", result.evidence)
        result.with_user(self.manager).action_approve()
        self.assertEqual(result.percent, 30)

    def make_incident(self, incidents, queued, taken):
        incident = incidents.create({"subscriber_id": self.subscriber.id, "key": f"test:{taken}"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE alarm_incident SET queued_at = %s, taken_at = %s WHERE id = %s",
            [queued, taken, incident.id],
        )
        incident.invalidate_recordset()

    def test_steps_that_do_not_fit_are_refused(self):
        for steps in (((95, 5), (90, 5)), ((99, 5),), ((90, 0),)):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.make_indicator(
                    step_ids=[
                        Command.create({"below": below, "percent": percent})
                        for below, percent in steps
                    ]
                )
