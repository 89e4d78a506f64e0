from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestLife(ContractCase):
    def test_a_contract_takes_over_the_terms_of_its_model(self):
        self.model.write(
            {
                "notice_days": 60,
                "renewal_kind": "automatic",
                "tier_ids": [(0, 0, {"from_amount": 0, "rate": 5})],
                "exit_step_ids": [(0, 0, {"from_month": 0, "rate": 80})],
            }
        )
        contract = self.make_contract(term_months=24)
        self.assertEqual(contract.notice_days, 60)
        self.assertEqual(contract.renewal_kind, "automatic")
        self.assertEqual(contract.tier_ids.rate, 5)
        self.assertEqual(contract.exit_step_ids.rate, 80)
        # What was agreed otherwise holds.
        self.assertEqual(contract.term_months, 24)

    def test_another_model_brings_its_terms(self):
        contract = self.make_contract(self.fee(), tier_ids=[(0, 0, {"rate": 1})])
        other = self.model.copy(
            {"name": "Other", "code": "OTHER", "term_months": 60, "notice_days": 7}
        )
        other.tier_ids = [(0, 0, {"from_amount": 0, "rate": 9})]
        contract.write({"business_model_id": other.id, "notice_days": 14})
        self.assertEqual((contract.term_months, contract.notice_days), (60, 14))
        self.assertEqual(contract.tier_ids.rate, 9)

    def test_a_change_of_the_model_leaves_contracts_as_they_are(self):
        contract = self.make_contract()
        self.model.notice_days = 90
        self.assertEqual(contract.notice_days, 30)

    def test_signature_and_service_begin_what_waits_for_them(self):
        contract = self.make_contract(
            self.fee(product=self.setup_service, charge_kind="one_off", begins="signature"),
            self.fee(),
        )
        once, fee = contract.contract_line_ids
        self.assertTrue(once.waiting and fee.waiting)
        self.assertFalse(contract.recurring_next_date)
        contract._action_sign(date(2026, 1, 10))
        self.assertFalse(once.waiting)
        self.assertTrue(fee.waiting)
        self.assertEqual(contract.recurring_next_date, date(2026, 1, 10))
        contract._action_start(date(2026, 2, 1))
        self.assertEqual(contract.alarm_state, "running")
        self.assertEqual(fee.date_start, date(2026, 2, 1))
        self.assertEqual(contract.term_end, date(2027, 1, 31))
        self.assertEqual(contract.notice_deadline, date(2027, 1, 1))

    def test_the_deposit_that_was_agreed_becomes_a_line(self):
        self.model.deposit_months = 2
        contract = self.make_contract()
        self.assertEqual(contract.deposit_amount, 200.0)
        contract._action_sign(date(2026, 1, 10))
        deposit = contract.contract_line_ids.filtered(lambda line: line.charge_kind == "deposit")
        self.assertEqual(deposit.price_unit, 200.0)
        self.assertFalse(deposit.revenue_class)

    @freeze_time("2026-03-05")
    def test_a_site_that_goes_live_begins_its_fees(self):
        site = self.make_panel("7002", state="draft").subscriber_id
        other = self.make_panel("7003", state="draft").subscriber_id
        contract = self.make_contract(
            self.fee(subscriber_id=site.id),
            self.fee(subscriber_id=other.id),
            self.fee(50.0),
            subscriber_ids=[(6, 0, (site | other).ids)],
        )
        contract._action_sign(date(2026, 3, 1))
        self.bring_to(site, "active")
        of_site, of_other, of_all = contract.contract_line_ids
        self.assertEqual(contract.alarm_state, "running")
        self.assertEqual(of_site.date_start, date(2026, 3, 5))
        self.assertFalse(of_all.waiting)
        self.assertTrue(of_other.waiting)
        self.bring_to(other, "active")
        self.assertFalse(of_other.waiting)

    def test_state_and_dates_change_only_by_verbs(self):
        contract = self.make_contract()
        for values in ({"alarm_state": "running"}, {"live_on": date(2026, 1, 1)}):
            with self.assertRaises(UserError):
                contract.write(values)
            with self.assertRaises(UserError):
                self.make_contract(**values)

    def test_a_verb_out_of_order_says_why(self):
        contract = self.make_contract()
        with self.assertRaisesRegex(UserError, "Draft and cannot become Running"):
            contract.action_start()

    def test_what_was_signed_is_not_deleted(self):
        contract = self.make_contract()
        contract._action_sign(date(2026, 1, 1))
        with self.assertRaises(UserError):
            contract.unlink()

    def test_a_copy_is_another_draft(self):
        self.model.deposit_months = 2
        contract = self.run_contract(self.fee(), self.fee(50.0))
        contract.contract_line_ids[1].date_end = date(2026, 3, 1)
        contract._charge(date(2026, 1, 1))
        copy = contract.copy()
        self.assertEqual(copy.alarm_state, "draft")
        self.assertNotEqual(copy.code, contract.code)
        self.assertFalse(copy.recurring_next_date)
        self.assertFalse(copy.charge_ids)
        self.assertEqual(copy.contract_line_ids.mapped("charge_kind"), ["fixed", "fixed"])
        self.assertFalse(any(copy.contract_line_ids.mapped("date_end")))
        copy._action_sign(date(2026, 5, 1))
        copy._action_start(date(2026, 5, 1))
        self.assertEqual(copy._charge(date(2026, 5, 1)).amount_total, 450.0)

    def test_periods_are_of_the_lengths_of_the_trade(self):
        with self.assertRaises(ValidationError):
            self.make_contract(self.fee(period_months=5))

    def test_a_contract_tells_the_customer_nothing_by_itself(self):
        before = self.env["mail.message"].search_count([("partner_ids", "in", self.customer.id)])
        contract = self.run_contract()
        self.assertNotIn(self.customer, contract.message_partner_ids)
        self.assertFalse(contract.modification_ids)
        self.assertEqual(
            self.env["mail.message"].search_count([("partner_ids", "in", self.customer.id)]), before
        )

    def test_a_contract_needs_neither_panel_nor_premises(self):
        recorder = self.env["alarm.device"].create({"name": "Test Recorder", "kind": "recorder"})
        contract = self.run_contract(subscriber_ids=[(5,)], device_ids=[(6, 0, recorder.ids)])
        self.assertEqual(contract._charge(date(2026, 1, 1)).amount_total, 100.0)

    def test_what_is_agreed_a_month_is_seen_before_the_service_begins_and_while_it_rests(self):
        contract = self.make_contract(
            self.fee(300.0, period_months=3),
            self.fee(10.0, charge_kind="per_detector", quantity=4),
            self.fee(500.0, charge_kind="one_off"),
        )
        today = date.today()
        for verb in (lambda: None, contract.action_sign):
            verb()
            self.assertEqual((contract.agreed_monthly, contract.monthly_revenue), (140.0, 0.0))
        contract._action_start(today)
        self.assertEqual(contract.agreed_monthly, 140.0)
        self.assertEqual(contract.monthly_revenue, 100.0)
        reason = self.env["contract.terminate.reason"].create({"name": "Test"})
        contract._action_change("suspend", today + timedelta(days=1), reason_id=reason.id)
        self.env["alarm.contract.change"]._run_due(today + timedelta(days=1))
        with freeze_time(today + timedelta(days=2)):
            contract._refresh_monthly_revenue()
        self.assertEqual((contract.agreed_monthly, contract.monthly_revenue), (140.0, 0.0))
