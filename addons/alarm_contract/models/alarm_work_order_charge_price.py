from collections import defaultdict

from odoo import api, models

from ..tools.contract_states import IN_FORCE


class AlarmWorkOrderCharge(models.Model):
    """What it costs, found for many lines at once."""

    _inherit = "alarm.work.order.charge"

    @api.depends("product_id", "quantity", "agreed_price", "contract_id", "company_id")
    def _compute_price(self):
        contracts = self._get_contracts_for_price()
        alike = defaultdict(self.browse)
        for line in self:
            contract, company = contracts[line], line.company_id or self.env.company
            line.currency_id = contract.currency_id or company.currency_id
            line.unit_price = line.agreed_price
            if line.product_id and not line.agreed_price:
                pricelist = contract._get_pricelist() if contract else contract.pricelist_id
                alike[pricelist, line.currency_id, company, line.quantity] += line
        for (pricelist, currency, company, quantity), lines in alike.items():
            prices = pricelist.with_company(company)._get_products_price(
                lines.product_id.with_company(company),
                quantity,
                currency=currency,
                date=company._alarm_today(),
            )
            for line in lines:
                line.unit_price = prices[line.product_id.id]

    @api.depends("quantity", "unit_price", "currency_id")
    def _compute_amount(self):
        for line in self:
            currency = line.currency_id or self.env.company.currency_id
            line.amount = currency.round(line.quantity * line.unit_price)

    def _get_contracts_for_price(self):
        """{line: the contract that it is charged under, or would be today; empty when there is
        none, or more than one}"""
        by_site = self._get_contracts_by_site()
        none = self.env["contract.contract"]
        contracts = {}
        for line in self:
            found = line.contract_id or by_site.get(line._get_site(), none)
            contracts[line] = found if len(found) == 1 else none
        return contracts

    def _get_site(self):
        return self.work_order_id.subscriber_id._origin

    def _get_contracts_by_site(self):
        """{site: the contracts under which something may be charged there today}: those that are
        in force; where there are none, those that are signed and begin with this work."""
        sites = self.work_order_id.subscriber_id._origin
        contracts = self.env["contract.contract"].search(
            [
                ("subscriber_ids", "in", sites.ids),
                ("business_model_id", "!=", False),
                ("contract_type", "=", "sale"),
                ("alarm_state", "in", ("signed", *IN_FORCE)),
            ],
            order="id",
        )
        by_site = defaultdict(contracts.browse)
        begun = contracts.filtered(lambda contract: contract.alarm_state in IN_FORCE)
        for some in (begun, contracts - begun):
            found = defaultdict(contracts.browse)
            for contract in some:
                for site in contract.subscriber_ids & sites:
                    found[site] += contract
            for site, its in found.items():
                by_site.setdefault(site, its)
        return by_site
