import logging

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..tools.contract_states import BEFORE_NOTICE

_logger = logging.getLogger(__name__)


class AlarmContractCancellation(models.Model):
    """draft → pending, by a contract manager; pending → ended, when the last day is over, or →
    withdrawn."""

    _inherit = "alarm.contract.cancellation"

    def action_confirm(self):
        """Notice is given with these figures: nothing is charged beyond the last day."""
        self._check_manager()
        for cancellation in self:
            cancellation._confirm()
        return True

    def action_undo(self):
        """Ask why the customer stays."""
        self.ensure_one()
        return self._ask_reason("undo", self.env._("The Customer Stays"))

    def action_waive(self):
        """Ask why the exit fee is not asked for."""
        self.ensure_one()
        return self._ask_reason("waive", self.env._("Waive the Exit Fee"))

    def action_end_now(self):
        """End the contract, whose last day is over, without waiting for the job."""
        self._check_manager()
        today = self.company_id._alarm_today()
        for cancellation in self:
            if cancellation.state != "pending" or cancellation.effective_date >= today:
                raise UserError(self.env._("The last day of service is not over yet."))
            cancellation._finish(today)
        return True

    def _ask_reason(self, verb, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "alarm.cancellation.reason",
            "view_mode": "form",
            "target": "new",
            "context": {"default_cancellation_id": self.id, "default_verb": verb},
        }

    def _check_manager(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("alarm_contract.group_contract_manager"):
            raise AccessError(
                self.env._("Only a contract manager confirms or undoes a cancellation.")
            )

    def _confirm(self):
        self.ensure_one()
        contract = self.contract_id
        if self.state != "draft":
            raise UserError(self.env._("%s is confirmed already.", self.display_name))
        if self.reason_id.terminate_comment_required and not (self.comment or "").strip():
            raise UserError(
                self.env._("The reason %s needs a remark.", self.reason_id.display_name)
            )
        self._check_figures()
        before = contract.alarm_state
        first_day = self._get_first_day_without()
        lines = contract.contract_line_ids._open_from(first_day)
        needless = contract._get_needless_lines(first_day)
        undo = {
            "state": before,
            "lines": {str(line.id): _undo_values(line) for line in lines | needless},
        }
        contract._transition("give_notice")
        contract.change_ids._withdraw_before_notice()
        self._plan_ends(lines)
        needless._cancel_unbegun()
        orders = contract._make_removal_orders(contract.subscriber_ids, first_day)
        # As superuser: from now on these figures are a record.
        self.calculation_id.sudo().agreed = True
        self._write_by_verb(
            {
                "state": "pending",
                "undo_values": undo,
                "confirmed_by_id": self.env.uid,
                "confirmed_on": self.company_id._alarm_today(),
                "task_ids": self._prepare_tasks(),
            }
        )
        # As superuser: removals are the planners'.
        self.sudo()._write_by_verb({"removal_order_ids": [Command.set(orders.ids)]})
        if self.follow_up_date:
            self.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=self.follow_up_date,
                summary=self.env._("Ask whether the customer stays"),
                user_id=self.env.uid,
            )
        contract.message_post(
            body=self.env._(
                "Notice was given on %(notice)s; the last day of service is %(last)s. %(reason)s",
                notice=format_date(self.env, self.notice_date),
                last=format_date(self.env, self.effective_date),
                reason=self.reason_id.display_name,
            )
        )

    def _check_figures(self):
        """Nobody agrees to figures he has not seen."""
        shown, now = self.calculation_id, self._prepare_calculation()
        if any(shown[name] != now[name] for name in ("fee", "credit", "deposit", "bound_until")):
            raise UserError(
                self.env._(
                    "Since the figures of %s were calculated something was charged or changed. "
                    "Calculate them anew and look at them again.",
                    self.display_name,
                )
            )

    def action_recalculate(self):
        self.check_access("write")
        if any(cancellation.state != "draft" for cancellation in self):
            raise UserError(self.env._("Figures that were agreed on stay as they are."))
        return self._recalculate()

    def _get_first_day_without(self):
        return fields.Date.add(self.effective_date, days=1)

    def _plan_ends(self, lines):
        """From now on nothing is charged beyond the last day. What is paid for beyond it ends, and
        is given back, when that day is over: until then everything can be undone."""
        last = self.effective_date
        paid_beyond = lines.filtered(
            lambda line: line.last_date_invoiced and line.last_date_invoiced > last
        )
        (lines - paid_beyond)._stop_before(self._get_first_day_without(), "cancel", self.reason_id)
        for line in paid_beyond:
            line._write_by_verb({"date_end": line.last_date_invoiced})

    def _undo(self, reason):
        """The contract goes on as it was before the notice."""
        for cancellation in self:
            if cancellation.state != "pending":
                raise UserError(self.env._("Only a pending cancellation can be undone."))
            contract = cancellation.contract_id
            undo = cancellation.undo_values
            before = undo["state"] if undo["state"] in BEFORE_NOTICE else "running"
            contract._write_by_verb({"alarm_state": before})
            cancellation._restore_lines(undo["lines"])
            cancellation._write_by_verb({"state": "withdrawn", "undo_reason": reason})
            cancellation.activity_unlink(["mail.mail_activity_data_call"])
            cancellation._call_off_removals(reason)
            cancellation._call_off_tasks(reason)
            contract.message_post(body=self.env._("The notice is withdrawn: %s", reason))

    def _restore_lines(self, values):
        for line in self.contract_id.contract_line_ids:
            vals = values.get(str(line.id))
            if vals:
                # What was charged in the meantime stays charged.
                before = fields.Date.to_date(vals["last_date_invoiced"])
                charged = max(filter(None, (before, line.last_date_invoiced)), default=False)
                line._write_by_verb({**vals, "last_date_invoiced": charged})

    def _call_off_tasks(self, reason):
        """What is still to be done is not to be done any more; what is done is to be undone."""
        done = self.task_ids.filtered("done")
        (self.task_ids - done)._call_off()
        if done:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The customer stays: undo what was done"),
                note=self.env._(
                    "%(reason)s Done already: %(tasks)s.",
                    reason=reason,
                    tasks=", ".join(done.mapped("name")),
                ),
                user_id=self.env.uid,
            )

    def _add_removals(self, orders):
        """The cancellation after which nobody serves these sites was another one."""
        sites = self.contract_id.subscriber_ids
        mine = orders.filtered(lambda order: order.subscriber_id in sites)
        self._write_by_verb({"removal_order_ids": [Command.link(id_) for id_ in mine.ids]})

    def _call_off_removals(self, reason):
        # As superuser: removals are the planners'. Only what nobody has planned yet is called off.
        orders = self.sudo().removal_order_ids
        orders.filtered(lambda order: order.state == "draft").action_cancel(reason)
        planned = orders.filtered(lambda order: order.state not in ("cancelled", "done", "draft"))
        for order in planned:
            order = order.with_context(lang=order.create_uid.lang or self.env.lang)
            order.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=order.env._("The customer stays"),
                note=order.env._("The contract goes on: %s", reason),
                user_id=order.create_uid.id,
            )

    def _finish(self, date):
        """The last day is over: the contract ends, what is left is invoiced."""
        self.ensure_one()
        contract = self.contract_id
        if not contract.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._("%s is being charged at this moment.", contract.display_name)
            )
        first_day = self._get_first_day_without()
        self._call_off_deposit(first_day)
        # What is held now: it may have been paid, or given back, since notice was given.
        deposit = contract._get_deposit_held() if self.refund_deposit else 0.0
        charges = self.env["alarm.charge"]._add(self.calculation_id._prepare_charges(deposit))
        if self.waived:
            charges.filtered(lambda charge: charge.kind == "exit_fee")._waive(self.waive_reason)
        lines = contract.contract_line_ids._open_from(first_day)
        lines._stop_before(first_day, "cancel", self.reason_id)
        contract._terminate_by_queue(self.reason_id, self.comment, self.effective_date)
        contract._transition("end")
        moves = contract._charge(max(date, first_day))
        self._write_by_verb(
            {
                "state": "done",
                "ended_on": date,
                "move_ids": [Command.set(moves.ids)],
                "problem": False,
            }
        )
        self.task_ids.filtered(lambda task: task.type_id.code == "final_invoice")._set_done()
        contract.message_post(body=self.env._("The contract has ended."))
        return moves

    def _call_off_deposit(self, first_day):
        """A deposit that was not invoiced by now is not asked for any more."""
        contract = self.contract_id
        contract._get_needless_lines(first_day)._cancel_unbegun()
        self.env["alarm.charge"].search(
            [
                ("contract_id", "=", contract.id),
                ("kind", "=", "deposit"),
                ("state", "=", "chargeable"),
            ]
        )._waive(self.env._("The contract ended before it was invoiced."))

    @api.model
    def _run_due(self, date=None):
        """Due work: end what has had its last day. One that cannot end says why and keeps nobody
        else from ending."""
        for day, companies in self.env["res.company"]._alarm_days(date).items():
            self.search(
                [
                    ("state", "=", "pending"),
                    ("effective_date", "<", day),
                    ("company_id", "in", companies.ids),
                ]
            )._finish_what_can(day)
        self._tick_off_removals()

    def _finish_what_can(self, date):
        for cancellation in self:
            # What it says is for who keeps the contract, not for whoever the job runs as.
            cancellation = cancellation.with_env(
                cancellation.contract_id._in_words_of_responsible().env
            )
            try:
                with self.env.cr.savepoint():
                    cancellation._finish(date)
            except UserError as error:
                cancellation._write_by_verb({"problem": str(error)})
            except Exception:
                _logger.exception("Cancellation %s could not be ended", cancellation.id)
                cancellation._write_by_verb(
                    {"problem": cancellation.env._("An error: see the log.")}
                )

    @api.model
    def _tick_off_removals(self):
        """Equipment is collected when its removals are done."""
        tasks = self.env["alarm.cancellation.task"].search(
            [("done", "=", False), ("type_id.code", "=", "collect_equipment")]
        )
        for task in tasks:
            orders = task.cancellation_id.sudo().removal_order_ids
            orders = orders.filtered(lambda order: order.state != "cancelled")
            if orders and all(order.state == "done" for order in orders):
                task._set_done()


def _undo_values(line):
    """What the line is before the notice, as it can be stored."""
    return {
        "date_end": fields.Date.to_string(line.date_end) or False,
        "last_date_invoiced": fields.Date.to_string(line.last_date_invoiced) or False,
        "is_canceled": line.is_canceled,
        "end_cause": line.end_cause,
        "end_reason_id": line.end_reason_id.id,
    }
