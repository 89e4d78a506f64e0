from odoo import models


class AccountAsset(models.Model):
    _inherit = "account.asset"

    def _prepare_buy_out(self, contract, price, day):
        """A carrier pays for the service; equipment is paid by who buys it."""
        values = super()._prepare_buy_out(contract, price, day)
        if contract.biller == "carrier":
            values["payer_id"] = contract.partner_id.id
        return values
