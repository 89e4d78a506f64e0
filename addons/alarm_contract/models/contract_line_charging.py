from odoo import models

from ..tools import periods, pricing
from .contract_line import RECURRING

_COUNTED = ("per_zone", "per_detector")


class ContractLine(models.Model):
    """What one period of a line comes to, and how that is said on the invoice."""

    _inherit = "contract.line"

    def _get_quantities(self, by_site):
        """For which site how much is charged: [(site, quantity)]. One entry for the contract; one
        for each site where something is counted and each site has its own invoice."""
        self.ensure_one()
        if self.charge_kind not in _COUNTED:
            return [(self.subscriber_id, self.quantity)]
        if self.contract_id.invoice_grouping == "site" and not self.subscriber_id:
            counted = [(site, number) for site, number in by_site.items() if number]
            if counted:
                return counted
        return [(self.subscriber_id, sum(by_site.values()))]

    def _prepare_charge(self, period, site, quantity, words, unit_price=None):
        """Values of the charge of one period. Where nothing is owed for it, it is kept as waived,
        so that the period is known to be dealt with."""
        self.ensure_one()
        contract = self.contract_id
        months = self.period_months if self.charge_kind in RECURRING else 1
        if unit_price is None:
            unit_price = self._get_price_at(period.start)
        price = pricing.price_of(
            period,
            months,
            quantity,
            unit_price,
            self.discount,
            self.discount_until or None,
            self.part_period,
            contract.currency_id.rounding,
            self._get_unbroken_since(period) if self.charge_kind in RECURRING else None,
        )
        values = {
            **contract._prepare_charge_values(),
            "contract_line_id": self.id,
            "subscriber_id": site.id,
            "kind": "recurring" if self.charge_kind in RECURRING else self.charge_kind,
            "name": words.name(self, period, price, quantity),
            "period_start": period.start,
            "period_end": period.end,
            "date_due": periods.invoice_date(period, self._is_in_advance()),
            "quantity": quantity,
            "counted": words.counted(self, quantity),
            "unit_price": unit_price,
            "discount": float(price.discount),
            "amount": price.amount,
            "product_id": self.product_id.id,
        }
        if not price.amount:
            values["state"] = "waived"
            values["waive_reason"] = words.nothing_owed(self)
        return values
