from odoo import api, models
from odoo.tools import format_date

from ..tools.terms_in_words import terms_in_words

# So many of the latest invoices are shown with the contract; all of them are under the invoices.
_INVOICES = 24


class ContractContract(models.Model):
    """What the customer sees of a contract."""

    _inherit = "contract.contract"

    def _prepare_portal_values(self):
        """Values of the page of one contract. Who does not pay is shown no prices: they are
        between us and the payer."""
        self.ensure_one()
        pays = self._is_paid_by_customer()
        return {
            "terms": terms_in_words(self, self.company_id),
            "pays": pays,
            "fees": self._get_portal_fees(),
            "owed": self._prepare_owed() if pays else False,
            "invoices": self._get_portal_invoices() if pays else self.env["account.move"],
            "equipment": self.equipment_ids.sorted(lambda it: (it.subscriber_id.id, it.id)),
            "notices": self._get_portal_notices(),
            "today": self.company_id._alarm_today(),
        }

    def _is_paid_by_customer(self):
        self.ensure_one()
        return self.invoice_partner_id.commercial_partner_id == self.commercial_partner_id

    def _is_overdue_for_customer(self):
        """Only who pays is told what is overdue."""
        self.ensure_one()
        return bool(self.overdue_since) and self._is_paid_by_customer()

    def _get_portal_fees(self):
        """Lines that run or will run."""
        today = self.company_id._alarm_today()
        return self.contract_line_ids.filtered(
            lambda line: not line.is_canceled
            and not line.display_type
            and (not line.date_end or line.date_end >= today)
        )

    def _get_portal_invoices(self):
        """The latest posted invoices of the contract that the customer pays."""
        moves = self._get_invoices().filtered(
            lambda move: move.state == "posted"
            and move.commercial_partner_id == self.commercial_partner_id
        )
        return moves.sorted("invoice_date", reverse=True)[:_INVOICES]

    def _get_portal_notices(self):
        """What the customer has to know before all else: dicts of level ("danger", "warning",
        "info"), title, text and html."""
        self.ensure_one()
        notices = [self._get_portal_cancellation(), self._get_portal_overdue()]
        if self.alarm_state == "suspended":
            notices.append(
                {
                    "level": "warning",
                    "title": self.env._("The service is suspended."),
                    "text": self.env._("Signals are not acted upon until it goes on."),
                }
            )
        return [notice for notice in notices if notice]

    def _get_portal_cancellation(self):
        cancellation = self._get_pending_cancellation()[:1]
        if not cancellation:
            return None
        return {
            "level": "warning",
            "title": self.env._("The contract was cancelled."),
            "text": self.env._(
                "The last day of service is %s.",
                format_date(self.env, cancellation.effective_date),
            ),
        }

    def _get_portal_overdue(self):
        """How it stands with unpaid fees, what follows and why, as the letter of the notice says
        it. Only to who pays them."""
        if not self._is_overdue_for_customer():
            return None
        amount = self._format_money(self.overdue_amount)
        since = format_date(self.env, self.overdue_since)
        notice = {
            "level": "danger" if self.fee_state in ("notice", "log_only") else "warning",
            "title": self.env._("%(amount)s is overdue since %(date)s.", amount=amount, date=since),
        }
        if self.fee_state == "log_only":
            notice["text"] = self.env._(
                "Because of this signals are recorded only: nobody acts upon an alarm. Once it is "
                "paid, monitoring goes on at once."
            )
        elif self.log_only_on:
            notice["text"] = self.env._(
                "If it is not paid, signals are recorded only from %s on: nobody will act upon an "
                "alarm.",
                format_date(self.env, self.log_only_on),
            )
        else:
            notice["text"] = self.env._("Please pay the open invoices below.")
        steps = self.dunning_step_ids.filtered(lambda step: step.legal_text and not step.closed_on)
        if steps and self.fee_state in ("notice", "log_only"):
            notice["html"] = steps.sorted("id")[-1].legal_text
        return notice

    @api.model
    def _portal_state_badge(self, state):
        return {
            "running": "text-bg-success",
            "signed": "text-bg-info",
            "suspended": "text-bg-warning",
            "notice": "text-bg-warning",
        }.get(state, "text-bg-secondary")
