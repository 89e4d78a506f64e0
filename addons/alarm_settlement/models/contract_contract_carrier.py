from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.alarm_contract.models.contract_line import RECURRING
from odoo.addons.alarm_contract.tools.contract_states import CHARGED
from odoo.addons.alarm_contract.tools.exit_fee import Terms, exit_fee

from ..tools.carrier_file import plain


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
        waiting = carried.filtered(lambda contract: not contract._has_other_dues(date))
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

    def _has_other_dues(self, date):
        """Whether something is due that no carrier collects."""
        self.ensure_one()
        if self._prepare_other_charges(date):
            return True
        return any(
            charge.state == "chargeable"
            and charge.date_due <= date
            and not charge._waits_for_carrier()
            for charge in self.charge_ids
        ) or any(
            line.charge_kind not in RECURRING
            and line.recurring_next_date
            and line.recurring_next_date <= date
            for line in self.contract_line_ids
        )

    def _compute_is_due(self):
        result = super()._compute_is_due()
        today = fields.Date.context_today(self)
        for contract in self.filtered(lambda one: one.is_due and one.biller == "carrier"):
            contract.is_due = contract._has_other_dues(today)
        return result

    def _transition(self, verb, **values):
        result = super()._transition(verb, **values)
        if verb == "end":
            self._claw_back_subsidy(self._get_last_day())
        return result

    def _get_last_day(self):
        """The last day of service of a contract that ended."""
        today = fields.Date.context_today(self)
        return today if len(self) != 1 else (self.terminate_date or today)

    def _claw_back_subsidy(self, last_day):
        """The carrier takes back what of its subsidy was not worked off: the same calculation by
        which the customer pays it back. Once for a contract."""
        values = []
        for contract in self:
            if not (contract.subsidy_returned and contract.subsidy_amount and contract.live_on):
                continue
            calculation = exit_fee("unamortised_subsidy", contract._prepare_subsidy_terms(last_day))
            if calculation.fee:
                values.append(contract._prepare_claw_back(calculation, last_day))
        return self.env["alarm.charge"]._add(values)

    def _prepare_subsidy_terms(self, last_day):
        self.ensure_one()
        return Terms(
            last_day=last_day,
            served_from=self.live_on,
            subsidy=self.subsidy_amount,
            subsidy_months=self.subsidy_months,
            rounding=self.currency_id.rounding,
        )

    def _prepare_claw_back(self, calculation, last_day):
        """A charge below zero to the carrier: a credit note."""
        partner = self._get_settlement_partner()
        env = self.with_context(lang=partner.lang or self.env.lang).env
        subsidy, worked = calculation.steps[0], calculation.steps[1]
        served, months = worked.values
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
            "payer_id": partner.id,
            "product_id": self._get_subsidy_line().product_id.id,
            "source_ref": f"clawback:{self.id}",
        }

    def _get_subsidy_line(self):
        """The line by which the carrier paid the subsidy, if there is one."""
        return self.contract_line_ids.filtered(lambda line: line.charge_kind == "one_off")[:1]
