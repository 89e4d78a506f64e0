import re
from datetime import date

from odoo.tests import tagged

from .test_changes import ChangeCase, reason_of

CHINESE = re.compile("[\u4e00-\u9fff]")


@tagged("post_install", "-at_install")
class TestLanguages(ChangeCase):
    """Whoever runs a job, or is the first who needs something, speaks for nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.clerk.lang = "zh_CN"

    def test_an_account_that_is_made_has_a_name_in_every_language(self):
        names = []
        # Of a chart that has none for it.
        self.company.chart_template = False
        for maker in ("zh_CN", "en_US"):
            company = self.company.with_context(lang=maker)
            company.alarm_deferral_account_id = False
            account = company._get_alarm_deferral_account()
            names.append([account.with_context(lang=lang).name for lang in ("en_US", "zh_CN")])
        self.assertEqual(names[0], names[1])
        self.assertEqual(names[0][0], "Deferred Income of Contracts")
        self.assertRegex(names[0][1], CHINESE)

    def test_who_keeps_a_contract_is_reminded_in_his_language(self):
        contract = self.run_contract(renewal_kind="manual", notice_days=30, user_id=self.clerk.id)
        self.env.company.alarm_renewal_reminder_days = 20
        self.env["contract.contract"].with_context(lang="en_US")._run_renewals(date(2026, 11, 11))
        self.assertRegex(contract.activity_ids.summary, CHINESE)
        self.assertRegex(contract.activity_ids.note, CHINESE)

    def test_what_a_job_says_of_a_renewal_and_an_end_is_in_his_language(self):
        reason_of(self.env, "term_end")
        renewed = self.run_contract(
            renewal_kind="automatic",
            renewal_months=12,
            notice_days=30,
            user_id=self.clerk.id,
        )
        ended = self.run_contract(renewal_kind="none", notice_days=30, user_id=self.clerk.id)
        self.env["contract.contract"].with_context(lang="en_US")._run_renewals(date(2026, 12, 2))
        self.assertRegex(renewed.message_ids[0].body, CHINESE)
        self.assertRegex(ended.cancellation_ids.comment, CHINESE)
        cancellations = self.env["alarm.contract.cancellation"].with_context(lang="en_US")
        cancellations._run_due(date(2027, 1, 1))
        self.assertEqual(ended.alarm_state, "ended")
        self.assertTrue(any(CHINESE.search(body) for body in ended.message_ids.mapped("body")))
