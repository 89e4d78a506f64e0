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
        today = self.company_id._alarm_today()
        for change in self:
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
        """Notice is given: a new signature that was planned before is off. On its day it would
        undo the notice with nobody having said so."""
        for change in self.filtered(lambda one: one.state == "planned" and one.kind == "re_sign"):
            change._write_by_verb({"state": "withdrawn"})
            change.contract_id.message_post(
                body=self.env._("Withdrawn by the notice: %s", change.display_name)
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
        getattr(self, f"_do_{self.kind}")(plan)
        self._write_by_verb(
            {
                "state": "done",
                "outcome": outcome,
                "done_on": self.company_id._alarm_today(),
                "done_by_id": self.env.uid,
                "problem": False,
            }
        )
        contract.message_post(body=self._render_message(outcome))
        return credits

    def _render_message(self, outcome):
        title = self._render_sentences([self.display_name], "fw-bold")
        return title + outcome

    def _end_lines(self, plan):
        lines = self.env["contract.line"].union(*plan.ends)
        lines._stop_before(self.date, CHANGES[self.kind].end_cause, self.reason_id)
        return lines

    def _do_suspend(self, plan):
        contract = self.contract_id
        for line in plan.ends:
            line._write_by_verb({"suspended_end": line.date_end})
        lines = self._end_lines(plan)
        if not self.subscriber_id or not (contract.contract_line_ids._open_from(self.date) - lines):
            contract._transition("suspend")
        sites = (self.subscriber_id or contract.subscriber_ids).filtered(
            lambda site: site.state == "active"
        )
        if sites:
            self._ask(
                self.env._("Have the monitoring suspended"),
                self.env._(
                    "The contract is suspended from %(date)s, but these are still monitored: "
                    "%(sites)s.",
                    date=self._day(self.date),
                    sites=", ".join(sites.mapped("display_name")),
                ),
            )

    def _do_reactivate(self, plan):
        contract = self.contract_id
        for line, end in plan.returns.items():
            values = {}
            if line.contract_id != contract:
                # Suspended already when somebody took the contract over.
                site = line.subscriber_id and self._get_site_now(line.subscriber_id)
                values = {"contract_id": contract.id, "subscriber_id": site and site.id}
            line._go_on_from(self.date, end, "reactivation", values)
        if self.extend_term and contract.term_end:
            lines = self.env["contract.line"].union(*plan.returns)
            contract._write_by_verb({"term_end": self._get_extended_end(lines)})
        if contract.alarm_state == "suspended":
            contract._transition("reactivate")
        site = self.subscriber_id or self.resumes_id.subscriber_id
        sites = site or contract.subscriber_ids
        sites = sites.filtered(lambda site: site.state == "suspended")
        if sites:
            self._ask(
                self.env._("Have the monitoring resumed"),
                self.env._(
                    "The contract runs again from %(date)s, but these are not monitored: "
                    "%(sites)s.",
                    date=self._day(self.date),
                    sites=", ".join(sites.mapped("display_name")),
                ),
            )

    def _do_move(self, plan):
        contract, old, new = self.contract_id, self.subscriber_id, self.to_subscriber_id
        contract._write_by_verb({"subscriber_ids": [Command.link(new.id)]})
        change = CHANGES["move"]
        lines = self.env["contract.line"].union(*plan.changes)
        lines._replace_from(self.date, change.end_cause, change.start_cause, plan.changes)
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
        self._hand_on_planned(new)
        contract._transition("end", successor_contract_id=new.id, terminate_date=self.date - _DAY)
        self._write_by_verb({"new_contract_id": new.id})

    def _hand_on_planned(self, new):
        """Nothing that is planned for a contract that ends is left there."""
        planned = self._get_planned_besides()
        going_on = planned.filtered(lambda one: one._is_handed_on())
        self._hand_on_resumption(new, going_on)
        for change in going_on:
            self._plan_anew(new, change, change.date)
        for change in planned:
            change._write_by_verb({"state": "withdrawn"})
            self.contract_id.message_post(
                body=self.env._("Goes on with the new customer: %s", change.display_name)
                if change in going_on
                else self.env._("Withdrawn by the take-over: %s", change.display_name)
            )

    def _plan_anew(self, new, change, day):
        """What was to run again on a day runs again for the new customer."""
        site = change.subscriber_id
        heir = new.subscriber_ids.filtered(lambda heir: heir.predecessor_id == site)
        again = self.create(
            {
                "contract_id": new.id,
                "kind": "reactivate",
                "date": day,
                "subscriber_id": site and heir.id,
                "extend_term": change.extend_term,
            }
        )
        again._write_by_verb({"state": "planned"})

    def _hand_on_resumption(self, new, planned):
        """A suspension that ends by itself ends for the new customer, too, unless somebody has
        planned another day for it."""
        resuming = self.contract_id.change_ids.filtered(
            lambda change: change.kind == "suspend"
            and change.state == "done"
            and change.resume_on
            and change.resume_on > self.date
            and change._get_suspended_by_it()
            and not planned.filtered(
                lambda other, change=change: other.subscriber_id
                in (change.subscriber_id, change.subscriber_id.browse())
            )
        )
        for change in resuming:
            self._plan_anew(new, change, change.resume_on)

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
        contract, site = self.contract_id, self.subscriber_id
        if site:
            contract._write_by_verb({"subscriber_ids": [Command.unlink(site.id)]})
            if self.removal:
                contract._make_removal_orders(site, self.date)
                contract._ask_equipment_back(site, self.date)

    def _ask(self, summary, note):
        """A task for who makes the change: what others have to do with it."""
        self.contract_id.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(self.date, self.company_id._alarm_today()),
            summary=summary,
            note=note,
            user_id=self.env.uid if not self.env.user._is_superuser() else self.create_uid.id,
        )

    def _in_words_of_planner(self):
        self.ensure_one()
        return self.with_context(lang=self.create_uid.lang or self.env.lang)

    @api.model
    def _run_due(self, date=None):
        """Due work: do what is planned for the day, and resume what was suspended until then. One
        that cannot be done says why and keeps nobody else from his."""
        for day, companies in self.env["res.company"]._alarm_days(date).items():
            self._run_due_of(companies, day)
            self._resume_due(companies, day)

    @api.model
    def _run_due_of(self, companies, date):
        planned = self.search(
            [
                ("state", "=", "planned"),
                ("date", "<=", date),
                ("company_id", "in", companies.ids),
            ],
            order="date, id",
        )
        for change in planned:
            # What it says is for who planned it, not for whoever the job runs as.
            change = change._in_words_of_planner()
            try:
                with self.env.cr.savepoint():
                    change._do()
            except UserError as error:
                change._write_by_verb({"problem": str(error)})
            except Exception:
                _logger.exception("Change %s could not be made", change.id)
                change._write_by_verb({"problem": change.env._("An error: see the log.")})

    @api.autovacuum
    def _gc_drafts(self):
        """A form that was left before anything was decided is no record."""
        week_ago = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        self.search([("state", "=", "draft"), ("write_date", "<", week_ago)]).unlink()

    @api.model
    def _resume_due(self, companies, date):
        suspensions = self.search(
            [
                ("company_id", "in", companies.ids),
                ("kind", "=", "suspend"),
                ("state", "=", "done"),
                ("resume_on", "<=", date),
                ("contract_id.alarm_state", "in", ("running", "suspended")),
                (
                    "contract_id.contract_line_ids",
                    "any",
                    [
                        ("end_cause", "=", "suspension"),
                        ("successor_contract_line_id", "=", False),
                    ],
                ),
            ]
        )
        for suspension in suspensions:
            if not suspension._is_to_resume():
                continue
            suspension = suspension._in_words_of_planner()
            try:
                with self.env.cr.savepoint():
                    suspension.contract_id._action_change(
                        "reactivate",
                        suspension.resume_on,
                        extend_term=suspension.extend_term,
                        resumes_id=suspension.id,
                    )
            except UserError as error:
                suspension._write_by_verb({"problem": str(error)})
