from odoo import Command, models

from .contract_line import RECURRING


class AlarmCharge(models.Model):
    """The tax of the fee for an early exit: what its service says; where the company has named
    none, it is taxed as the fees are that it stands for, and without these as the company's sales
    are."""

    _inherit = "alarm.charge"

    def _prepare_invoice_line(self):
        values = super()._prepare_invoice_line()
        if self.kind == "exit_fee" and not values["product_id"]:
            taxes = self._get_fiscal_position().map_tax(self._get_taxes_of_fees())
            values["tax_ids"] = [Command.set(taxes.ids)]
        return values

    def _get_taxes_of_fees(self):
        self.ensure_one()
        lines = self.contract_id.contract_line_ids.filtered(
            lambda line: line.charge_kind in RECURRING and not line.display_type
        )
        products = lines.product_id
        if not products:
            return self.company_id.account_sale_tax_id
        main = max(lines.filtered("product_id"), key=lambda line: line.monthly_amount).product_id
        return main.taxes_id._filter_taxes_by_company(self.company_id)
