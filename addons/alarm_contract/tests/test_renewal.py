from datetime import date

from odoo.tests import tagged

from .test_changes import ChangeCase, reason_of


@tagged("post_install", "-at_install")
class TestRenewal(ChangeCase):
    def run_renewals(self, day):
        self.env["contract.contract"]._run_renewals(day)

    def test_with_the_deadline_a_renewal_is_certain(self):
        contract = self.run_contract(renewal_kind="automatic", renewal_months=12, notice_days=30)
        self.assertEqual(contract.notice_deadline, date(2026, 12, 1))
        self.run_renewals(date(2026, 12, 1))
        self.assertFalse(contract.renewed_until)
        self.run_renewals(date(2026, 12, 2))
        self.assertEqual(contract.renewed_until, date(2027, 12, 31))
        self.run_renewals(date(2026, 12, 3))
        self.assertEqual(contract.renewed_until, date(2027, 12, 31))
        self.assertEqual(contract.notice_deadline, date(2027, 12, 1))
        # Its fees go on as they are.
        self.assertEqual(len(contract.contract_line_ids), 1)

    def test_years_that_nobody_looked_at_are_made_good(self):
        contract = self.run_contract(renewal_kind="automatic", renewal_months=12, notice_days=30)
        self.run_renewals(date(2029, 12, 15))
        self.assertEqual(contract.renewed_until, date(2030, 12, 31))

    def test_from_month_to_month(self):
        contract = self.run_contract(renewal_kind="month_to_month", notice_days=30)
        self.run_renewals(date(2026, 12, 20))
        self.assertFalse(contract.renewed_until)
        self.run_renewals(date(2027, 1, 1))
        self.assertEqual(contract.renewed_until, date(2027, 1, 31))
        self.run_renewals(date(2027, 3, 2))
        self.assertEqual(contract.renewed_until, date(2027, 3, 31))
        self.assertFalse(contract.activity_ids)

    def test_somebody_is_reminded_once_for_each_term(self):
        contract = self.run_contract(renewal_kind="manual", notice_days=30, user_id=self.clerk.id)
        self.env.company.alarm_renewal_reminder_days = 20
        self.run_renewals(date(2026, 11, 10))
        self.assertFalse(contract.activity_ids)
        self.run_renewals(date(2026, 11, 11))
        self.run_renewals(date(2026, 11, 12))
        self.assertEqual(len(contract.activity_ids), 1)
        self.assertEqual(contract.activity_ids.user_id, self.clerk)
        self.assertEqual(contract.activity_ids.date_deadline, date(2026, 12, 1))
        # Nobody signed: once more when the term is over.
        self.run_renewals(date(2027, 2, 1))
        self.run_renewals(date(2027, 2, 2))
        self.assertEqual(len(contract.activity_ids), 2)
        self.assertEqual(contract.alarm_state, "running")

    def test_what_nobody_dealt_with_in_time_is_not_ended_in_the_past(self):
        reason_of(self.env, "term_end")
        contract = self.run_contract(self.fee(300.0), renewal_kind="none", notice_days=30)
        self.run_renewals(date(2027, 6, 1))
        self.assertEqual(contract.alarm_state, "running")
        self.assertEqual(len(contract.activity_ids), 1)

    def test_what_ends_with_its_term_goes_through_the_queue(self):
        reason_of(self.env, "term_end")
        contract = self.run_contract(self.fee(300.0), renewal_kind="none", notice_days=30)
        self.run_renewals(date(2026, 12, 2))
        self.assertEqual(contract.alarm_state, "notice")
        cancellation = contract.cancellation_ids
        self.assertEqual(cancellation.state, "pending")
        self.assertEqual(cancellation.effective_date, date(2026, 12, 31))
        self.assertEqual(cancellation.fee, 0.0)
        self.assertTrue(cancellation.task_ids)
        self.env["alarm.contract.cancellation"]._run_due(date(2027, 1, 1))
        self.assertEqual(contract.alarm_state, "ended")
        self.assertEqual(contract.contract_line_ids.date_end, date(2026, 12, 31))

    def test_under_notice_nothing_renews(self):
        contract = self.run_contract(renewal_kind="automatic", renewal_months=12, notice_days=30)
        self.env["alarm.contract.cancellation"].create(
            {
                "contract_id": contract.id,
                "notice_date": date(2026, 11, 1),
                "reason_id": self.reason.id,
            }
        )._confirm()
        self.run_renewals(date(2026, 12, 15))
        self.assertFalse(contract.renewed_until)
