from datetime import timedelta

from odoo import models

from ..tools import periods
from ..tools.charge_words import ChargeWords

_DAY = timedelta(days=1)


class ContractLine(models.Model):
    _inherit = "contract.line"

    def _cut_open_charges(self, day):
        """What is not invoiced yet, e.g. because it waits for somebody's word, is owed for the days
        before `day` only."""
        charges = self.env["alarm.charge"].search(
            [
                ("contract_line_id", "in", self.ids),
                ("kind", "=", "recurring"),
                ("state", "=", "chargeable"),
                ("period_end", ">=", day),
            ]
        )
        for charge in charges:
            charge._cut(day - _DAY)


class AlarmCharge(models.Model):
    """An open charge of a service that ends within its period."""

    _inherit = "alarm.charge"

    def _cut(self, last):
        """It ends on `last`: at the price of the days until then, by the rule of its line."""
        self.ensure_one()
        if last < self.period_start:
            return self._waive(self.env._("The service ended before this period."))
        amount = self._amount_until(last)
        if not amount:
            return self._waive(self.env._("Nothing is owed for this part of the period."))
        line = self.contract_line_id
        whole = periods.whole_period(
            line.anchor_date or self.period_start, line.period_months or 1, self.period_start
        )
        values = line._prepare_charge(
            periods.Period(self.period_start, last, *whole),
            self.subscriber_id,
            self.quantity,
            ChargeWords(self.env, self.date_due),
        )
        return self._write_by_verb({"name": values["name"], "period_end": last, "amount": amount})
