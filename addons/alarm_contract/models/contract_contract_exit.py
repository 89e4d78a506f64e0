from odoo import fields, models

from ..tools import exit_fee, renewal


class ContractContract(models.Model):
    """What it costs to leave a contract before the customer may."""

    _inherit = "contract.contract"

    monthly_cost = fields.Monetary(
        string="Cost a Month",
        groups="base.group_user",
        help="What serving the contract costs a month. A lost margin is reckoned less what is "
        "saved of it.",
    )

    def _get_bound_until(self, noticed):
        """The last day on which a customer who gives notice on `noticed` is bound."""
        self.ensure_one()
        return renewal.bound_until(
            noticed,
            self._get_term_end() or None,
            self.renewal_kind or "none",
            self.renewal_months or 0,
            self.notice_days or 0,
        )

    def _get_exit_terms(self, noticed, last_day):
        """What the exit fee depends on."""
        self.ensure_one()
        return exit_fee.Terms(
            last_day=last_day,
            bound_until=self._get_bound_until(noticed),
            served_from=self.term_start or self.live_on or None,
            monthly=self._get_monthly_in_force(last_day),
            rate=self.exit_rate or 0.0,
            steps=tuple((step.from_month, step.rate) for step in self.exit_step_ids),
            subsidy=self.subsidy_amount,
            subsidy_months=self.subsidy_months,
            monthly_cost=self.monthly_cost,
            rounding=self.currency_id.rounding or 0.01,
        )

    def _get_exit_fee(self, noticed, last_day):
        """The calculation of the exit fee; nothing for a service that never began, and nothing of
        a subsidy that never came."""
        self.ensure_one()
        method = self.exit_method or "none"
        subsidised = method == "unamortised_subsidy"
        if not (self._is_subsidy_received() if subsidised else self.live_on):
            method = "none"
        return exit_fee.exit_fee(method, self._get_exit_terms(noticed, last_day))

    def _is_subsidy_received(self):
        """Whether the equipment was subsidised: the subsidy was invoiced and not given back. Where
        no line of the contract is the subsidy, it came by another way when the service began."""
        self.ensure_one()
        chain = self._with_predecessors()
        lines = chain._get_subsidy_lines()
        if not lines:
            return bool(chain[-1].live_on)
        return any(
            charge.state == "charged"
            and charge.currency_id.compare_amounts(charge._get_given(), charge.amount) < 0
            for charge in chain.charge_ids
            if charge.contract_line_id in lines and charge.amount > 0
        )

    def _get_subsidy_lines(self):
        """The line by which the carrier pays the subsidy, if there is one."""
        return self.contract_line_ids.filtered(lambda line: line._is_subsidy())

    def _get_monthly_in_force(self, day):
        """What the contract is worth a month on the day, also while it is suspended."""
        self.ensure_one()
        lines = self.contract_line_ids
        suspended = self._get_suspended_lines().filtered(
            lambda line: line.date_end and line.date_end < day
        )
        total = sum((lines - suspended)._get_monthly_amounts(day).values())
        for line in suspended:
            total += line._get_monthly_amounts(line.date_end).get(line, 0.0)
        return self.currency_id.round(total)
