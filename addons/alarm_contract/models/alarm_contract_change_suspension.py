from datetime import timedelta

from odoo import api, models

from ..tools.contract_changes import CHANGES

_DAY = timedelta(days=1)


class AlarmContractChange(models.Model):
    """A suspension, and how what it ended goes on: by itself, by somebody, for another customer."""

    _inherit = "alarm.contract.change"

    def _plan_suspend(self, plan):
        fees = self._lines_from()
        lines = fees.filtered(lambda line: line._has_begun(self.date))
        if fees and not lines:
            # A fee that never ran would have nothing to go on with.
            plan.problems.append(
                self.env._("No fee runs before %s: suspend from a later day.", self._day(self.date))
            )
        plan.ends.extend(lines)
        plan.credits.extend(lines._get_unused(self.date))
        sites = self.subscriber_id or self.contract_id.subscriber_ids
        watched = sites.filtered(lambda site: site.state == "active")
        if watched:
            plan.notes.append(
                self.env._(
                    "Monitoring goes on at %s until the back office suspends it: you are reminded.",
                    ", ".join(watched.mapped("display_name")),
                )
            )
        if self.resume_on:
            plan.notes.append(
                self.env._("The service resumes by itself on %s.", self._day(self.resume_on))
            )

    def _get_suspended_by_it(self):
        """The fees that this suspension ended and that have not gone on since."""
        return self.contract_id._get_suspended_lines().filtered(
            lambda line: line.date_end == self.date - _DAY
            and self.subscriber_id in (line.subscriber_id, self.subscriber_id.browse())
        )

    def _is_to_resume(self):
        """Whether something that this suspension ended waits for its return still; what somebody
        suspended after it, or at another site, waits for him."""
        self.ensure_one()
        lines = self._get_suspended_by_it()
        if any(
            self.extend_term or not line.suspended_end or line.suspended_end >= self.resume_on
            for line in lines
        ):
            return True
        contract = self.contract_id
        only_these = bool(lines) and lines == contract._get_suspended_lines()
        return only_these and contract.alarm_state == "suspended"

    def _plan_reactivate(self, plan):
        contract = self.contract_id
        waiting = contract._get_suspended_lines()
        if self.resumes_id:
            lines = self.resumes_id._get_suspended_by_it()
        elif self.subscriber_id:
            lines = contract._get_suspended_at(self.subscriber_id)
        else:
            lines = waiting
        for line in lines:
            self._plan_return(plan, line)
        if not lines and self.subscriber_id:
            plan.problems.append(
                self.env._("Nothing at %s is suspended.", self.subscriber_id.display_name)
            )
        elif not lines:
            plan.problems.append(self.env._("Nothing of this contract is suspended."))
        elif self.extend_term and contract._get_term_end():
            plan.term_end = self._get_extended_end(lines)
            plan.notes.append(self.env._("The term ends on %s.", self._day(plan.term_end)))
        if lines and waiting - lines:
            plan.notes.append(
                self.env._("Still suspended: %s.", ", ".join((waiting - lines).mapped("name")))
            )
        if contract.alarm_state == "notice":
            plan.notes.append(
                self.env._(
                    "The notice stands: the last day of service is %s.",
                    self._day(contract._get_pending_cancellation().effective_date),
                )
            )

    def _plan_return(self, plan, line):
        site = line.subscriber_id
        if line.date_end >= self.date:
            plan.problems.append(
                self.env._(
                    "%(fee)s is suspended only after %(date)s.",
                    fee=line.name,
                    date=self._day(line.date_end),
                )
            )
            return
        if site and not self.contract_id._get_site_now(site):
            plan.notes.append(
                self.env._(
                    "%(fee)s stays suspended: %(site)s is no site of the contract any more.",
                    fee=line.name,
                    site=site.display_name,
                )
            )
            return
        end = line.suspended_end
        if end and self.extend_term:
            end += self.date - line.date_end - _DAY
        if not end or end >= self.date:
            plan.returns[line] = end

    def _get_extended_end(self, lines):
        first = min(line.date_end for line in lines) + _DAY
        return self.contract_id._get_term_end() + max(self.date - first, timedelta())

    def _do_suspend(self, plan):
        contract = self.contract_id
        for line in plan.ends:
            line._write_by_verb({"suspended_end": line.date_end})
        lines = self._end_lines(plan, CHANGES["suspend"].end_cause)
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
        after = self.env["contract.line"]
        for line, end in plan.returns.items():
            values = {}
            if line.contract_id != contract:
                # Suspended already when somebody took the contract over.
                values["contract_id"] = contract.id
            if line.subscriber_id:
                values["subscriber_id"] = contract._get_site_now(line.subscriber_id).id
            after |= line._go_on_from(self.date, end, "reactivation", values)
        if plan.term_end:
            contract._write_by_verb({"term_end": plan.term_end, "renewed_until": False})
        if contract.alarm_state == "notice":
            contract._get_pending_cancellation()._take_in(after)
        if contract.alarm_state == "suspended":
            contract._transition("reactivate")
        if not contract._get_suspended_lines():
            # Nobody needs to have the monitoring suspended any more.
            contract.change_ids.filtered(lambda change: change.kind == "suspend").task_id.unlink()
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

    def _hand_on_resumptions(self, plan, new):
        """What was to resume, by itself or as somebody planned it, resumes for the new customer."""
        planned = self.browse().union(*plan.handed_on)
        # Of all sites, or of these: not by itself where somebody has planned another day.
        sites = [change.subscriber_id for change in planned]
        suspensions = self.contract_id.change_ids.filtered(
            lambda change: change.kind == "suspend"
            and change.state == "done"
            and change.resume_on
            and change.resume_on > self.date
            and change._get_suspended_by_it()
            and not any(not site or site == change.subscriber_id for site in sites)
        )
        for change in suspensions:
            self._plan_resumption(new, change.resume_on, change)
        for change in planned:
            self._plan_resumption(new, max(change.date, self.date), change)
        planned._withdraw_because(self.display_name)

    def _plan_resumption(self, new, date, before):
        """As `before` has it, for the new customer."""
        site = before.subscriber_id or before.resumes_id.subscriber_id
        heir = site and new._get_site_now(site)
        if site and not heir:
            return
        again = self.create(
            {
                "contract_id": new.id,
                "kind": "reactivate",
                "date": date,
                "subscriber_id": heir and heir.id,
                "extend_term": before.extend_term,
            }
        )
        again._write_by_verb({"state": "planned"})

    @api.model
    def _resume_due(self, companies, date):
        suspensions = self.search(
            [
                ("company_id", "in", companies.ids),
                ("kind", "=", "suspend"),
                ("state", "=", "done"),
                ("resume_on", "<=", date),
                ("contract_id.alarm_state", "in", tuple(CHANGES["reactivate"].states)),
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
            if suspension._is_to_resume():
                suspension = suspension._in_words_of_planner()
                suspension._try(
                    suspension.contract_id._action_change,
                    "reactivate",
                    suspension.resume_on,
                    extend_term=suspension.extend_term,
                    resumes_id=suspension.id,
                )
