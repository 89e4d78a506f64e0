from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, models

from ..tools.contract_changes import CHANGES
from .alarm_contract_change import NEW_TERMS

_DAY = timedelta(days=1)


@dataclass
class Plan:
    """What a change does: shown before it is done, and then done as it was shown.

    `ends`: lines that end; `changes`: lines that go on as a successor, with what is different about
    it; `returns`: lines that were suspended and go on, with their end; `credits`: values of the
    charges that give back what was paid; `notes` and `problems`: sentences.
    """

    ends: list = field(default_factory=list)
    changes: dict = field(default_factory=dict)
    returns: dict = field(default_factory=dict)
    credits: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    problems: list = field(default_factory=list)


class AlarmContractChange(models.Model):
    _inherit = "alarm.contract.change"

    def _plan(self):
        """What the change would do now."""
        self.ensure_one()
        plan = Plan()
        contract = self.contract_id
        if not contract or not self.date:
            return plan
        change = CHANGES[self.kind]
        if contract.alarm_state not in change.states:
            labels = dict(contract._fields["alarm_state"]._description_selection(self.env))
            plan.problems.append(
                self.env._(
                    "%(contract)s is %(state)s: this can be done only when it is %(states)s.",
                    contract=contract.display_name,
                    state=labels[contract.alarm_state],
                    states=", ".join(labels[state] for state in labels if state in change.states),
                )
            )
        missing = [name for name in change.needs if not self[name]]
        if missing:
            labels = self.fields_get(missing, ["string"])
            plan.problems.append(
                self.env._(
                    "Still to be said: %s.", ", ".join(labels[name]["string"] for name in missing)
                )
            )
        if contract.live_on and self.date < contract.live_on:
            plan.problems.append(
                self.env._("The service began on %s only.", self._day(contract.live_on))
            )
        self._plan_beside_others(plan)
        getattr(self, f"_plan_{self.kind}")(plan)
        if not (plan.ends or plan.changes or plan.returns) and not plan.problems:
            plan.notes.append(self.env._("No fee changes."))
        return plan

    def _plan_beside_others(self, plan):
        """Changes of the same fees come one after the other, and none after the end."""
        last = self._get_last_day()
        if last and self.date > last:
            plan.problems.append(self.env._("The contract ends on %s.", self._day(last)))
        for other in self.contract_id.change_ids - self._origin:
            if self.subscriber_id and other.subscriber_id - self.subscriber_id:
                continue
            later = other.state == "done" and other.date > self.date
            twice = other.state == "planned" and other.kind == self.kind
            if later or twice:
                plan.problems.append(
                    self.env._(
                        "Overlaps with another change: %(change)s, %(state)s, from %(date)s.",
                        change=other._get_kind_label(),
                        state=dict(other._fields["state"]._description_selection(self.env))[
                            other.state
                        ],
                        date=self._day(other.date),
                    )
                )

    def _get_last_day(self):
        """The day after which nothing can be changed, False where there is none."""
        contract = self.contract_id
        pending = contract._get_pending_cancellation()
        if pending:
            return pending.effective_date
        # A new signature is how a term that does not renew goes on.
        ends = contract.renewal_kind == "none" and self.kind != "re_sign"
        return ends and contract._get_term_end()

    def _lines_from(self):
        """The fees that run on the day or after it; of the site only, where one is named."""
        lines = self.contract_id.contract_line_ids._open_from(self.date)
        if self.subscriber_id and self.kind in ("suspend", "move"):
            lines = lines.filtered(lambda line: line.subscriber_id == self.subscriber_id)
        return lines

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
        if self.resumes_id:
            lines = self.resumes_id._get_suspended_by_it()
        else:
            lines = contract._get_suspended_lines()
            if self.subscriber_id:
                heirs = self._get_sites_before(self.subscriber_id)
                lines = lines.filtered(lambda line: line.subscriber_id in heirs)
        for line in lines:
            if line.date_end >= self.date:
                plan.problems.append(
                    self.env._(
                        "%(fee)s is suspended only after %(date)s.",
                        fee=line.name,
                        date=self._day(line.date_end),
                    )
                )
                continue
            end = line.suspended_end
            if end and self.extend_term:
                end += self.date - line.date_end - _DAY
            if not end or end >= self.date:
                plan.returns[line] = end
        if not lines and self.subscriber_id:
            plan.problems.append(
                self.env._("Nothing at %s is suspended.", self.subscriber_id.display_name)
            )
        elif not lines:
            plan.problems.append(self.env._("Nothing of this contract is suspended."))
        elif self.extend_term and contract.term_end:
            plan.notes.append(
                self.env._("The term ends on %s.", self._day(self._get_extended_end(lines)))
            )

    @api.model
    def _get_sites_before(self, site):
        """The site and what it was before other owners took it over."""
        sites = site
        while earlier := sites.predecessor_id - sites:
            sites |= earlier
        return sites

    def _get_site_now(self, site):
        """The site of this contract which that of an earlier owner has become."""
        return self.contract_id.subscriber_ids.filtered(
            lambda heir: site in self._get_sites_before(heir)
        )[:1]

    def _get_extended_end(self, lines):
        first = min(line.date_end for line in lines) + _DAY
        return self.contract_id.term_end + max(self.date - first, timedelta())

    def _plan_move(self, plan):
        old, new = self.subscriber_id, self.to_subscriber_id
        if not old or not new:
            return
        if old == new:
            plan.problems.append(self.env._("Old and new premises are the same."))
        if new.partner_id.commercial_partner_id != old.partner_id.commercial_partner_id:
            plan.problems.append(
                self.env._(
                    "%(new)s is of another customer: that is a take-over.", new=new.display_name
                )
            )
        for line in self._lines_from():
            plan.changes[line] = {"subscriber_id": new.id}
        plan.notes.append(
            self.env._(
                "Fees for the whole contract go on as they are; what is counted is counted at "
                "%s from then on.",
                new.display_name,
            )
        )
        if self.removal:
            plan.notes.append(self._note_removal(old))

    def _note_removal(self, sites):
        return self.env._(
            "A work order is made for the removal at %(sites)s; monitoring ends there on %(date)s.",
            sites=", ".join(sites.mapped("display_name")),
            date=self._day(self.date),
        )

    def _plan_take_over(self, plan):
        contract = self.contract_id
        partner = self.to_partner_id
        if partner and partner.commercial_partner_id == contract.commercial_partner_id:
            plan.problems.append(self.env._("This is the customer already."))
        heirs = self._get_heirs()
        missing = contract.subscriber_ids - self.env["alarm.subscriber"].union(*heirs)
        if partner and missing:
            plan.problems.append(
                self.env._(
                    "A new owner is a new subscriber. Not registered yet, with the old one as "
                    "predecessor: %s.",
                    ", ".join(missing.mapped("display_name")),
                )
            )
        self._plan_rows(plan)
        for line, values in plan.changes.items():
            if line.subscriber_id:
                values["subscriber_id"] = heirs.get(line.subscriber_id, line.subscriber_id).id
        plan.credits.extend(self._lines_from()._get_unused(self.date))
        held = contract._get_deposit_held()
        if self.refund_deposit and held:
            plan.credits.append(contract._prepare_deposit_refund(held, self.date))
            plan.notes.append(
                self.env._("The new customer pays a deposit of %s.", self._money(held))
            )
        until = contract._get_term_end()
        if until and not self.new_term:
            plan.notes.append(self.env._("The new customer is bound until %s.", self._day(until)))
        if contract.alarm_state == "suspended":
            plan.notes.append(self.env._("The service stays suspended."))
        self._note_planned(plan)
        plan.notes.append(self.env._("%s ends; its history stays with it.", contract.display_name))

    def _note_planned(self, plan):
        """What becomes of changes that are planned for a later day."""
        for other in self._get_planned_besides():
            words = {"change": other._get_kind_label(), "date": self._day(other.date)}
            plan.notes.append(
                self.env._("Goes on with the new customer: %(change)s, from %(date)s.", **words)
                if other._is_handed_on()
                else self.env._(
                    "Planned with the old customer, and withdrawn: %(change)s, from %(date)s.",
                    **words,
                )
            )

    def _get_planned_besides(self):
        """What is still planned on the day of this change: what comes before a later day is done
        by then."""
        others = self.contract_id.change_ids - self._origin
        first = self.date if self.date > self.company_id._alarm_today() else None
        return others.filtered(
            lambda one: one.state == "planned" and (not first or one.date >= first)
        ).sorted("date")

    def _is_handed_on(self):
        """What is suspended runs again for the new customer, too; all else was agreed with the old
        one."""
        self.ensure_one()
        return self.kind == "reactivate"

    def _get_heirs(self):
        """For each site the subscriber of the new customer there."""
        self.ensure_one()
        if not self.to_partner_id:
            return {}
        heirs = self.env["alarm.subscriber"].search(
            [
                ("predecessor_id", "in", self.contract_id.subscriber_ids.ids),
                ("partner_id", "child_of", self.to_partner_id.commercial_partner_id.id),
                ("state", "!=", "terminated"),
            ]
        )
        return {heir.predecessor_id: heir for heir in heirs}

    def _plan_re_sign(self, plan):
        self._plan_rows(plan)
        paid_anew = self.env["contract.line"].union(
            *plan.ends,
            *(line for line, values in plan.changes.items() if not line._pays_for(values)),
        )
        plan.credits.extend(paid_anew._get_unused(self.date))
        if self.term_months:
            plan.notes.append(
                self.env._(
                    "A term of %(months)s months begins and ends on %(end)s.",
                    months=self.term_months,
                    end=self._day(self._get_new_term_end()),
                )
            )
        labels = self.fields_get(NEW_TERMS[1:], ["string"])
        for name in NEW_TERMS[1:]:
            if self[name] != self.contract_id[name]:
                plan.notes.append(
                    self.env._(
                        "%(what)s: %(new)s instead of %(old)s.",
                        what=labels[name]["string"],
                        new=self._say_term(self, name),
                        old=self._say_term(self.contract_id, name),
                    )
                )
        if self.to_payer_id:
            plan.notes.append(self.env._("From then on %s pays.", self.to_payer_id.display_name))
        if self.contract_id.alarm_state == "notice":
            plan.notes.append(self.env._("The notice is withdrawn."))

    @api.model
    def _say_term(self, record, name):
        field = record._fields[name]
        return field.convert_to_export(record[name], record) or "–"

    def _plan_drop(self, plan):
        for row in self.line_ids.filtered(lambda row: not row.keep):
            plan.ends.append(row.contract_line_id)
        lines = self.env["contract.line"].union(*plan.ends)
        plan.credits.extend(lines._get_unused(self.date))
        site = self.subscriber_id
        if site and site == self.contract_id.subscriber_ids:
            plan.problems.append(
                self.env._("No site would be left: that is a cancellation, with its notice.")
            )
        elif site:
            left = self._lines_from().filtered(lambda line: line.subscriber_id == site) - lines
            for line in left:
                plan.problems.append(
                    self.env._(
                        "%(fee)s is for %(site)s, which leaves.",
                        fee=line.name,
                        site=site.display_name,
                    )
                )
            plan.notes.append(
                self.env._(
                    "%s is no site of the contract any more; what is counted is counted without "
                    "it from then on.",
                    site.display_name,
                )
            )
            if self.removal:
                plan.notes.append(self._note_removal(site))
        if lines and lines == self._lines_from():
            plan.problems.append(
                self.env._("No service would be left: that is a cancellation, with its notice.")
            )
        if not lines and not site and not plan.problems:
            plan.problems.append(self.env._("Say which service ends: take its mark off."))

    def _plan_rows(self, plan):
        open_lines = self._lines_from()
        for row in self.line_ids:
            line = row.contract_line_id
            if line not in open_lines:
                continue
            if row.keep:
                plan.changes[line] = row._prepare_successor()
            else:
                plan.ends.append(line)
