import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools import renewal

_logger = logging.getLogger(__name__)


class ContractContract(models.Model):
    """How a term goes on or ends when nobody says anything, and who is reminded of it in time."""

    _inherit = "contract.contract"

    reminded_deadline = fields.Date(
        readonly=True, copy=False, help="Of which deadline somebody was reminded last."
    )

    @api.model
    def _run_renewals(self, date=None):
        """Due work: remind of deadlines, renew what renews by itself, prepare the end of what
        ends with its term. Each contract by itself: one that cannot keeps no other from it."""
        for day, companies in self.env["res.company"]._alarm_days(date).items():
            found = self._get_to_remind(day) | self._get_to_renew(day)
            of_day = found.filtered(lambda one, among=companies: one.company_id in among)
            of_day._run_renewals_on(day)

    def _run_renewals_on(self, date):
        for contract in self:
            # What it says is for who keeps the contract, not for whoever the job runs as.
            contract = contract._in_words_of_responsible()
            try:
                with self.env.cr.savepoint():
                    contract._remind_of_deadline(date)
                    contract._renew(date)
            except UserError as error:
                contract._tell_responsible(
                    contract.env._("The term could not be dealt with"), str(error)
                )
            except Exception:
                _logger.exception("Contract %s could not be renewed", contract.id)

    def _get_to_remind(self, date):
        leads = self.env["res.company"]._read_group([], [], ["alarm_renewal_reminder_days:max"])
        longest = leads[0][0] or 0
        return self.search(
            [
                ("business_model_id", "!=", False),
                ("alarm_state", "in", ("running", "suspended")),
                ("notice_deadline", ">=", date),
                ("notice_deadline", "<=", fields.Date.add(date, days=longest)),
                ("renewal_kind", "!=", "month_to_month"),
            ]
        )

    def _get_to_renew(self, date):
        return self.search(
            [
                ("business_model_id", "!=", False),
                ("alarm_state", "in", ("running", "suspended")),
                ("notice_deadline", "<", date),
                # From month to month only those whose month is over.
                "|",
                ("renewal_kind", "!=", "month_to_month"),
                "&",
                ("term_end", "<", date),
                "|",
                ("renewed_until", "=", False),
                ("renewed_until", "<", date),
            ]
        )

    def _remind_of_deadline(self, date):
        """Once for each term."""
        self.ensure_one()
        deadline = self.notice_deadline
        lead = self.company_id.alarm_renewal_reminder_days
        if (
            not deadline
            or self.reminded_deadline == deadline
            or self.renewal_kind == "month_to_month"
            or not renewal.reminder_due(deadline, date, lead)
        ):
            return
        self.reminded_deadline = deadline
        end = format_date(self.env, self._get_term_end())
        summaries = {
            "automatic": self.env._("The term ends on %s and renews by itself", end),
            "manual": self.env._("The term ends on %s: sign anew", end),
        }
        self._tell_responsible(
            summaries.get(self.renewal_kind) or self.env._("The contract ends on %s", end),
            self.env._("Notice can be given until %s.", format_date(self.env, deadline)),
            deadline,
        )

    def _renew(self, date):
        """What the passing of the deadline does."""
        self.ensure_one()
        end = self._get_term_end()
        if not end or not self.notice_deadline or self.notice_deadline >= date:
            return
        if renewal.goes_on(self.renewal_kind, self.renewal_months):
            self._renew_by_itself(end, date)
        elif self.renewal_kind == "none" and end >= date:
            self._end_with_term(end)
        elif date > end:
            self._remind_of_end(end)

    def _renew_by_itself(self, end, date):
        """With the deadline an automatic renewal is certain; a month follows when one is over."""
        until = end
        if self.renewal_kind == "automatic":
            while renewal.notice_deadline(until, self.notice_days) < date:
                until = renewal.next_end(
                    self.term_end or end, self.renewal_kind, self.renewal_months, until
                )
        elif date > end:
            until = renewal.renewed_end(self.term_end or end, self.renewal_kind, 1, date)
        if until == end:
            return
        self._write_by_verb({"renewed_until": until})
        self.message_post(
            body=self.env._("Renewed by itself until %s.", format_date(self.env, until))
        )

    def _remind_of_end(self, end):
        """A term is over that does not go on by itself, and the service goes on: once."""
        if self.reminded_deadline != end:
            self.reminded_deadline = end
            self._tell_responsible(
                self.env._("The term is over since %s", format_date(self.env, end)),
                self.env._("The service goes on and is charged: sign anew, or cancel."),
            )

    def _end_with_term(self, end):
        """A contract that ends with its term goes through the queue like any other: what is to be
        collected and invoiced is on the list."""
        if self.cancellation_ids.filtered(lambda found: found.state in ("draft", "pending")):
            return
        cancellation = self.env["alarm.contract.cancellation"].create(
            {
                "contract_id": self.id,
                "notice_date": min(self.notice_deadline, end),
                "effective_date": end,
                "reason_id": self._get_term_end_reason().id,
                "comment": self.env._("The term is over, and it does not renew."),
            }
        )
        cancellation._confirm()

    @api.model
    def _get_term_end_reason(self):
        reason = self.env["contract.terminate.reason"].search([("kind", "=", "term_end")], limit=1)
        if not reason:
            raise UserError(self.env._("There is no reason of the kind End of Term."))
        return reason

    def _get_responsible(self):
        self.ensure_one()
        return self.user_id or self.create_uid

    def _in_words_of_responsible(self):
        return self.with_context(lang=self._get_responsible().lang or self.env.lang)

    def _tell_responsible(self, summary, note, date=None):
        self.ensure_one()
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=date or self.company_id._alarm_today(),
            summary=summary,
            note=note,
            user_id=self._get_responsible().id,
        )
