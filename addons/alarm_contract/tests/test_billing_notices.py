import base64
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models import alarm_billing_notice_send as send
from .test_billing_run import JANUARY, BillingCase


@tagged("post_install", "-at_install")
class TestBillingNotices(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "alarm_billing_mail": True,
                "alarm_billing_sms": False,
                "alarm_billing_waits_einvoice": False,
                "email": "billing@example.com",
            }
        )
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.payers.lang = "en_US"
        cls.payers[1].lang = "zh_CN"

    def bill(self, number=1, **values):
        contracts = self.make_contracts(number, **values)
        run = self.start(self.make_run())
        self.env.invalidate_all()
        return contracts, run

    def mails(self, notice):
        return self.env["mail.mail"].search([("mail_message_id", "=", notice.message_id.id)])

    def test_each_customer_gets_his_invoice_once_as_a_pdf(self):
        _contracts, run = self.bill(2)
        self.assertEqual(run.notice_sent_count, 2)
        for notice in run.notice_ids:
            mail = self.mails(notice)
            self.assertEqual(len(mail), 1)
            self.assertEqual(mail.recipient_ids, notice.partner_id)
            attachment = notice.message_id.attachment_ids
            self.assertEqual(attachment.mimetype, "application/pdf")
            self.assertIn(notice.move_id.name.replace("/", "_"), attachment.name)
            self.assertTrue(base64.b64decode(attachment.datas))
            self.assertTrue(notice.move_id.is_move_sent)
            self.assertTrue(notice.sent_at)
        before = self.env["mail.mail"].search_count([])
        self.env["alarm.billing.notice"]._send_due()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertFalse(self.env["alarm.billing.notice"]._queue(run.item_ids.move_ids))

    def test_in_the_language_of_the_customer(self):
        template = self.env.ref("alarm_contract.mail_template_invoice")
        template.with_context(lang="zh_CN").subject = "账单 {{ object.name }}"
        _contracts, run = self.bill(2)
        by_partner = {notice.partner_id: notice.message_id for notice in run.notice_ids}
        self.assertIn("invoice", by_partner[self.payers[0]].subject)
        self.assertIn("账单", by_partner[self.payers[1]].subject)

    def test_who_has_no_address_is_listed_with_the_reason_and_keeps_no_other(self):
        self.payers[0].email = False
        _contracts, run = self.bill(2)
        failed = run.notice_ids.filtered(lambda notice: notice.state == "failed")
        self.assertEqual(failed.partner_id, self.payers[0])
        self.assertIn("Payer 0", failed.reason)
        self.assertEqual((run.notice_sent_count, run.notice_failed_count), (1, 1))
        self.payers[0].email = "now@example.com"
        failed.with_user(self.clerk).action_retry()
        self.env["alarm.billing.notice"]._send_due()
        self.assertEqual(failed.state, "sent")
        self.assertEqual(len(self.mails(failed)), 1)

    def test_what_cannot_be_printed_keeps_no_other(self):
        sender = type(self.env["account.move.send"])
        generate = sender._generate_and_send_invoices

        def fails(record, moves, **settings):
            if self.payers[0] in moves.partner_id:
                raise ValueError("no paper")
            return generate(record, moves, **settings)

        with (
            patch.object(sender, "_generate_and_send_invoices", fails),
            self.assertLogs(send.__name__, "WARNING"),
        ):
            _contracts, run = self.bill(3)
        failed = run.notice_ids.filtered(lambda notice: notice.state == "failed")
        self.assertEqual(failed.reason, "no paper")
        self.assertEqual(run.notice_sent_count, 2)

    def test_what_the_mail_server_refuses_comes_back_to_the_list(self):
        _contracts, run = self.bill()
        notice = run.notice_ids
        self.mails(notice)._postprocess_sent_message(
            success_pids=[],
            success_emails=[],
            failure_reason="mailbox full",
            failure_type="mail_smtp",
        )
        self.env["alarm.billing.notice"]._note_returned()
        self.assertEqual(notice.state, "failed")
        self.assertIn("mailbox full", notice.reason)

    def test_a_customer_who_downloads_his_invoices_gets_no_mail(self):
        self.payers[0].with_company(self.company).invoice_sending_method = "manual"
        _contracts, run = self.bill()
        self.assertEqual(run.notice_ids.state, "skipped")
        self.assertFalse(run.notice_ids.message_id)

    def test_a_text_message_where_it_is_configured(self):
        self.company.alarm_billing_sms = True
        self.payers[0].write({"phone": "+8613800000000"})
        _contracts, run = self.bill(2)
        texts = run.notice_ids.filtered(lambda notice: notice.channel == "sms")
        self.assertEqual(
            {notice.partner_id: notice.state for notice in texts},
            {self.payers[0]: "sent", self.payers[1]: "failed"},
        )
        sms = self.env["sms.sms"].search([("mail_message_id", "in", texts.message_id.ids)])
        self.assertEqual(len(sms), 1)
        self.assertIn(texts.filtered("message_id").move_id.name, sms.body)

    def test_it_waits_for_the_e_fapiao_where_that_is_wanted(self):
        self.company.alarm_billing_waits_einvoice = True
        _contracts, run = self.bill()
        notice = run.notice_ids
        self.assertEqual(notice.state, "queued")
        notice.move_id.einvoice_number = "25317000000123456789"
        self.env["alarm.billing.notice"]._send_due()
        self.assertEqual(notice.state, "sent")
        self.assertIn("25317000000123456789", notice.message_id.body)

    def test_a_number_that_comes_later_is_printed_anew(self):
        _contracts, run = self.bill()
        move = run.notice_ids.move_id
        old = move.invoice_pdf_report_id
        self.assertTrue(old)
        move.with_user(self.clerk).einvoice_number = "25317000000123456789"
        self.env.invalidate_all()
        self.assertFalse(move.invoice_pdf_report_id)
        self.assertTrue(old.exists(), "What was sent stays on record")

    def test_nobody_is_told_where_that_is_not_wanted(self):
        self.make_contracts(1)
        run = self.start(self.make_run(notify=False))
        self.assertFalse(run.notice_ids)

    def told(self, moves):
        return self.env["alarm.billing.notice"].search([("move_id", "in", moves.ids)])

    def test_the_customer_is_told_of_an_invoice_that_no_run_made(self):
        contract = self.make_contracts(1)
        contract.with_user(self.clerk).action_charge()
        notice = self.told(contract.charge_ids.move_id)
        self.assertEqual((notice.partner_id, notice.state), (self.payers[0], "queued"))
        self.assertFalse(notice.run_id)
        self.env["alarm.billing.notice"]._send_due()
        self.assertEqual(notice.state, "sent")
        self.assertEqual(len(self.mails(notice)), 1)

    def test_the_customer_is_told_of_the_final_invoice(self):
        contract = self.make_contracts(1, self.fee(begins="signature"))
        cancellation = (
            self.env["alarm.contract.cancellation"]
            .with_user(self.manager)
            .create(
                {
                    "contract_id": contract.id,
                    "notice_date": JANUARY,
                    "effective_date": date(2026, 2, 20),
                    "reason_id": self.env["contract.terminate.reason"].search([], limit=1).id,
                    "comment": "He moves",
                }
            )
        )
        cancellation.action_confirm()
        self.env["alarm.contract.cancellation"]._run_due(date(2026, 2, 21))
        self.assertEqual(cancellation.state, "done")
        self.assertEqual(self.told(cancellation.move_ids).partner_id, self.payers[0])

    def test_no_context_from_outside_keeps_a_customer_from_being_told(self):
        contract = self.make_contracts(1)
        contract.with_user(self.clerk).with_context(alarm_told=True).action_charge()
        self.assertTrue(self.told(contract.charge_ids.move_id))

    def test_the_daily_run_tells_by_text_message_alone(self):
        self.company.write(
            {
                "alarm_billing_daily": True,
                "alarm_billing_user_id": self.clerk.id,
                "alarm_billing_mail": False,
                "alarm_billing_sms": True,
            }
        )
        contract = self.make_contracts(1)
        runs = self.env["alarm.billing.run"]
        runs._make_daily(self.company)
        runs._run_due()
        self.assertEqual(self.told(contract.charge_ids.move_id).channel, "sms")

    def test_a_run_says_that_it_tells_nobody(self):
        run = self.make_run()
        self.assertFalse(run.tells_nobody)
        self.company.alarm_billing_mail = False
        self.assertTrue(run.tells_nobody)
        run.notify = False
        self.assertFalse(run.tells_nobody, "Nobody wants it")

    def test_a_notice_is_sent_again_only_by_who_may_bill(self):
        self.payers[0].email = False
        _contracts, run = self.bill()
        with self.assertRaises(AccessError):
            run.notice_ids.with_user(self.accountant).action_retry()
        with self.assertRaises(AccessError):
            run.notice_ids.with_user(self.clerk).write({"state": "sent"})
        run.notice_ids.with_user(self.clerk).action_skip()
        self.assertEqual(run.notice_ids.state, "skipped")
