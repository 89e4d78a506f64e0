from odoo import Command, models

# The source of a charge that is the price of a leased piece.
BUY_OUT = "buyout"


class AlarmCharge(models.Model):
    _inherit = "alarm.charge"

    def _prepare_invoice_line(self):
        """The price of a leased piece is no sale of goods from the stock, which it left when it was
        delivered: it is what the removal of the asset is set against."""
        values = super()._prepare_invoice_line()
        if (self.source_ref or "").startswith(f"{BUY_OUT}:"):
            company = self.company_id
            taxes = self._get_fiscal_position().map_tax(company.account_sale_tax_id)
            values.update(
                {
                    "product_id": False,
                    "account_id": company._get_asset_disposal_account().id,
                    "tax_ids": [Command.set(taxes.ids)],
                }
            )
        return values
