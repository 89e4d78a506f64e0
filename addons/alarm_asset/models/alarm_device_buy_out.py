from odoo import models
from odoo.exceptions import UserError

from .alarm_charge import BUY_OUT


class AlarmDevice(models.Model):
    """The customer buys what he had on lease."""

    _inherit = "alarm.device"

    def _buy_out(self, contract, prices, day):
        """Invoice these pieces. With the invoice their assets leave the books with gain or loss,
        and they are the customer's on the cards and in stock (`alarm.charge._sell_pieces`).

        The machinery's: who may sell, the caller has checked.

        :param prices: {piece: price before tax}, in the currency of the contract
        :return: the invoice
        """
        assets = self._check_running_assets()
        charges = self.env["alarm.charge"].sudo()
        for asset in assets:
            charge = charges._add([asset._prepare_buy_out(contract, prices[asset.device_id], day)])
            if not charge:
                raise UserError(self.env._("%s was sold already.", asset.device_id.display_name))
            charges |= charge
        return charges._invoice(day)


class AccountAsset(models.Model):
    _inherit = "account.asset"

    def _prepare_buy_out(self, contract, price, day):
        """Values of the charge that is its price."""
        self.ensure_one()
        return {
            "contract_id": contract.id,
            "subscriber_id": self.device_id.subscriber_id.id,
            "kind": "one_off",
            "name": self.with_context(lang=contract._get_payer_lang()).env._(
                "Purchase of leased equipment: %(name)s %(serial)s",
                name=self.name,
                serial=self.lot_id.name,
            ),
            "amount": price,
            "date_due": day,
            "source_ref": self._get_sale_ref(),
        }

    def _get_sale_ref(self):
        """The source of its price: one for each sale, of which the ones before were taken back."""
        self.ensure_one()
        ref = f"{BUY_OUT}:{self.id}"
        before = (
            self.env["alarm.charge"]
            .sudo()
            .search(["|", ("source_ref", "=", ref), ("source_ref", "=like", f"{ref}:%")])
        )
        live = before.filtered(lambda charge: charge.state != "credited")
        if live:
            return live[0].source_ref
        number = len(set(before.mapped("source_ref")))
        return f"{ref}:{number + 1}" if number else ref

    def _alarm_residual_price(self, contract, day):
        """For what the customer may buy it: what it is worth in the books, and not less than the
        share of its cost that was agreed for the end."""
        self.ensure_one()
        agreed = self.currency_id.round(self.purchase_value * contract.residual_rate / 100)
        return max(agreed, self._alarm_net_value_on(day))
