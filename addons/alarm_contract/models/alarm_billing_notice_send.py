import logging
from contextlib import ExitStack

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.alarm_monitoring.tools.locks import matters_locked
from odoo.addons.alarm_monitoring.tools.transaction import own_transaction

_logger = logging.getLogger(__name__)

# Invoices that are printed by one browser and told of in one transaction.
BATCH = 20


class AlarmBillingNotice(models.Model):
    """How customers are told: a batch is one transaction, in which the message is queued and the
    notice says so. What cannot be told says why, and keeps nobody else."""

    _inherit = "alarm.billing.notice"

    @api.model
    def _send_due(self):
        """The scheduler's: tell of what waits, company by company."""
        self._note_returned()
        for company in self.search([("state", "=", "queued")]).company_id:
            if not self._send_of_company(company):
                break

    @api.model
    def _send_of_company(self, company):
        with ExitStack() as stack:
            try:
                stack.enter_context(
                    matters_locked(self.env, [f"billing notices:{company.id}"], timeout="1s")
                )
            except LockNotAvailable:
                return True
            while True:
                self.env.invalidate_all()
                notices = self.search(self._domain_ready(company), limit=BATCH)
                if not notices:
                    return True
                notices._send()
                if not self._has_time(len(notices)):
                    return False

    @api.model
    def _domain_ready(self, company):
        domain = Domain("company_id", "=", company.id) & Domain("state", "=", "queued")
        if company.alarm_billing_waits_einvoice:
            domain &= Domain("move_id.einvoice_number", "!=", False)
        return domain

    @api.model
    def _has_time(self, done):
        if not self.env.context.get("ir_cron_progress_id"):
            return True
        remaining = self.search_count([("state", "=", "queued")])
        return self.env["ir.cron"]._commit_progress(done, remaining=remaining) > 0

    def _send(self):
        try:
            with own_transaction(self.env):
                self._send_together()
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:  # noqa: BLE001  one that cannot be printed keeps no other
            if len(self) > 1:
                for notice in self:
                    notice._send()
                return
            if not isinstance(error, UserError):
                _logger.warning("Notice %s", self.id, exc_info=error)
            with own_transaction(self.env):
                self._fail(str(error))

    def _send_together(self):
        for notice in self:
            if obstacle := notice._find_obstacle():
                notice._fail(obstacle)
            elif not notice._is_wanted():
                notice.write({"state": "skipped"})
        ready = self.filtered(lambda notice: notice.state == "queued")
        by_channel = ready.grouped("channel")
        if mails := by_channel.get("mail"):
            mails._send_mails()
        if texts := by_channel.get("sms"):
            texts._send_texts()
        for notice in ready:
            notice.write({"state": "sent", "sent_at": fields.Datetime.now(), "reason": False})

    def _find_obstacle(self):
        self.ensure_one()
        move, payer = self.move_id, self.partner_id
        if move.state != "posted":
            return self.env._("The invoice is not posted any more.")
        if self.channel == "mail" and not payer.email_normalized:
            return self.env._("%s has no valid e-mail address.", payer.display_name)
        if self.channel == "sms" and not payer.phone_sanitized:
            return self.env._("%s has no valid telephone number.", payer.display_name)
        return None

    def _is_wanted(self):
        """A customer for whom invoices are only downloaded gets no e-mail."""
        self.ensure_one()
        payer = self.move_id.commercial_partner_id.with_company(self.company_id)
        return self.channel != "mail" or payer.invoice_sending_method in (False, "email")

    def _send_mails(self):
        moves = self.move_id
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        template = self.env.ref("alarm_contract.mail_template_invoice", raise_if_not_found=False)
        # Queued: a mail server that is away delays nobody, and nothing is sent of a transaction
        # that does not come to its end.
        sender = self.env["account.move.send"].with_context(mail_notify_force_send=False)
        sender._generate_and_send_invoices(
            moves.with_context(mail_notify_force_send=False),
            sending_methods=["email"],
            **({"mail_template": template} if template else {}),
        )
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "account.move"),
                ("res_id", "in", moves.ids),
                ("id", ">", last),
                ("partner_ids", "!=", False),
            ]
        )
        by_move = {message.res_id: message for message in messages}
        for notice in self:
            notice.message_id = by_move.get(notice.move_id.id)

    def _send_texts(self):
        template = self.env.ref("alarm_contract.sms_template_invoice")
        for notice in self:
            notice.message_id = notice.move_id._message_sms_with_template(
                template=template, partner_ids=notice.partner_id.ids, put_in_queue=True
            )

    def _fail(self, reason):
        self.write({"state": "failed", "reason": reason})

    @api.model
    def _note_returned(self):
        """What the mail server or the gateway refused after all is known from Odoo's own
        notifications."""
        self.flush_model()
        self.env["mail.notification"].flush_model()
        self.env.cr.execute(
            """
            UPDATE alarm_billing_notice notice
               SET state = 'failed',
                   reason = COALESCE(returned.failure_reason, returned.failure_type, '?')
              FROM mail_notification returned
             WHERE returned.mail_message_id = notice.message_id
               AND returned.notification_status IN ('exception', 'bounce')
               AND notice.state = 'sent'
            """
        )
        if self.env.cr.rowcount:
            self.invalidate_model(["state", "reason"], flush=False)
