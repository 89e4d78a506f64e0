from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.alarm_contract.models.contract_line import RECURRING
from odoo.addons.alarm_contract.tools.contract_states import CHARGED
from odoo.addons.alarm_contract.tools.exit_fee import Terms, exit_fee
from odoo.addons.alarm_contract.tools.periods import add_months, months_between

from ..tools.carrier_file import plain

_DAY = timedelta(days=1)


class ContractContract(models.Model):
    """Contracts of which a carrier collects the fees, and the subsidy that it takes back."""

    _inherit = "contract.contract"

    subsidy_returned = fields.Boolean(
        string="Subsidy Is Taken Back",
        help="When the customer leaves early, the carrier takes back from us what of the subsidy "
        "is not worked off.",
    )

    def _get_carrier_references(self):
        """By what a carrier may name this contract: its number, the numbers of its subscribers,
        the accounts of their panels."""
        self.ensure_one()
        names = [
            self.code,
            *self.subscriber_ids.mapped("ref"),
            *self.subscriber_ids.panel_ids.mapped("account"),
        ]
        return tuple({plain(name) for name in names if name})

    @api.model
    def _get_ids_to_bill(self, company, date):
        """What waits for a carrier's word is nothing that a billing run could invoice."""
        ids = super()._get_ids_to_bill(company, date)
        carried = self.browse(ids).filtered(lambda contract: contract.biller == "carrier")
        waiting = carried - carried._filter_other_dues(date)
        left = set(waiting.ids)
        return [number for number in ids if number not in left]

    @api.model
    def _get_ids_to_preview(self, company, date):
        ids = super()._get_ids_to_preview(company, date)
        carried = [
            ("company_id", "=", company.id),
            ("business_model_id", "!=", False),
            ("biller", "=", "carrier"),
            ("alarm_state", "in", tuple(CHARGED)),
            "|",
            ("recurring_next_date", "<=", date),
            ("charge_ids", "any", [("state", "=", "chargeable"), ("date_due", "<=", date)]),
        ]
        return sorted({*ids, *self._search(carried)})

    def _filter_other_dues(self, date):
        """Those of these of which something is due that no carrier collects: asked for all at once,
        since all of them wait every day until the file comes."""
        others = {values["contract_id"] for values in self._prepare_other_charges(date)}
        return self.filtered(lambda contract: contract.id in others or contract._has_own_dues(date))

    def _has_own_dues(self, date):
        self.ensure_one()
        return any(
            charge._is_open() and charge.date_due <= date and not charge._waits_for_carrier()
            for charge in self.charge_ids
        ) or any(
            line.charge_kind not in RECURRING
            and line.recurring_next_date
            and line.recurring_next_date <= date
            for line in self.contract_line_ids
        )

    def _compute_is_due(self):
        result = super()._compute_is_due()
        today = self.company_id._alarm_today()
        carried = self.filtered(lambda one: one.is_due and one.biller == "carrier")
        (carried - carried._filter_other_dues(today)).is_due = False
        return result

    def _transition(self, verb, **values):
        result = super()._transition(verb, **values)
        if verb == "end":
            for contract in self:
                contract._claw_back_subsidy(contract._get_last_day())
        return result

    def _get_last_day(self):
        """The last day of service of a contract that ended."""
        self.ensure_one()
        return self.terminate_date or self.company_id._alarm_today()

    def _claw_back_subsidy(self, last_day):
        """The carrier takes back what of its subsidy was not worked off: the same calculation by
        which the customer pays it back. Once for a contract, and not when another customer takes
        it over: he goes on working it off."""
        values = []
        for contract in self:
            if not (contract.subsidy_returned and contract.subsidy_amount):
                continue
            # By the condition of the exit fee: else the one would pay what the other keeps.
            if contract.successor_contract_id or not contract._is_subsidy_received():
                continue
            calculation = exit_fee("unamortised_subsidy", contract._prepare_subsidy_terms(last_day))
            if calculation.fee:
                values.append(contract._prepare_claw_back(calculation, last_day))
        return self.env["alarm.charge"]._add(values)

    def _prepare_subsidy_terms(self, last_day):
        self.ensure_one()
        return Terms(
            last_day=last_day,
            served_from=self._get_subsidy_served_from(last_day),
            subsidy=self.subsidy_amount,
            subsidy_months=self.subsidy_months,
            rounding=self.currency_id.rounding,
        )

    def _get_exit_terms(self, noticed, last_day):
        terms = super()._get_exit_terms(noticed, last_day)
        if self.exit_method != "unamortised_subsidy":
            return terms
        return replace(terms, served_from=self._get_subsidy_served_from(last_day) or None)

    def _get_subsidy_served_from(self, last_day):
        """From when the months are counted that work the subsidy off: from the beginning of the
        service, of whichever customer; where it was suspended, so many months before `last_day` as
        it was not. Days that are no whole month are added up, thirty to a month."""
        self.ensure_one()
        chain = self._with_predecessors()
        start = chain[-1].live_on
        pauses = chain._get_suspended_times(last_day)
        if not start or not pauses:
            return start
        months, days = 0, 0
        for pause, resumed in [*pauses, (last_day + _DAY, last_day + _DAY)]:
            whole = months_between(start, pause)
            months += whole
            days += (pause - add_months(start, whole)).days
            start = resumed
        return add_months(last_day + _DAY, -(months + days // 30))

    def _get_suspended_times(self, last_day):
        """[(first day without, first day with service again)] up to `last_day`: when no fee of
        these ran because of a suspension."""
        lines = self.contract_line_ids.filtered(
            lambda line: line.charge_kind in RECURRING
            and not line.is_canceled
            and line.date_start
            and line.date_start <= last_day
        ).sorted("date_start")
        found, stopped, suspended = [], None, False
        for line in lines:
            if suspended and line.date_start > stopped:
                found.append((stopped, line.date_start))
            after = (min(line.date_end, last_day) if line.date_end else last_day) + _DAY
            if not stopped or after >= stopped:
                stopped, suspended = after, line.end_cause == "suspension"
        if suspended and stopped <= last_day:
            found.append((stopped, last_day + _DAY))
        return found

    def _prepare_claw_back(self, calculation, last_day):
        """A charge below zero to the carrier: a credit note."""
        partner = self._get_settlement_partner()
        env = self.with_context(lang=partner.lang or self.env.lang).env
        subsidy, worked = calculation.steps[0], calculation.steps[1]
        served, months = worked.values
        once = self.contract_line_ids.filtered(lambda line: line.charge_kind == "one_off")
        return {
            "contract_id": self.id,
            "kind": "adjustment",
            "name": env._(
                "Subsidy taken back: %(subsidy)s less %(served)s of %(months)s months worked off "
                "(%(worked)s), contract ended on %(date)s",
                subsidy=self.currency_id.format(subsidy.amount),
                served=served,
                months=months,
                worked=self.currency_id.format(-worked.amount),
                date=format_date(env, last_day),
            ),
            "amount": -calculation.fee,
            "date_due": last_day,
            **self._prepare_claw_back_earned(last_day),
            "payer_id": partner.id,
            "product_id": (self._get_subsidy_lines() or once)[:1].product_id.id,
            "source_ref": f"clawback:{self.id}",
        }

    def _prepare_claw_back_earned(self, last_day):
        """What of the subsidy is not income yet is not taken from the income: the credit waits
        with it, and both are nothing when the contract has ended."""
        chain = self._with_predecessors()
        lines = chain._get_subsidy_lines()
        ends = chain.charge_ids.filtered(
            lambda charge: charge.contract_line_id in lines
            and charge.state == "charged"
            and charge.earned_to
            and charge.earned_to > last_day
            and charge._is_deferred()
        ).mapped("earned_to")
        return {"earned_from": last_day + _DAY, "earned_to": max(ends)} if ends else {}
