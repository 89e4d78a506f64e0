import logging
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.contract_changes import CHANGES
from ..tools.periods import add_months
from .alarm_contract_change import NEW_TERMS

_logger = logging.getLogger(__name__)

_DAY = timedelta(days=1)


class AlarmContractChange(models.Model):
    """Doing what the preview says: at once, or on its day."""

    _inherit = "alarm.contract.change"

    def action_apply(self):
        """Decide the change: it is done at once, or on its day when that is still to come."""
        self.check_access("write")
        for change in self:
            today = change.company_id._alarm_today()
            if change.state not in ("draft", "planned"):
                raise UserError(self.env._("%s is decided already.", change.display_name))
            plan = change._plan()
            if plan.problems:
                raise UserError("\n".join(plan.problems))
            if change.date > today:
                if change.kind == "re_sign" and change.contract_id.alarm_state == "notice":
                    # Asked now: on its day it is done by the job, which may do everything.
                    change.contract_id._get_pending_cancellation()._check_manager()
                change._write_by_verb({"state": "planned"})
                change.contract_id.message_post(
                    body=self.env._(
                        "Planned for %(date)s: %(change)s",
                        date=change._day(change.date),
                        change=change.display_name,
                    )
                )
            else:
                change._do()
        return {"type": "ir.actions.act_window_close"}

    def action_withdraw(self):
        """A planned change is not to happen."""
        self.check_access("write")
        for change in self:
            if change.state != "planned":
                raise UserError(self.env._("Only what is planned can be withdrawn."))
        return self._write_by_verb({"state": "withdrawn"})

    def _withdraw_before_notice(self):
        """Notice is given: what cannot be done any more by then is off, and so is a new signature
        that was planned before. On its day it would undo the notice with nobody having said so."""
        self.filtered(
            lambda change: change.kind == "re_sign" or "notice" not in CHANGES[change.kind].states
        )._withdraw_because(self.env._("Notice was given."))

    def _withdraw_because(self, why):
        """Of these, what is planned does not happen: the history of the contract says so."""
        for change in self.filtered(lambda change: change.state == "planned"):
            change._write_by_verb({"state": "withdrawn", "problem": False})
            change.contract_id.message_post(
                body=self.env._(
                    "Withdrawn: %(change)s, planned for %(date)s. %(why)s",
                    change=change._get_kind_label(),
                    date=change._day(change.date),
                    why=why,
                )
            )

    def _do(self):
        """Do what the plan says now."""
        self.ensure_one()
        contract = self.contract_id
        if not contract.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._("%s is being charged at this moment.", contract.display_name)
            )
        plan = self._plan()
        if plan.problems:
            raise UserError("\n".join(plan.problems))
        outcome = self._render(plan)
        credits = self.env["alarm.charge"]._add(plan.credits)
        # Before it is done: it is not one of those that are still planned when the contract ends.
        self._write_by_verb(
            {
                "state": "done",
                "outcome": outcome,
                "done_on": self.company_id._alarm_today(),
                "done_by_id": self.env.uid,
                "problem": False,
            }
        )
        self.browse().union(*plan.withdrawn)._withdraw_because(self.display_name)
        getattr(self, f"_do_{self.kind}")(plan)
        contract.message_post(body=self._render_message(outcome))
        return credits

    def _render_message(self, outcome):
        title = self._render_sentences([self.display_name], "fw-bold")
        return title + outcome

    def _end_lines(self, plan, cause=CHANGES["drop"].end_cause):
        # Also what is not signed again or not taken over is a service less.
        lines = self.env["contract.line"].union(*plan.ends)
        lines._stop_before(self.date, cause, self.reason_id)
        return lines

    def _do_move(self, plan):
        contract, old, new = self.contract_id, self.subscriber_id, self.to_subscriber_id
        contract._write_by_verb({"subscriber_ids": [Command.link(new.id)]})
        change = CHANGES["move"]
        lines = self.env["contract.line"].union(*plan.changes)
        lines._replace_from(self.date, change.end_cause, change.start_cause, plan.changes)
        self.browse().union(*plan.handed_on)._write_by_verb({"subscriber_id": new.id})
        contract._write_by_verb({"subscriber_ids": [Command.unlink(old.id)]})
        if self.removal:
            contract._make_removal_orders(old, self.date)
            contract._ask_equipment_back(old, self.date)

    def _do_take_over(self, plan):
        contract = self.contract_id
        heirs = self._get_heirs()
        new = contract.copy(self._prepare_new_contract(heirs, plan))
        new._action_sign(self.date)
        new._action_start(self.date)
        self._end_lines(plan)
        change = CHANGES["take_over"]
        changes = {line: {**values, "contract_id": new.id} for line, values in plan.changes.items()}
        lines = self.env["contract.line"].union(*plan.changes)
        lines._replace_from(
            self.date, change.end_cause, change.start_cause, changes, self.reason_id
        )
        for line in contract.contract_line_ids.filtered("waiting"):
            line._cancel_unbegun()
        if contract.alarm_state == "suspended":
            new._transition("suspend")
        self._hand_on_resumptions(plan, new)
        contract._transition("end", successor_contract_id=new.id, terminate_date=self.date - _DAY)
        self._write_by_verb({"new_contract_id": new.id})

    def _prepare_new_contract(self, heirs, plan):
        self.ensure_one()
        contract = self.contract_id
        bound = (
            {}
            if self.new_term
            else {
                "term_start": contract.term_start,
                "term_end": contract._get_term_end(),
            }
        )
        return {
            "partner_id": self.to_partner_id.id,
            **self._prepare_payer(self.to_payer_id or self.to_partner_id),
            "name": False,
            "contract_line_ids": [],
            "contract_line_fixed_ids": [],
            "modification_ids": [],
            "subscriber_ids": [Command.set([heir.id for heir in heirs.values()])],
            "predecessor_contract_id": contract.id,
            "deposit_amount": self._get_new_deposit(plan),
            **bound,
        }

    def _prepare_payer(self, payer):
        """Who pays, and what goes by who it is: the tax and when it is due."""
        if payer == self.contract_id.invoice_partner_id:
            return {"invoice_partner_id": payer.id}
        company = self.company_id
        positions = self.env["account.fiscal.position"].with_company(company)
        return {
            "invoice_partner_id": payer.id,
            "fiscal_position_id": positions._get_fiscal_position(payer).id,
            "payment_term_id": payer.with_company(company).property_payment_term_id.id,
        }

    def _get_new_deposit(self, plan):
        """What the new customer pays as a deposit: as much as the old one gets back."""
        return -sum(vals["amount"] for vals in plan.credits if vals["kind"] == "deposit_refund")

    def _do_re_sign(self, plan):
        contract = self.contract_id
        if contract.alarm_state == "notice":
            pending = contract._get_pending_cancellation()
            pending._check_manager()
            pending._undo(self.env._("The contract was signed anew."))
        self._end_lines(plan)
        change = CHANGES["re_sign"]
        lines = self.env["contract.line"].union(*plan.changes)
        lines._replace_from(self.date, change.end_cause, change.start_cause, plan.changes)
        terms = {name: self[name] for name in NEW_TERMS[1:]}
        if self.to_payer_id:
            terms.update(self._prepare_payer(self.to_payer_id))
        contract._write_by_verb(terms)
        if self.term_months:
            contract._write_by_verb(
                {
                    "term_months": self.term_months,
                    "term_start": self.date,
                    "term_end": self._get_new_term_end(),
                    "renewed_until": False,
                }
            )

    def _get_new_term_end(self):
        return add_months(self.date, self.term_months) - _DAY

    def _do_drop(self, plan):
        self._end_lines(plan)
        lines = self.env["contract.line"].union(*plan.changes)
        lines._replace_from(self.date, "downgrade", "downgrade", plan.changes, self.reason_id)
        # What is suspended is not waited for any more.
        self.env["contract.line"].union(*plan.forgone)._write_by_verb(
            {"end_cause": "drop", "end_reason_id": self.reason_id.id}
        )
        contract, site = self.contract_id, self.subscriber_id
        if site:
            contract._write_by_verb({"subscriber_ids": [Command.unlink(site.id)]})
            if self.removal:
                contract._make_removal_orders(site, self.date)
                contract._ask_equipment_back(site, self.date)

    def _ask(self, summary, note):
        """A task for who makes the change: what others have to do with it."""
        task = self.contract_id.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(self.date, self.company_id._alarm_today()),
            summary=summary,
            note=note,
            user_id=self.env.uid if not self.env.user._is_superuser() else self.create_uid.id,
        )
        self._write_by_verb({"task_id": task.id})

    @api.model
    def _run_due(self, date=None):
        """Due work: do what is planned for the day, and resume what was suspended until then. One
        that cannot be done says why and keeps nobody else from his."""
        for day, companies in self.env["res.company"]._alarm_days(date).items():
            self._do_due(companies, day)
            self._resume_due(companies, day)

    @api.model
    def _do_due(self, companies, date):
        for change in self.search(
            [
                ("company_id", "in", companies.ids),
                ("state", "=", "planned"),
                ("date", "<=", date),
            ],
            order="date, id",
        ):
            # One that was done before may have withdrawn it.
            if change.state == "planned":
                change = change._in_words_of_planner()
                change._try(change._do)

    def _in_words_of_planner(self):
        """What it says is for who planned it, not for whoever the job runs as."""
        self.ensure_one()
        return self.with_context(lang=self.create_uid.lang or self.env.lang)

    def _try(self, verb, *args, **values):
        """What cannot be done says why."""
        try:
            with self.env.cr.savepoint():
                verb(*args, **values)
        except UserError as error:
            self._write_by_verb({"problem": str(error)})
        except Exception:
            _logger.exception("Change %s could not be made", self.id)
            self._write_by_verb({"problem": self.env._("An error: see the log.")})

    @api.autovacuum
    def _gc_drafts(self):
        """A form that was left before anything was decided is no record."""
        week_ago = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        self.search([("state", "=", "draft"), ("write_date", "<", week_ago)]).unlink()
