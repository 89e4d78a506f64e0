from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.timeline import Event


class ContractContract(models.Model):
    """The cancellation that a contract is under, and the banner that says so."""

    _inherit = "contract.contract"

    cancellation_ids = fields.One2many(
        "alarm.contract.cancellation", "contract_id", string="Cancellations"
    )
    cancellation_notice = fields.Char(
        compute="_compute_cancellation_notice", compute_sudo=True, string="Cancellation Pending"
    )

    @api.depends("cancellation_ids.state", "cancellation_ids.effective_date")
    def _compute_cancellation_notice(self):
        pending = self.env["alarm.contract.cancellation"].search(
            [("contract_id", "in", self.ids), ("state", "=", "pending")]
        )
        by_contract = {cancellation.contract_id: cancellation for cancellation in pending}
        for contract in self:
            cancellation = by_contract.get(contract)
            contract.cancellation_notice = cancellation and self.env._(
                "Cancellation pending: last day of service %(date)s (%(reason)s).",
                date=format_date(self.env, cancellation.effective_date),
                reason=cancellation.reason_id.display_name,
            )

    def _get_pending_cancellation(self):
        return self.env["alarm.contract.cancellation"].search(
            [("contract_id", "in", self.ids), ("state", "=", "pending")]
        )

    def _get_needless_lines(self, day):
        """What is not asked for any more when the service ends before `day`: a deposit that nobody
        has charged, and what would be charged once and has not come about by then."""
        return self.contract_line_ids.filtered(
            lambda line: not line.display_type
            and not line.is_canceled
            and not line.last_date_invoiced
            and (
                line.charge_kind == "deposit"
                or (line.charge_kind == "one_off" and not line._has_begun(day))
            )
        )

    def action_cancel_contract(self):
        """Open the cancellation: the one that there is, or a new one."""
        self.ensure_one()
        found = self.cancellation_ids.filtered(
            lambda cancellation: cancellation.state in ("draft", "pending")
        )[:1]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_contract_cancellation_action"
        )
        return action | {
            "views": [(False, "form")],
            "res_id": found.id,
            "context": {"default_contract_id": self.id},
        }

    def action_terminate_contract(self):
        if self.business_model_id:
            return self.action_cancel_contract()
        return super().action_terminate_contract()

    def _terminate_contract(self, terminate_reason_id, terminate_comment, terminate_date, *args):
        # The notice, what it comes to and what is to be done are not to be gone past.
        if self.business_model_id and not self._is_by_verb():
            raise UserError(
                self.env._(
                    "%s is ended by a cancellation, with its notice and its tasks.",
                    self.display_name,
                )
            )
        return super()._terminate_contract(
            terminate_reason_id, terminate_comment, terminate_date, *args
        )

    def _terminate_by_queue(self, reason, comment, date):
        return self._by_verb()._terminate_contract(reason, comment, date)

    def _get_timeline_events(self):
        events = super()._get_timeline_events()
        if not self.env["alarm.contract.change"].has_access("read"):
            # Who sells sees the contract, not what is done with it.
            return events
        for cancellation in self._get_pending_cancellation():
            events.append(Event(cancellation.notice_date, "notice", self.env._("Notice given")))
            events.append(
                Event(cancellation.effective_date, "end", self.env._("Last day of service"))
            )
        for change in self.change_ids.filtered(lambda change: change.state in ("planned", "done")):
            events.append(Event(change.date, "line", change._get_kind_label()))
            if change.resume_on and change._is_to_resume():
                events.append(Event(change.resume_on, "line", self.env._("Service resumes")))
        return events
