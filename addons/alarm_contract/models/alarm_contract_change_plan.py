from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo import api, models

from ..tools.contract_changes import CHANGES
from .alarm_contract_change import NEW_TERMS

_DAY = timedelta(days=1)


@dataclass
class Plan:
    """What a change does: shown before it is done, and then done as it was shown.

    `ends`: lines that end; `changes`: lines that go on as a successor, with what is different about
    it; `returns`: lines that were suspended and go on, with their end; `forgone`: lines that were
    suspended and never go on; `term_end`: of a term that is extended; `withdrawn` and `handed_on`:
    other changes that were planned; `credits`: values of the charges that give back what was paid;
    `notes` and `problems`: sentences.
    """

    ends: list = field(default_factory=list)
    changes: dict = field(default_factory=dict)
    returns: dict = field(default_factory=dict)
    forgone: list = field(default_factory=list)
    term_end: date | bool = False
    withdrawn: list = field(default_factory=list)
    handed_on: list = field(default_factory=list)
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
        needs = change.needs + (("reason_id",) if self.gives_up else ())
        missing = [name for name in needs if not self[name]]
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
        if self.subscriber_id and self.subscriber_id not in contract.subscriber_ids:
            plan.problems.append(self._say_stranger())
        self._plan_beside_others(plan)
        getattr(self, f"_plan_{self.kind}")(plan)
        self._plan_others(plan)
        touched = plan.ends or plan.changes or plan.returns or plan.forgone
        if not touched and not plan.problems:
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

    def _plan_others(self, plan):
        """What was planned of a contract that is taken over, or of a site that leaves, does not
        happen. What is suspended is resumed as planned, wherever it is then."""
        # What comes before a later day is done by then.
        first = self.date if self.date > self.company_id._alarm_today() else None
        planned = (self.contract_id.change_ids - self._origin).filtered(
            lambda other: other.state == "planned" and (not first or other.date >= first)
        )
        if self.kind in ("move", "drop"):
            planned = planned.filtered(
                lambda other: other.subscriber_id and other.subscriber_id == self.subscriber_id
            )
        elif self.kind != "take_over":
            return
        kept = planned.filtered(lambda other: other.kind == "reactivate" and self.kind != "drop")
        plan.handed_on.extend(kept)
        plan.withdrawn.extend(planned - kept)
        if kept:
            plan.notes.append(self.env._("Stays planned: %s.", kept._say_planned()))
        if planned - kept:
            plan.notes.append(
                self.env._("Planned and withdrawn by this: %s.", (planned - kept)._say_planned())
            )

    def _say_planned(self):
        return ", ".join(
            f"{change._get_kind_label()} ({change._day(change.date)})" for change in self
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
        waiting = self.contract_id._get_suspended_at(old)
        if waiting:
            plan.notes.append(
                self.env._(
                    "What is suspended goes on at %(site)s: %(fees)s.",
                    site=new.display_name,
                    fees=", ".join(waiting.mapped("name")),
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
        plan.notes.append(self.env._("%s ends; its history stays with it.", contract.display_name))

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
        plan.credits.extend(self._get_paid_anew(plan)._get_unused(self.date))
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
    def _get_paid_anew(self, plan):
        """The fees of which what was paid serves no successor."""
        return self.env["contract.line"].union(
            *plan.ends,
            *(line for line, values in plan.changes.items() if not line._pays_for(values)),
        )

    @api.model
    def _say_term(self, record, name):
        field = record._fields[name]
        return field.convert_to_export(record[name], record) or "–"

    def _plan_drop(self, plan):
        contract, site = self.contract_id, self.subscriber_id
        open_lines, suspended = self._lines_from(), contract._get_suspended_lines()
        rows = self.line_ids.filtered(lambda row: not row.keep)
        lines = self.env["contract.line"].union(*(row._get_line_now() for row in rows))
        self._plan_changed_fees(plan, lines - open_lines - suspended, lines.browse())
        forgone = lines & suspended
        if site:
            forgone |= contract._get_suspended_at(site)
        plan.forgone.extend(forgone)
        lines &= open_lines
        plan.ends.extend(lines)
        self._plan_downgrades(plan, open_lines)
        plan.credits.extend(self._get_paid_anew(plan)._get_unused(self.date))
        if site and site == contract.subscriber_ids:
            plan.problems.append(
                self.env._("No site would be left: that is a cancellation, with its notice.")
            )
        elif site:
            self._plan_leaving(plan, site, lines)
        if lines and lines == open_lines:
            plan.problems.append(
                self.env._("No service would be left: that is a cancellation, with its notice.")
            )
        if not rows and not plan.changes and not site and not plan.problems:
            plan.problems.append(self.env._("Say which service ends: take its mark off."))

    def _plan_leaving(self, plan, site, lines):
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
